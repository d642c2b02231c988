"""Shell patterns: `*`, `?`, `[…]`."""

import re
from functools import lru_cache

_SPECIAL = re.compile(r"[*?]|\[[^/]+\]")
_CLASSES = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "space": r"\s",
    "punct": re.escape("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
    "xdigit": "0-9A-Fa-f",
}


def is_pattern(text: str) -> bool:
    """Whether a text has what makes it a pattern, not behind a backslash; a `[` that stays open is none."""
    return _SPECIAL.search(re.sub(r"\\.", "x", text, flags=re.DOTALL)) is not None


def unescaped(text: str) -> str:
    """Return a text without the backslashes that protect characters."""
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def escaped(text: str) -> str:
    """Return the pattern that a text alone fits."""
    return re.sub(r"([*?\[\]\\!^-])", r"\\\1", text)


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str]:
    """Return a regular expression for a pattern; it is to be matched in full."""
    return re.compile(translated(pattern), re.DOTALL)


def translated(pattern: str, *, star: str = ".*") -> str:
    """Return the source of the regular expression of a pattern."""
    found, at = [], 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*":
            found.append(star)
        elif char == "?":
            found.append(".")
        elif char == "[":
            bracket, at = _bracket(pattern, at)
            found.append(bracket)
        elif char == "\\" and at < len(pattern):
            found.append(re.escape(pattern[at]))
            at += 1
        else:
            found.append(re.escape(char))
    return "".join(found)


def _bracket(pattern: str, at: int) -> tuple[str, int]:
    """Return the source for the set that begins at `at`, and where it ends; without an end it is a `[`."""
    start = at
    negated = pattern[at : at + 1] in ("!", "^")
    at += negated
    inside = []
    is_first = True
    while at < len(pattern) and (pattern[at] != "]" or is_first):
        is_first = False
        named = re.match(r"\[:(\w+):\]", pattern[at:])
        if named:
            inside.append(_CLASSES.get(named[1], ""))
            at += named.end()
            continue
        if pattern[at] == "\\" and at + 1 < len(pattern):
            at += 1
            inside.append(re.escape(pattern[at]))
        else:
            inside.append(pattern[at] if pattern[at] == "-" else re.escape(pattern[at]))
        at += 1
    if at >= len(pattern) or not inside:
        return r"\[", start
    return f"[{'^' if negated else ''}{''.join(inside)}]", at + 1
