import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from driftaudit.render.printable import is_visible, printable

ANY_TEXT = st.text(st.characters(codec=None), max_size=30)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("src/pages/[id].tsx", "src/pages/[id].tsx"),
        ("Grüße/日本語.txt", "Grüße/日本語.txt"),
        ("two words.txt", "two words.txt"),
        ("a\nb\r\t", r"a\nb\r\t"),
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("\x7f", r"\x7f"),
        ("\x9b31m", r"\u009b31m"),
        ("caf\udce9.txt", r"caf\xe9.txt"),
        ("\ud800", r"\ud800"),
        ("invoice\u202efdp.exe", r"invoice\u202efdp.exe"),
        ("\u2066\u200e\u200f\u061c", r"\u2066\u200e\u200f\u061c"),
        ("a\u200bb\ufeff\u00ad\ufe0f\u3164", r"a\u200bb\ufeff\u00ad\ufe0f\u3164"),
        ("a\u2028b\u2029c\x85", r"a\u2028b\u2029c\u0085"),
        ("\U000e0041", r"\U000e0041"),
        ("a\u00a0b\u3000c", r"a\u00a0b\u3000c"),
        (" padded ", r"\x20padded\x20"),
        (r"a\nb", r"a\\nb"),
    ],
)
def test_what_does_not_show_is_escaped_and_the_rest_left_alone(name: str, shown: str) -> None:
    assert printable(name) == shown


@given(ANY_TEXT)
def test_only_visible_characters_come_out(text: str) -> None:
    shown = printable(text)
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not hidden.intersection(map(unicodedata.category, shown))
    assert all(map(is_visible, shown))
    assert shown == shown.strip()
    assert shown.encode("utf-8").decode("utf-8") == shown


@given(ANY_TEXT, ANY_TEXT)
@example("\udc80", "\x80")
@example("\n", "\\n")
@example("\\\n", "\\\\n")
@example("\u1234", "\\u1234")
@example(" ", "\\x20")
def test_distinct_names_stay_distinct(one: str, other: str) -> None:
    assert (printable(one) == printable(other)) is (one == other)


@given(ANY_TEXT)
def test_a_printed_name_can_be_read_back(text: str) -> None:
    read, rest = [], printable(text)
    while rest:
        character, rest = _first(rest)
        read.append(character)
    assert "".join(read) == text


def _first(shown: str) -> tuple[str, str]:
    if not shown.startswith("\\"):
        return shown[0], shown[1:]
    simple = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t"}
    if shown[1] in simple:
        return simple[shown[1]], shown[2:]
    end = 2 + {"x": 2, "u": 4, "U": 8}[shown[1]]
    code = int(shown[2:end], 16)
    is_byte = shown[1] == "x" and code >= 0x80
    return chr(code + 0xDC00 if is_byte else code), shown[end:]
