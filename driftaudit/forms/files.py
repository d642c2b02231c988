"""The files that forms are written in: bounded, and plain files only."""

import stat
from pathlib import Path

from driftaudit.config.paths import shown_path
from driftaudit.errors import UsageError

MOST_BYTES = 1 << 20
_LONGEST_NAME = 200


def named(text: str) -> str:
    """Return a name as messages have it: on one line, not too long, nothing hidden in it."""
    short = text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}…"
    return short if short.isprintable() else repr(short)


def shown(path: Path) -> str:
    """Return what messages call a file."""
    return named(shown_path(path))


def read_bytes(path: Path) -> bytes:
    """Return what a file holds. Raises UsageError where it is no plain file, or too large."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UsageError(f"{shown(path)} is no file", "Name the file that the deploy is written in.")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(
            f"{shown(path)}: {reason}", "Name the file that the deploy is written in."
        ) from error
    if len(data) > MOST_BYTES:
        raise UsageError(f"{shown(path)} is larger than {MOST_BYTES >> 20} MiB, which no such file is")
    return data


def read_text(path: Path) -> str:
    """Return the same as text. Raises UsageError too where it is not UTF-8."""
    data = read_bytes(path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{shown(path)}:{line}: not UTF-8", "Save the file as UTF-8.") from error
