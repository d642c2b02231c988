"""A folder of this machine that only its owner can look into: where secrets are kept, and never in git."""

import contextlib
import errno
import hashlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from driftaudit.errors import UsageError
from driftaudit.model.entry import Entry, Kind

_PIECE = 1 << 20  # bytes read at a time
_OTHERS = 0o077  # what group and others may do
_INCOMING = ".incoming-"
_SURELY_OVER = 24 * 3600  # seconds
_NAME_REFUSED = (errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EILSEQ)
_ADVICE = "Choose another: --secrets-folder FOLDER"


class NameRefusedError(Exception):
    """This machine has no place for a path: its name is too long, taken by another, or leads elsewhere."""


@dataclass(frozen=True, slots=True)
class SafeFolder:
    """Keeps files below `path`/NAME/TIME, with the paths that they have under the root of a target."""

    path: Path

    @classmethod
    def at(cls, path: Path, outside: Iterable[Path]) -> "SafeFolder":
        """Return the folder of that path, made where it is not there.

        Raises UsageError where it lies in one of the folders `outside` of which it must be, or where others
        than its owner can look into it.
        """
        real = Path(os.path.realpath(path))
        for folder in outside:
            if real.is_relative_to(os.path.realpath(folder)):
                raise UsageError(f"the folder for secrets, {path}, lies inside {folder}", _ADVICE)
        try:
            real.mkdir(mode=0o700, parents=True, exist_ok=True)
            state = real.stat()
        except OSError as error:
            raise _not_kept(path, error) from error
        if state.st_uid != os.geteuid():
            raise UsageError(f"the folder for secrets, {path}, belongs to somebody else", _ADVICE)
        if stat.S_IMODE(state.st_mode) & _OTHERS:
            raise UsageError(
                f"others can look into the folder for secrets, {path}",
                f"chmod 700 {path}, or choose another.",
            )
        return cls(real)

    def held(self, name: str, entries: Sequence[Entry], object_format: str) -> set[str]:
        """Return the paths of those entries that an earlier time of that name has, byte for byte."""
        kept = [place for place in self._times(name) if not place.name.startswith(".")]
        return {
            entry.path
            for entry in entries
            if _is_plain(entry.path)
            and any(_digest(place / entry.path, object_format) == entry.digest for place in kept)
        }

    def _times(self, name: str) -> list[Path]:
        folder = self.path / name
        return sorted(folder.iterdir()) if folder.is_dir() else []

    @contextmanager
    def incoming(self, name: str) -> Iterator["Incoming"]:
        """Give a place for files that are kept all at once, or not at all."""
        try:
            folder = self.path / name
            folder.mkdir(mode=0o700, exist_ok=True)
            _forget_cut_off(folder)
            place = Path(tempfile.mkdtemp(prefix=_INCOMING, dir=folder))
        except OSError as error:
            raise _not_kept(self.path, error) from error
        try:
            incoming = Incoming(place, place / "fetched", place / "kept")
            for part in (incoming.fetched, incoming.kept):
                part.mkdir(mode=0o700)
            yield incoming
        except OSError as error:
            raise _not_kept(self.path, error) from error
        finally:
            shutil.rmtree(place, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Incoming:
    """Files on their way into the folder: as they were fetched, and as they are to be kept."""

    place: Path
    fetched: Path
    kept: Path

    def take(self, entry: Entry, file: Path) -> None:
        """Keep a fetched file at the path of its entry. Links come after all files: none leads elsewhere.

        Raises NameRefusedError where that cannot be its path here.
        """
        if not _is_plain(entry.path):
            raise NameRefusedError(entry.path)
        try:
            self._take(entry, file)
        except OSError as error:
            if error.errno in _NAME_REFUSED:
                raise NameRefusedError(entry.path) from error
            raise

    def _take(self, entry: Entry, file: Path) -> None:
        target = self.kept / entry.path
        _make_folders(self.kept, target.parent)
        if entry.kind is Kind.SYMLINK:
            target.symlink_to(os.fsdecode(file.read_bytes()))
            return
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as kept, file.open("rb") as source:
            shutil.copyfileobj(source, kept, _PIECE)
            kept.flush()
            os.fsync(kept.fileno())

    def settle(self, stamp: str) -> Path:
        """Let what was taken appear under a name of this time, and return the folder."""
        above = self.place.parent
        for number in range(1, 1000):
            place = above / (stamp if number == 1 else f"{stamp}-{number}")
            if not os.path.lexists(place):
                self.kept.rename(place)
                _to_disk([*(folder for folder, _dirs, _files in os.walk(place)), above])
                return place
        raise UsageError(f"too many folders begin with {above / stamp}", "Tidy up there.")


def _is_plain(path: str) -> bool:
    """Whether a path leads down from where it begins, step by step."""
    return not {"", ".", ".."}.intersection(path.split("/"))


def _forget_cut_off(folder: Path) -> None:
    """Remove what runs that were killed have left; one that is at work is not that old."""
    for place in folder.glob(_INCOMING + "*"):
        with contextlib.suppress(OSError):
            if time.time() - place.lstat().st_mtime > _SURELY_OVER:
                shutil.rmtree(place)


def _make_folders(top: Path, folder: Path) -> None:
    if folder != top and not folder.is_dir():
        _make_folders(top, folder.parent)
        folder.mkdir(mode=0o700)


def _to_disk(folders: Collection[str | Path]) -> None:
    for folder in folders:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _digest(path: Path, object_format: str) -> str | None:
    """Return the id that git would give what lies there, None where nothing does."""
    try:
        if path.is_symlink():
            target = os.fsencode(path.readlink())
            return hashlib.new(
                object_format, b"blob %d\0" % len(target) + target, usedforsecurity=False
            ).hexdigest()
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            digest = hashlib.new(object_format, b"blob %d\0" % size, usedforsecurity=False)
            while piece := stream.read(_PIECE):
                digest.update(piece)
            return digest.hexdigest()
    except OSError:
        return None


def _not_kept(path: Path, error: OSError) -> UsageError:
    return UsageError(f"secrets cannot be kept in {path}: {error.strerror}", _ADVICE)
