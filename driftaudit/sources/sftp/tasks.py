"""One conversation of many: what it yields, is sent, returns and raises."""

from collections.abc import Generator, Sequence
from typing import TypeVar

from driftaudit.model.problem import ProblemKind
from driftaudit.sources.sftp.packets import (
    EOF,
    NO_SUCH_FILE,
    OK,
    PERMISSION_DENIED,
    Answer,
    Attributes,
    Data,
    Handle,
    Names,
    PacketError,
    Request,
    Status,
)

T = TypeVar("T")
A = TypeVar("A", Attributes, Data, Handle, Names)

Task = Generator[Sequence[Request], list[Answer], T]
"""A conversation: yields requests that go out together, is sent their answers, returns what it found.

Raises Unseen where that cannot be had. It closes what it opens, before it does so as well.
"""

_WORDS = {NO_SUCH_FILE: "No such file or directory", PERMISSION_DENIED: "Permission denied"}
_SHOWN = 200  # characters of a server's message


class Unseen(Exception):  # noqa: N818 - no error of the program: it becomes a problem of the snapshot
    """Something of the tree could not be seen."""

    def __init__(self, kind: ProblemKind, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


class Refused(Unseen):
    """The server answered that it cannot."""

    def __init__(self, status: Status) -> None:
        kind = ProblemKind.VANISHED if status.code == NO_SUCH_FILE else ProblemKind.UNREADABLE
        said = "".join(filter(str.isprintable, " ".join(status.message.split())))[:_SHOWN]
        super().__init__(kind, _WORDS.get(status.code) or said or f"SFTP status {status.code}")
        self.code = status.code


def taken(value: Answer, kind: type[A]) -> A:
    """Return an answer of the kind that was asked for. Raises Refused, or PacketError where it is another."""
    if isinstance(value, kind):
        return value
    if isinstance(value, Status) and value.code not in (OK, EOF):
        raise Refused(value)
    raise PacketError(f"{type(value).__name__} in place of {kind.__name__}")


def only_name(value: Answer) -> bytes:
    """Return the path that an answer holds. Raises Refused, or PacketError where it holds none, or more."""
    names = taken(value, Names).names
    if len(names) != 1:
        raise PacketError(f"{len(names)} names in place of one")
    return names[0].name
