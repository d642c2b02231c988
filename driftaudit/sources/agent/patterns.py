"""gitignore patterns in the form that the agent takes: texts, and regular expressions that any Python has."""

import re
from collections.abc import Iterable

from pathspec import GitIgnoreSpec

PatternRow = tuple[bool, bool, str, str]
"""Whether a match counts or undoes an earlier one, whether folders alone match, how it is matched, with what.

Matched are the name (`name`, `prefix`, `suffix`: plain texts, many times quicker; `glob`: a regular
expression) or the path (`path`: a regular expression). Expressions see a folder with a slash at its end.
"""

_ANY_FOLDER = "^(?:.+/)?"
_PLAIN = re.compile(r"[^*?\[\]\\/!# ]+")


def pattern_rows(lines: Iterable[str]) -> list[PatternRow]:
    """Translate patterns in order; comments and blank lines give no row."""
    rows = []
    for line in lines:
        for pattern in GitIgnoreSpec.from_lines([line], backend="simple").patterns:
            if pattern.include is None or pattern.regex is None:
                continue
            expression = str(pattern.regex.pattern).replace("(?P<ps_d>/)", "/")
            body = line.removeprefix("!")
            folders_only = body.endswith("/")
            rows.append((bool(pattern.include), folders_only, *_matcher(body.removesuffix("/"), expression)))
    return rows


def _matcher(body: str, expression: str) -> tuple[str, str]:
    if _PLAIN.fullmatch(body):
        return "name", body
    if body.startswith("*") and _PLAIN.fullmatch(body[1:]):
        return "suffix", body[1:]
    if body.endswith("*") and _PLAIN.fullmatch(body[:-1]):
        return "prefix", body[:-1]
    if "/" not in body and expression.startswith(_ANY_FOLDER):
        return "glob", expression.removeprefix(_ANY_FOLDER)
    return "path", expression.removeprefix("^")
