"""Whether an object store has what it says: blobs are read whole, and hashed."""

import hashlib
from collections.abc import Iterable, Iterator

from driftaudit.errors import RepositoryError
from driftaudit.plumbing.commands import Git


def whole_blobs(git: Git, oids: Iterable[str], object_format: str) -> set[str]:
    """Return those of the ids whose blobs are there, and have the content that the id stands for.

    Contents pass through in pieces: none is held whole.
    """
    asked = sorted(set(oids))
    try:
        return set(_read(git, asked, object_format))
    except RepositoryError:  # git ends at the first that it cannot unpack
        return {oid for oid in asked if _is_whole(git, oid, object_format)}


def _is_whole(git: Git, oid: str, object_format: str) -> bool:
    try:
        return list(_read(git, [oid], object_format)) == [oid]
    except RepositoryError:
        return False


def _read(git: Git, oids: list[str], object_format: str) -> Iterator[str]:
    if oids:
        listed = "".join(f"{oid}\n" for oid in oids).encode("ascii")
        yield from _whole(git.pieces("cat-file", "--batch", stdin=listed), object_format)


class _Reader:
    """Takes lines and counted bytes off what comes in pieces."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def line(self) -> bytes:
        while b"\n" not in self._rest:
            piece = next(self._pieces, b"")
            if not piece:
                return b""
            self._rest += piece
        line, _end, self._rest = self._rest.partition(b"\n")
        return line

    def counted(self, size: int) -> Iterator[bytes]:
        while size > 0:
            piece = self._rest or next(self._pieces, b"")
            if not piece:
                return
            self._rest = piece[size:]
            yield piece[:size]
            size -= len(piece[:size])


def _whole(pieces: Iterator[bytes], object_format: str) -> Iterator[str]:
    """Yield the ids of those blobs of `cat-file --batch` output whose content has that id."""
    reader = _Reader(pieces)
    while line := reader.line():
        oid, *facts = line.decode("ascii").split(" ")
        if len(facts) != 2:
            continue  # missing
        kind, size = facts
        digest = hashlib.new(object_format, f"{kind} {size}\0".encode("ascii"), usedforsecurity=False)
        for piece in reader.counted(int(size)):
            digest.update(piece)
        reader.line()
        if kind == "blob" and digest.hexdigest() == oid:
            yield oid
