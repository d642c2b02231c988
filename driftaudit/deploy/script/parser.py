"""Shell text to statements, by the parser of shfmt."""

from dataclasses import dataclass

from driftaudit.deploy.script.reading import Origin, Reader
from driftaudit.deploy.script.syntax import Statement
from driftaudit.errors import UsageError
from driftaudit.shfmt import Node, ShellSyntaxError, parsed_shell

_MOST_BYTES = 1 << 20  # the parsed tree is about 140 times as large
_MOST_LINES = 10_000


class ScriptSyntaxError(UsageError):
    """A text that is no shell script; `line` and `column` count from 1 in it."""

    def __init__(self, line: int, column: int, what: str) -> None:
        super().__init__(
            f"the script cannot be read: line {line}, column {column}: {what}",
            "`bash -n` shows the same place; nothing was simulated.",
        )
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Script:
    """The statements of a text."""

    statements: tuple[Statement, ...]


def parse(text: str, origin: Origin | None = None) -> Script:
    """Return the script that a text is.

    Raises ScriptSyntaxError where it is none, UsageError where it is too long to be looked at.
    """
    raw = text.encode("utf-8", "surrogateescape")
    if len(raw) > _MOST_BYTES or raw.count(b"\n") > _MOST_LINES:
        raise UsageError(
            f"the script is longer than {_MOST_LINES} lines or {_MOST_BYTES >> 20} MiB",
            "Name the part of it that deploys.",
        )
    try:
        return Script(Reader(origin or Origin()).statements(_parsed(raw).get("Stmts")))
    except RecursionError as error:
        raise UsageError("the script is nested too deeply to be looked at", "Write it plainer.") from error


def _parsed(raw: bytes) -> Node:
    try:
        return parsed_shell(raw)
    except ShellSyntaxError as error:
        raise ScriptSyntaxError(error.line, error.column, str(error)) from error
