"""Shell text to a tree of its parts, by the parser of shfmt: nothing of the text is run."""

import json
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from driftaudit.errors import DriftauditError, UsageError

Node: TypeAlias = Mapping[str, Any]

_SECONDS = 60
_PLACE = re.compile(r"^(?:<standard input>:)?(\d+):(\d+): (.*)", re.DOTALL)


class ShellSyntaxError(Exception):
    """A text that is no script for bash; `line` and `column` count from 1 in it."""

    def __init__(self, line: int, column: int, what: str) -> None:
        super().__init__(what)
        self.line = line
        self.column = column


@lru_cache(maxsize=256)
def parsed_shell(raw: bytes) -> Node:
    """Return what shfmt makes of a text; the tree is about 140 times as large.

    Raises ShellSyntaxError where it is no script, UsageError where shfmt cannot tell, and RecursionError
    where it is nested too deep for us.
    """
    if b"\0" in raw:
        raise ShellSyntaxError(raw[: raw.index(b"\0")].count(b"\n") + 1, 1, "a NUL character")
    try:
        done = subprocess.run(  # noqa: S603 # the text is read from standard input, not run
            [_program(), "--to-json", "-ln", "bash"],
            input=raw,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UsageError(
            f"shfmt needs more than {_SECONDS} s for the script", "Name the part of it that deploys."
        ) from error
    if done.returncode == 0:
        tree: Node = json.loads(done.stdout)
        return tree
    said = done.stderr.decode("utf-8", "replace").strip()
    place = _PLACE.match(said)
    if place is None:
        raise UsageError(f"shfmt cannot read a script: {said[:200]!r}", "See whether `bash -n` can.")
    raise ShellSyntaxError(int(place[1]), int(place[2]), place[3].split("\n")[0])


def _program() -> str:
    beside = Path(sysconfig.get_path("scripts"), "shfmt")
    found = str(beside) if beside.exists() else shutil.which("shfmt")
    if not found:
        raise DriftauditError(
            "shfmt, which reads shell scripts, is not installed", "Install it: pip install shfmt-py"
        )
    return found
