"""What every Python that this runs on understands alike."""

import ast
import re
from pathlib import Path
from re import _constants, _parser  # type: ignore[attr-defined] # nothing else tells what a pattern is made of
from typing import Any

import pytest

import driftaudit

PACKAGE = Path(driftaudit.__file__).parent
WRONG = {_constants.POSSESSIVE_REPEAT, _constants.ATOMIC_GROUP}  # match wrongly before Python 3.11.5


def parts(pattern: Any) -> set[Any]:
    """Return all kinds of operations that a parsed pattern is made of."""
    found = {pattern} if isinstance(pattern, _constants._NamedIntConstant) else set()
    if isinstance(pattern, (_parser.SubPattern, tuple, list)):
        for each in pattern:
            found |= parts(each)
    return found


def wrong_patterns(source: str) -> list[str]:
    """Return the texts of a module that are such patterns."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                pattern = _parser.parse(node.value, re.VERBOSE if "\n" in node.value else 0)
            except (re.error, OverflowError, RecursionError):
                continue
            if parts(pattern) & WRONG:
                found.append(node.value)
    return found


@pytest.mark.filterwarnings("ignore:Possible nested set:FutureWarning")
def test_no_pattern_is_possessive() -> None:
    for module in PACKAGE.rglob("*.py"):
        assert wrong_patterns(module.read_text()) == [], module


def test_one_would_be_found() -> None:
    assert wrong_patterns('A = "(?:a|b)*+c"\nB = "(?:a|b)*c"\nC = "(?>a|b)c"') == ["(?:a|b)*+c", "(?>a|b)c"]
