"""The patterns of rsync's --exclude, as its manual describes them under PATTERN MATCHING RULES."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from driftaudit.errors import UsageError

_TOKEN = re.compile(r"\*\*|\*|\?|\[[!^]?\]?(?:\[:[^]]*:\]|\\.|[^]\\])*\]|\\.|.", re.DOTALL)
_IN_SET = re.compile(r"\[:([^]]*):\]|\\(.)|(-)|(.)", re.DOTALL)
_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": r" \t-\r",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}
_WILD = {"**": ".*", "*": "[^/]*", "?": "[^/]"}


@dataclass(frozen=True, slots=True)
class _Pattern:
    expression: re.Pattern[str]
    folders_only: bool


class Excludes:
    """Tells which paths rsync leaves alone: those that match, and all below a folder that does."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """Raise UsageError where a pattern would exclude everything, or is a filter rule."""
        self._patterns = [compiled for pattern in patterns for compiled in _compile(pattern)]

    def match(self, path: str, *, is_directory: bool) -> bool:
        """Whether a path is excluded, itself or with a folder above it."""
        parts = path.split("/")
        return any(
            self._matches("/".join(parts[:depth]), is_directory or depth < len(parts))
            for depth in range(1, len(parts) + 1)
        )

    def _matches(self, path: str, is_directory: bool) -> bool:
        return any(
            pattern.expression.fullmatch("/" + path)
            for pattern in self._patterns
            if is_directory or not pattern.folders_only
        )


def _compile(pattern: str) -> list[_Pattern]:
    if not pattern.strip("/* ") or pattern.startswith(("+ ", "- ", "!")):
        raise UsageError(
            f"{pattern!r} is no pattern to exclude",
            "Write what follows --exclude= in the rsync line, such as /uploads/ or *.log",
        )
    if pattern.endswith("/***"):  # the folder and all that it holds
        folder = pattern.removesuffix("***")
        return [*_compile(folder), *_compile(folder + "**")]
    folders_only = pattern.endswith("/")
    body = pattern.rstrip("/")
    anchored = body.startswith("/")
    body = body.lstrip("/")
    # Without a wildcard a backslash is a backslash.
    literal = not re.search(r"[*?[]", body)
    try:
        expression = re.escape(body) if literal else "".join(map(_translated, _TOKEN.findall(body)))
        compiled = re.compile(("/" if anchored else "(?:.*/)?") + expression, re.DOTALL)
    except (KeyError, re.error) as error:  # rsync takes it, and excludes nothing
        raise UsageError(
            f"{pattern!r} is no pattern to exclude: its [...] is not one that rsync knows",
            "A set is written like [a-z], [!0-9] or [[:digit:]]; for the sign itself write \\[",
        ) from error
    return [_Pattern(compiled, folders_only)]


def _translated(token: str) -> str:
    if token in _WILD:
        return _WILD[token]
    if token.startswith("["):
        if len(token) == 1:
            raise KeyError(token)
        inner = token[1:-1]
        negation = "^" if inner[:1] in ("!", "^") else ""
        return f"(?!/)[{negation}{_IN_SET.sub(_member, inner[len(negation) :])}]"
    return re.escape(token[-1] if token.startswith("\\") else token)


def _member(found: re.Match[str]) -> str:
    name, escaped, hyphen, sign = found.groups()
    if name is not None:
        return _CLASSES[name]
    return hyphen if hyphen and found.start() else re.escape(escaped or sign or hyphen)
