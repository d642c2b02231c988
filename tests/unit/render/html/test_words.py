import subprocess

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from driftaudit.config.paths import relative_path
from driftaudit.render.html.words import shell_word
from driftaudit.render.printable import printable
from tests.support.programs import program
from tests.support.reports import HOSTILE

PARTS = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\0/\n")
    | st.sampled_from("'\"\\$`! \t\udce9"),
    min_size=1,
    max_size=12,
).filter(lambda part: part not in (".", ".."))


def words_of(line: bytes) -> list[bytes]:
    command = [program("bash").encode(), b"-c", b"printf '%s\\0' " + line]
    return subprocess.run(command, capture_output=True, check=True).stdout.split(b"\0")[:-1]


def test_bash_reads_each_word_as_the_path_and_it_shows_as_it_is() -> None:
    @given(st.lists(st.lists(PARTS, min_size=1, max_size=3).map("/".join), min_size=1, max_size=30))
    @example([name for name in HOSTILE if "\n" not in name and "/" not in name])
    @example([" a", "a ", "~", "-rf", "\\033", "a\\", "'", "\x1b7"])
    def property_of(paths: list[str]) -> None:
        words = [shell_word(path) or "" for path in paths]
        line = " ".join(words)
        assert printable(f"x{line}x").replace("\\\\", "\\") == f"x{line}x"
        read = [word.decode("utf-8", "surrogateescape") for word in words_of(line.encode())]
        assert [relative_path(word) for word in read] == [relative_path(f"./{path}/.") for path in paths]
        assert not [word for word in read if word.startswith("-")]

    property_of()


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("src/app.js", "src/app.js"),
        ("a b", "'a b'"),
        ("", "."),
        ("two\nlines", None),
        ("caf\udce9", "$'caf\\351'"),
    ],
)
def test_words(path: str, word: str | None) -> None:
    assert shell_word(path) == word
