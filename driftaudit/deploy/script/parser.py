"""Shell text to statements, by the parser of shfmt. It is the only process that runs, and it runs nothing."""

import json
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from driftaudit.deploy.script.reading import Origin, Reader
from driftaudit.deploy.script.syntax import Statement
from driftaudit.errors import DriftauditError, UsageError

_MOST_BYTES = 1 << 20  # the parsed tree is about 140 times as large
_MOST_LINES = 10_000
_SECONDS = 60
_PLACE = re.compile(r"^(?:<standard input>:)?(\d+):(\d+): (.*)", re.DOTALL)


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


@lru_cache(maxsize=256)
def _parsed(raw: bytes) -> Mapping[str, Any]:
    done = subprocess.run(  # noqa: S603 # the text is read from standard input, not run
        [_shfmt(), "--to-json", "-ln", "bash"], input=raw, capture_output=True, timeout=_SECONDS, check=False
    )
    if done.returncode == 0:
        tree: Mapping[str, Any] = json.loads(done.stdout)
        return tree
    said = done.stderr.decode("utf-8", "replace").strip()
    place = _PLACE.match(said)
    if place:
        raise ScriptSyntaxError(int(place[1]), int(place[2]), place[3].split("\n")[0])
    raise UsageError(f"the script cannot be read: {said[:200]}", "See whether `bash -n` can.")


def _shfmt() -> str:
    beside = Path(sysconfig.get_path("scripts"), "shfmt")
    found = str(beside) if beside.exists() else shutil.which("shfmt")
    if not found:
        raise DriftauditError(
            "shfmt, which reads shell scripts, is not installed", "Install it: pip install shfmt-py"
        )
    return found
