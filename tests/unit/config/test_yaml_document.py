"""YAML as plain data with positions, and everything that is refused before it can mislead."""

import math
from pathlib import Path

import pytest

from driftaudit.config.yaml_document import MAX_BYTES, Fault, load_document, parse_document
from driftaudit.errors import ConfigError


def value_of(scalar: str) -> object:
    return parse_document(f"a: {scalar}\n".encode(), "f.yml").value["a"]


def refusal(text: str | bytes) -> str:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(ConfigError) as caught:
        parse_document(data, "f.yml")
    return caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "yes",
        "on",
        "off",
        "y",
        "22:22",
        "1:20:30",
        "2025-11-03",
        "1_000",
        "=",
        "<<",
        "0b1",
        "o7",
        ".",
        "+",
    ],
)
def test_what_yaml_1_1_would_convert_stays_text(text: str) -> None:
    assert value_of(text) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0755", 755),
        ("0o755", 0o755),
        ("0x1F", 31),
        ("-3", -3),
        ("+12", 12),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-.inf", -math.inf),
        ("true", True),
        ("False", False),
        ("TRUE", True),
        ("null", None),
        ("~", None),
        ("", None),
        ("'true'", "true"),
        ('"12"', "12"),
        ("''", ""),
        ("[1, a, {b: c}]", [1, "a", {"b": "c"}]),
        ("|\n  one\n  two", "one\ntwo\n"),
    ],
)
def test_plain_values_follow_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    found = value_of(text)
    assert found == value
    assert type(found) is type(value)


def test_not_a_number_is_read() -> None:
    found = value_of(".NaN")
    assert isinstance(found, float)
    assert math.isnan(found)


def test_keys_are_text_whatever_they_look_like() -> None:
    assert parse_document(b"a: {1: x, no: y, 2025-11-03: z}", "f").value["a"] == {
        "1": "x",
        "no": "y",
        "2025-11-03": "z",
    }


def test_a_mark_is_the_place_of_the_value_and_of_the_key() -> None:
    document = parse_document(
        "é: ü\ntargets:\n  production:\n    paths: [src, 'lib']\n".encode(), "driftaudit.yml"
    )
    assert document.mark(("targets", "production", "paths", 1)) == "driftaudit.yml:4:18"
    assert document.mark(("targets", "production"), on_key=True) == "driftaudit.yml:3:3"
    assert document.line(("targets", "production"), on_key=True) == "driftaudit.yml:3"
    assert document.mark(()) == "driftaudit.yml:1:1"


def test_a_mark_of_what_is_not_written_is_the_nearest_thing_above() -> None:
    document = parse_document(b"a:\n  b: c\n", "f.yml")
    assert document.mark(("a", "b", 0, "x")) == "f.yml:2:6"
    assert document.mark(("z",), on_key=True) == "f.yml:1:1"


def test_an_error_lists_its_faults_in_the_order_of_the_file_and_each_once() -> None:
    document = parse_document(b"a: 1\nb: 2\n", "f.yml")
    error = document.error(
        [Fault(("b",), "late"), Fault(("a",), "early", on_key=True), Fault(("b",), "late")]
    )
    assert error.message == "f.yml:1:1 early\nf.yml:2:4 (b) late"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "f.yml:3:1 duplicate key 'a', which is in line 1 already"),
        ("a: {b: 1, b: 2}", "f.yml:1:11 duplicate key 'b', which is in line 1 already"),
        ("", "f.yml:1:1 the file is empty: 'key: value' lines are needed"),
        ("# only a comment\n", "f.yml:2:1 the file is empty: 'key: value' lines are needed"),
        ("---\n", "f.yml:2:1 the file is empty: 'key: value' lines are needed"),
        ("- a\n- b\n", "f.yml:1:1 the top level is no mapping: 'key: value' lines are needed"),
        ("hello", "f.yml:1:1 the top level is no mapping: 'key: value' lines are needed"),
        ("a: b: c", "f.yml:1:5 not YAML: mapping values are not allowed in this context"),
        ("a: 'b\n", "f.yml:2:1 not YAML: while scanning a quoted scalar, found unexpected end of stream"),
        ("x: é\ny: a\x07b", "f.yml:2:5 not YAML: control characters are not allowed"),
        ("a: 1\n---\nb: 2\n", "f.yml:2:1 a second document: one file holds one document"),
        ("a: &x 1\nb: *x\n", "f.yml:1:4 anchors and aliases (& and *) are not read: write the value out"),
        ("a: *x\n", "f.yml:1:4 anchors and aliases (& and *) are not read: write the value out"),
        ("a: &x [*x]\n", "f.yml:1:4 anchors and aliases (& and *) are not read: write the value out"),
        ("a: !!python/object/apply:os.system [ls]", "f.yml:1:4 tags (!) are not read: write a plain value"),
        ("a: !x b", "f.yml:1:4 tags (!) are not read: write a plain value"),
        ("? [a, b]\n: c\n", "f.yml:1:3 a key is plain text"),
        ("&x a: c\n", "f.yml:1:1 a key is plain text"),
        ("a: " + "9" * 5000, "f.yml:1:4 this number is too long"),
    ],
)
def test_what_is_refused_is_named_with_its_place(text: str, message: str) -> None:
    assert refusal(text) == message


def test_a_deep_nest_is_refused_before_it_overflows_the_stack() -> None:
    assert refusal("a: " + "[" * 400 + "]" * 400) == "f.yml:1:54 nested more than 50 deep"
    # libyaml since 0.2.6 has a limit of its own, which its look-ahead meets first
    assert "nest" in refusal("a: " + "[" * 40_000 + "]" * 40_000)


def test_a_billion_laughs_are_refused_at_the_first() -> None:
    laughs = "a: &a [lol, lol]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcde", "bcdef", strict=True)
    )
    assert refusal(laughs) == "f.yml:1:4 anchors and aliases (& and *) are not read: write the value out"


def test_text_that_is_not_utf_8_is_refused_with_its_place() -> None:
    assert refusal(b"a: b\nc: d\xff\n") == "f.yml:2:5 not UTF-8: save the file as UTF-8"


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    assert parse_document(b"\xef\xbb\xbfa: 1", "f.yml").value == {"a": 1}


def test_a_file_that_is_too_big_is_refused() -> None:
    assert refusal(b"#" * (MAX_BYTES + 1)) == "f.yml: larger than 1024 KiB, which no configuration is"


def test_a_file_that_cannot_be_read_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as absent:
        load_document(tmp_path / "none.yml")
    assert absent.value.message == f"{tmp_path}/none.yml: No such file or directory"
    with pytest.raises(ConfigError) as folder:
        load_document(tmp_path)
    assert folder.value.message == f"{tmp_path}: Is a directory"


def test_a_file_below_the_current_folder_is_named_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "f.yml").write_text("a: 1")
    monkeypatch.chdir(tmp_path)
    assert load_document(tmp_path / "f.yml").mark(("a",)) == "f.yml:1:4"
    assert load_document(Path("f.yml")).mark(("a",)) == "f.yml:1:4"
