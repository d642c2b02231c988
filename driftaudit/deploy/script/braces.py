"""`{a,b}` and `{1..3}`, which are made into several words before anything else is looked at."""

import re
from itertools import pairwise
from typing import TypeAlias

from driftaudit.deploy.script.syntax import Literal, Part

_Item: TypeAlias = str | Part
"""A character outside of quotes (with the backslash before it), or a part that is taken whole."""

_RANGE = re.compile(r"(-?\d+)\.\.(-?\d+)(?:\.\.-?(\d+))?|([A-Za-z])\.\.([A-Za-z])")
_MOST = 1000  # words that one becomes


def braces_expanded(parts: tuple[Part, ...]) -> list[tuple[Part, ...]]:
    """Return the words that a word stands for."""
    if not any(isinstance(part, Literal) and "{" in part.text for part in parts):
        return [parts]
    return [_joined(items) for items in _expanded(_items(parts))[:_MOST]]


def _items(parts: tuple[Part, ...]) -> list[_Item]:
    found: list[_Item] = []
    for part in parts:
        if isinstance(part, Literal):
            found.extend(re.findall(r"\\.|.", part.text, re.DOTALL))
        else:
            found.append(part)
    return found


def _joined(items: list[_Item]) -> tuple[Part, ...]:
    found: list[Part] = []
    for item in items:
        if not isinstance(item, str):
            found.append(item)
        elif found and isinstance(found[-1], Literal):
            found[-1] = Literal(found[-1].text + item)
        else:
            found.append(Literal(item))
    return tuple(found)


def _expanded(items: list[_Item]) -> list[list[_Item]]:
    for start, item in enumerate(items):
        if item != "{":
            continue
        found = _choices(items, start)
        if found is None:
            continue
        choices, end = found
        rests = _expanded(items[end:])
        return [
            [*items[:start], *choice, *rest]
            for each in choices
            for choice in _expanded(each)
            for rest in rests
        ][:_MOST]
    return [items]


def _choices(items: list[_Item], start: int) -> tuple[list[list[_Item]], int] | None:
    """Return what stands between the commas of a brace, and where it ends; None where it is only a brace."""
    depth, commas = 0, [start]
    for at in range(start + 1, len(items)):
        item = items[at]
        if item == "{":
            depth += 1
        elif item == "}" and depth:
            depth -= 1
        elif item == "}":
            return _between(items, [*commas, at])
        elif item == "," and not depth:
            commas.append(at)
    return None


def _between(items: list[_Item], marks: list[int]) -> tuple[list[list[_Item]], int] | None:
    if len(marks) > 2:
        choices = [items[a + 1 : b] for a, b in pairwise(marks)]
        return choices, marks[-1] + 1
    inside = items[marks[0] + 1 : marks[1]]
    text = "".join(item for item in inside if isinstance(item, str))
    found = _RANGE.fullmatch(text) if len(text) == len(inside) else None
    return ([[*word] for word in _range(found)], marks[-1] + 1) if found else None


def _range(found: re.Match[str]) -> list[str]:
    if found[4]:
        first, last = ord(found[4]), ord(found[5])
        return [chr(n) for n in _steps(first, last, 1)]
    width = max(len(text) for text in (found[1], found[2])) if _is_padded(found) else 0
    return [str(n).zfill(width) for n in _steps(int(found[1]), int(found[2]), int(found[3] or 1) or 1)]


def _steps(first: int, last: int, step: int) -> list[int]:
    numbers = range(first, last + 1, step) if first <= last else range(first, last - 1, -step)
    return list(numbers[:_MOST])


def _is_padded(found: re.Match[str]) -> bool:
    return any(re.match(r"-?0\d", text) for text in (found[1], found[2]))
