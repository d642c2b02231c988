"""The contents that Git LFS keeps beside a repository: read from its own store, never fetched."""

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

POINTER_LIMIT = 1024  # bytes, by its specification

_PIECE = 1 << 20  # bytes read at a time
_POINTER = re.compile(
    rb"version https://(?:git-lfs|hawser)\.github\.com/spec/v1\r?\n"
    rb"oid sha256:([0-9a-f]{64})\r?\nsize ([0-9]{1,18})\s*"
)


@dataclass(frozen=True, slots=True)
class Pointer:
    """What stands in a commit for a content: its SHA-256 and its size in bytes."""

    oid: str
    size: int

    @property
    def text(self) -> bytes:
        """The pointer as Git LFS writes it."""
        return b"version https://git-lfs.github.com/spec/v1\noid sha256:%b\nsize %d\n" % (
            self.oid.encode("ascii"),
            self.size,
        )


def parse_pointer(content: bytes) -> Pointer | None:
    """Return the pointer that a blob is, or None; None too where extensions make another content of it."""
    match = _POINTER.fullmatch(content)
    return Pointer(match[1].decode("ascii"), int(match[2])) if match else None


@dataclass(frozen=True, slots=True)
class LfsStore:
    """The folder of objects, each by its SHA-256. What is damaged, or not readable, is not there."""

    folder: Path

    def stamp(self, pointer: Pointer) -> str | None:
        """Return what changes whenever the object is written anew, None where it is not there in its size."""
        try:
            state = self._path(pointer).stat()
        except OSError:
            return None
        is_whole = state.st_size == pointer.size
        return f"{pointer.oid} {pointer.size} {state.st_mtime_ns} {state.st_ctime_ns}" if is_whole else None

    def blob_id(self, pointer: Pointer, object_format: str) -> str | None:
        """Return the id that git would give the content, None where the object is not what its name says."""
        path = self._path(pointer)
        if self.stamp(pointer) is None or not path.is_file():
            return None
        check = hashlib.sha256()
        blob = hashlib.new(object_format, b"blob %d\0" % pointer.size, usedforsecurity=False)
        try:
            with path.open("rb") as stream:
                while piece := stream.read(_PIECE):
                    check.update(piece)
                    blob.update(piece)
        except OSError:
            return None
        return blob.hexdigest() if check.hexdigest() == pointer.oid else None

    def content(self, pointer: Pointer) -> bytes | None:
        """Return the content in memory, None where the object is not what its name says."""
        path = self._path(pointer)
        if self.stamp(pointer) is None or not path.is_file():
            return None
        try:
            content = path.read_bytes()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == pointer.oid else None

    def of_sizes(self, sizes: Collection[int]) -> Iterator[Pointer]:
        """Yield a pointer for each object that is one of these sizes, in bytes."""
        for path in self.folder.glob("??/??/" + "?" * 64) if sizes else ():
            try:
                size = path.stat().st_size
            except OSError:
                continue
            if size in sizes:
                yield Pointer(path.name, size)

    def _path(self, pointer: Pointer) -> Path:
        return self.folder / pointer.oid[:2] / pointer.oid[2:4] / pointer.oid
