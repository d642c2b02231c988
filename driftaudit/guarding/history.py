"""What was run under guard, by whom and why: a file of JSON lines that only grows."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from driftaudit.errors import UsageError


@dataclass(frozen=True, slots=True)
class GuardHistory:
    """A file to which each run adds one line before its command, and one after it."""

    path: Path

    def add(self, document: Mapping[str, Any]) -> None:
        """Add a line, and return once the disk has it. Raises UsageError where it cannot be added."""
        line = json.dumps(document).encode() + b"\n"
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
            file = os.open(self.path, flags, 0o600)
            try:
                _add(file, line)
            finally:
                os.close(file)
        except OSError as error:
            raise UsageError(
                f"the history {self.path} cannot be written: {error.strerror}",
                "Without a record nothing is run. Let XDG_STATE_HOME name a folder of yours.",
            ) from error


def _add(file: int, line: bytes) -> None:
    size = os.fstat(file).st_size
    if size and os.pread(file, 1, size - 1) != b"\n":
        line = b"\n" + line  # after a line that was cut off
    while line:
        line = line[os.write(file, line) :]
    os.fsync(file)
