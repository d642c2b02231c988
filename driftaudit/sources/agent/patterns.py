"""gitignore patterns in the form that the agent takes: regular expressions that any Python has."""

from collections.abc import Iterable

from pathspec import GitIgnoreSpec

PatternRow = tuple[bool, bool, str]
"""Whether a match counts or undoes an earlier one, whether the name alone is matched, the expression."""

_ANY_FOLDER = "^(?:.+/)?"


def pattern_rows(lines: Iterable[str]) -> list[PatternRow]:
    """Translate patterns in order; comments and blank lines give no row.

    A pattern without a slash inside is matched against the name alone, which is many times quicker.
    """
    rows = []
    for line in lines:
        for pattern in GitIgnoreSpec.from_lines([line], backend="simple").patterns:
            if pattern.include is None or pattern.regex is None:
                continue
            expression = str(pattern.regex.pattern).replace("(?P<ps_d>/)", "/")
            on_name = "/" not in line.strip().rstrip("/") and expression.startswith(_ANY_FOLDER)
            if on_name:
                expression = "^" + expression[len(_ANY_FOLDER) :]
            rows.append((bool(pattern.include), on_name, expression))
    return rows
