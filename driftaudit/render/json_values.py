"""The values that JSON reports are made of."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from driftaudit.render.printable import is_visible, printable

Document = dict[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NANOSECONDS = 1_000_000_000  # in a second
_SUSPECT = re.compile(r"[^ -~\n]")


def written(document: Document) -> str:
    """Return a document as text, a newline at its end; what does not show is written as JSON's own escape."""
    return _SUSPECT.sub(_escaped, json.dumps(document, ensure_ascii=False, indent=2)) + "\n"


def path_keys(path: str) -> Document:
    """Return `path`, and `path_b64` where the path is not UTF-8."""
    shown: Document = {"path": readable(path)}
    if shown["path"] != path:
        shown["path_b64"] = base64.b64encode(path_bytes(path)).decode("ascii")
    return shown


def path_bytes(name: str) -> bytes:
    """Return a name as it is on the disk."""
    try:
        return name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a surrogate that stands for no byte: no name on a disk has one
        return name.encode("utf-8", "surrogatepass")


def readable(name: str) -> str:
    """Return a name that JSON can hold."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return printable(name)
    return name


def modified_at(nanoseconds: int | None) -> str | None:
    """Return a moment since the epoch, None where no calendar has it."""
    if nanoseconds is None:
        return None
    try:
        return timestamp(_EPOCH + timedelta(seconds=nanoseconds // _NANOSECONDS))
    except OverflowError:  # a file system can claim any year
        return None


def timestamp(moment: datetime) -> str:
    """Return a moment in UTC, to the second."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _escaped(match: re.Match[str]) -> str:
    """Return JSON's own escape of what does not show, and of a lone surrogate its visible form as text."""
    character = match[0]
    if is_visible(character):
        return character
    if "\ud800" <= character <= "\udfff":
        return printable(character).replace("\\", "\\\\")
    return json.dumps(character)[1:-1]
