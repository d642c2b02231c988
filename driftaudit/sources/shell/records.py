"""What scan.sh answers, taken apart. Pure, but for where the bytes come from.

Records: the mark, a letter, a text, a line end. H hello, N a tool that is lacking, X why there is no root,
S what a stat says of a path, V a path that vanished, U one that cannot be read, L the end of the listing,
C contents of files in a row or a block of one, O a path that is no file any more, F a file's digest,
T whether a file could be read, K a link's target, R and W the text of refs and of a stash's log, Q why refs
could not be read, E the end of a checkout's refs, B the end of the answer to one frame, D the digest of all
before it, Z the end of all.
"""

import hashlib
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Self

from driftaudit.errors import SourceError

NOISE_LIMIT = 1 << 20  # bytes that a login shell may print before the first record
RECORD_LIMIT = 1 << 28  # bytes; a longer one is not one of ours
_STATED = 11  # fields
_PIECE = 1 << 18  # bytes
_LAST = (b"B\n", b"Z\n")
_SUM = re.compile(rb"([0-9a-f]+)( +[*-]+)?")


class Record(NamedTuple):
    """One record of the answer."""

    letter: str
    text: bytes


class CutOffError(Exception):
    """The answer ended before its last record."""


class EndlessNoiseError(Exception):
    """Much was printed, and no record."""


class DamagedError(Exception):
    """The answer is not the one that the host gave."""


class NotStartedError(Exception):
    """The answer ended before its first record."""


class Records:
    """Iterates over the records of an answer, up to and with Z.

    `receive` returns up to so many bytes, or none at the end. `algorithm` is that of D, which must fit all
    that came before it: nothing of an answer is to be believed before that. Raises the errors above.
    """

    def __init__(self, receive: Callable[[int], bytes], mark: str, algorithm: str) -> None:
        self._receive = receive
        self._separator = f"\n{mark}".encode("ascii")
        self._buffer = bytearray()
        self._searched = 0
        self._started = False
        self._sum = hashlib.new(algorithm, usedforsecurity=False)
        self._is_last = False  # whether the record that was taken was one that may be the last for now

    def __iter__(self) -> Iterator[Record]:
        """Yield each record; where the iteration is taken up again, go on after the last."""
        if not self._started:
            self._next(NOISE_LIMIT)  # what the login shell printed
            self._started = True
        while True:
            continued = self._is_last
            text = self._next(RECORD_LIMIT)
            if continued and not text:
                continue
            if text.startswith(b"D"):
                self._check_digest(text[1:])
            self._sum.update(self._separator + text)
            yield Record(text[:1].decode("ascii", "replace"), text[1:])

    def _check_digest(self, told: bytes) -> None:
        before = self._sum.copy()
        before.update(b"\n")
        said = _SUM.fullmatch(told)
        if not said or said[1] != before.hexdigest().encode("ascii"):
            raise DamagedError

    def _next(self, limit: int) -> bytes:
        """Take what stands before the next mark. After B and Z there may be none for now."""
        while True:
            at = self._buffer.find(self._separator, self._searched)
            if at >= 0:
                return self._taken(at, at + len(self._separator))
            if self._started and self._buffer in _LAST:
                return self._taken(1, 1, is_last=True)  # the next mark begins with the line end
            self._searched = max(0, len(self._buffer) - len(self._separator))
            if len(self._buffer) > limit:
                raise EndlessNoiseError if not self._started else CutOffError
            data = self._receive(_PIECE)
            if not data:
                raise CutOffError if self._started else NotStartedError
            self._buffer += data

    def _taken(self, length: int, passed: int, *, is_last: bool = False) -> bytes:
        taken = bytes(self._buffer[:length])
        del self._buffer[:passed]
        self._searched = 0
        self._is_last = is_last
        return taken


@dataclass(frozen=True, slots=True)
class Stated:
    """What a stat says of a path. Times in nanoseconds since the epoch, by the host's clock."""

    mode: int  # st_mode
    size: int  # bytes
    modified_ns: int
    changed_ns: int
    device: int
    inode: int
    uid: int
    owner: str
    whole_seconds: bool  # whether that is as fine as this host's stat tells times

    def is_same_as(self, other: "Stated") -> bool:
        """Whether it is the same file or folder, however it may have changed."""
        kind = stat.S_IFMT(self.mode) == stat.S_IFMT(other.mode)
        return kind and (self.device, self.inode) == (other.device, other.inode)

    @classmethod
    def parse(cls, text: bytes) -> tuple[str, Self]:
        """Return path and state of an S record. Raises ValueError where it is none."""
        fields = text.split(b"/", _STATED - 1)
        mode, size, seconds, modified, changed_seconds, changed, device, inode, uid, owner, name = fields
        fraction, changed_fraction = _fraction(modified), _fraction(changed)
        state = cls(
            mode=int(mode, 16),
            size=int(size),
            modified_ns=int(seconds) * 10**9 + int(fraction or 0),
            changed_ns=int(changed_seconds) * 10**9 + int(changed_fraction or 0),
            device=int(device),
            inode=int(inode),
            uid=int(uid),
            owner=uid.decode("ascii") if owner == b"UNKNOWN" else decoded(owner),
            whole_seconds=not fraction,
        )
        return path_of(name), state


def _fraction(shown: bytes) -> bytes:
    """Return the nanoseconds of a time as it is shown: 2025-11-03 18:39:00.123456789 +0000."""
    return shown.partition(b".")[2].partition(b" ")[0]


def decoded(name: bytes) -> str:
    """Return a name as all sources write it."""
    return name.decode("utf-8", "surrogateescape")


def path_of(name: bytes) -> str:
    """Return the path under the root, "" for the root itself. Raises ValueError where it is none."""
    if name == b".":
        return ""
    if not name.startswith(b"./"):
        raise ValueError(f"{name!r} is no path under the root")
    return decoded(name[2:])


def reason_in(text: bytes) -> str:
    """Return the end of a tool's message, which says why."""
    return text.strip().rpartition(b": ")[2].decode("utf-8", "replace")


def senseless(host: str, error: Exception) -> SourceError:
    """Return the error for an answer that is not what the script says."""
    return SourceError(f"{host}: the scan's answer makes no sense: {error!r}", "Run it again.")
