"""Which gitignore patterns are sound, and what a list of them matches."""

import pytest

from driftaudit.config.patterns import PathPatterns, pattern_fault


@pytest.mark.parametrize(
    "pattern",
    ["*.log", "logs/", "/tmp/", "!keep.me", "a/**/b", "[ab]c", "\\#a", "\\!a", "é*", ".env", "..a", "a b"],
)
def test_sound_patterns_have_no_fault(pattern: str) -> None:
    assert pattern_fault(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("", "'' is an empty pattern"),
        ("  ", "'  ' is an empty pattern"),
        ("!", "'!' is an empty pattern"),
        ("/", "'/' is an empty pattern"),
        ("!//", "'!//' is an empty pattern"),
        ("#a", "'#a' is a comment to gitignore; write '\\#a'"),
        ("./a", "'./a' matches nothing: patterns begin at the root, without '.' and '..'"),
        ("!a/../b", "'!a/../b' matches nothing: patterns begin at the root, without '.' and '..'"),
        ("a\nb", "'a\\nb' holds a character that cannot be seen"),
        ("[a", "'[a' matches nothing: a bracket is not closed"),
        ("[z-a]", "'[z-a]' is not a gitignore pattern"),
        ("[[:digit:]]", "'[[:digit:]]' is not a gitignore pattern"),
        ("a\\", "'a\\\\' is not a gitignore pattern"),
        ("x" * 1001, "'xxxxxxxxxxxxxxxxxxxx…' is longer than 1000 characters"),
    ],
)
def test_what_cannot_be_meant_is_a_fault(pattern: str, fault: str) -> None:
    assert pattern_fault(pattern) == fault


@pytest.mark.parametrize(
    ("patterns", "path", "matched"),
    [
        (["*.log"], "a/b.log", True),
        (["/*.log"], "a/b.log", False),
        (["logs/"], "a/logs/b/c", True),
        (["a/*"], "a/b/c", True),
        (["logs/"], "logs", False),
        (["*.env", "!a.env"], "a.env", False),
        (["!a.env", "*.env"], "a.env", True),
        (["logs/", "!*.js"], "logs/a.js", False),
        (["!*.js", "logs/"], "logs/a.js", True),
        (["logs/", "!logs/keep/"], "logs/keep/a", False),
        ([], "a", False),
        (["!a"], "a", False),
    ],
)
def test_the_last_pattern_that_matches_the_path_or_a_folder_above_it_decides(
    patterns: list[str], path: str, matched: bool
) -> None:
    assert PathPatterns(patterns).match(path) is matched


def test_a_pattern_for_folders_matches_a_folder_by_that_name_only_as_a_folder() -> None:
    logs = PathPatterns(["logs/"])
    assert logs.match("a/logs", is_directory=True)
    assert not logs.match("a/logs", is_directory=False)


@pytest.mark.parametrize("path", ["a\udcff.log", "\udcff/a.log", "a\n.log", "a\nb/c.log", "é.log"])
def test_names_that_are_not_utf_8_or_hold_a_line_end_are_matched_like_any_other(path: str) -> None:
    assert PathPatterns(["*.log"]).match(path)
    assert not PathPatterns(["*.txt"]).match(path)


def test_a_line_end_after_a_name_does_not_make_it_that_name() -> None:
    assert not PathPatterns(["a.log"]).match("a.log\n")
