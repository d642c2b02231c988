"""Gitignore patterns: whether one is sound, and which paths a list of them matches."""

import re
import warnings
from collections.abc import Iterable

import re2
from pathspec import PathSpec
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

# Neither a byte that is no UTF-8 nor a line end can stand in a pattern, and re2 refuses the one and stops
# at the other: for matching, each is one character that no pattern names.
_STAND_INS = dict.fromkeys([ord("\n"), *range(0xDC80, 0xDD00)], "\x01")

MAX_LENGTH = 1000  # characters: an expression too large for re2 would match nothing, in silence


def pattern_fault(pattern: str) -> str | None:
    """Return what is wrong with a gitignore pattern and what would be right, or None."""
    if len(pattern) > MAX_LENGTH:
        return f"'{pattern[:20]}…' is longer than {MAX_LENGTH} characters"
    bare = pattern.removeprefix("!").strip()
    if not bare.strip("/"):
        return f"{pattern!r} is an empty pattern"
    if not pattern.isprintable():
        return f"{pattern!r} holds a character that cannot be seen"
    if pattern.startswith("#"):
        return f"{pattern!r} is a comment to gitignore; write '\\{pattern}'"
    if {".", ".."} & set(bare.split("/")):
        return f"{pattern!r} matches nothing: patterns begin at the root, without '.' and '..'"
    try:
        with warnings.catch_warnings(action="ignore", category=FutureWarning):  # re: "possible nested set"
            matches_something = GitIgnoreSpecPattern(pattern).include is not None
            PathPatterns([pattern])
    except (ValueError, re.error, re2.error):
        return f"{pattern!r} is not a gitignore pattern"
    return None if matches_something else f"{pattern!r} matches nothing: a bracket is not closed"


class PathPatterns:
    """An ordered list of sound gitignore patterns, of which the last that matches a path decides.

    A pattern matches what lies below a folder that it matches, and in contrast to git a later `!pattern`
    takes back what lies in such a folder. GitIgnoreSpec is not used since there a `*.js` beats any `folder/`,
    whichever comes last, and a project could not overrule a pack.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._spec = PathSpec.from_lines(GitIgnoreSpecPattern, patterns, backend="re2")

    def match(self, path: str, is_directory: bool = False) -> bool:
        """Whether the path, or a folder above it, is matched. The path may hold surrogate escapes."""
        if not path.isascii() or "\n" in path:
            path = path.translate(_STAND_INS)
        return self._spec.match_file(path + "/" if is_directory else path)
