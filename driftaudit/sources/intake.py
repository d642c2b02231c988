"""Contents on their way to files of this machine: none is kept but those that have the digest asked for."""

import errno
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from driftaudit.errors import SourceError, UsageError
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.sources.agent.program.hashing import Hasher
from driftaudit.sources.base import Advance, Fetched, FetchRequest, Progress

CHANGED = "it changed since it was scanned"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_TELL_EVERY = 0.2  # seconds


class Incoming:
    """One content that comes in piece by piece. Where it is here already, it is looked at by nobody."""

    def __init__(self, intake: "Intake", entry: Entry, size: int, part: Path | None) -> None:
        self.left = size  # bytes that are still to come
        self._intake = intake
        self._entry = entry
        self._digest = intake.hasher.start(size)
        self._part = part
        self._file = _made(part) if part else -1

    def write(self, piece: bytes) -> None:
        """Take a piece. Raises ValueError where there is more than was said, UsageError for a full disk."""
        self.left -= len(piece)
        if self.left < 0:
            raise ValueError("more bytes of a file than were announced")
        self._intake.count(len(piece))
        if self._part is None:
            return
        self._digest.update(piece)
        left = memoryview(piece)
        try:
            while left:
                left = left[os.write(self._file, left) :]
        except OSError as error:
            raise _not_kept(self._part.parent, error) from error

    def finish(self) -> None:
        """Keep the file where it is whole and what was asked for; else it is gone, and a problem."""
        if self._part is None:
            return
        if self.left or self._digest.hexdigest() != self._entry.digest:
            self._intake.problem(self._entry, ProblemKind.UNSTABLE, CHANGED)
        else:
            self._intake.keep(self._entry, self._part)
        self.give_up()

    def give_up(self) -> None:
        """Leave no file behind, unless it was kept. Never raises."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        if self._part is not None:
            with suppress(OSError):
                self._part.unlink(missing_ok=True)
        self._intake.forget(self)


class Intake:
    """What has come in of a request, and what could not. Used as a context, at whose end no part is left."""

    def __init__(self, request: FetchRequest, progress: Progress) -> None:
        self.request = request
        self.hasher = Hasher(request.object_format)
        self.files: dict[str, Path] = {}  # by digest
        self._problems: dict[str, Problem] = {}
        self._open: set[Incoming] = set()
        self._numbers = count()
        self._progress = progress
        self._bytes = 0
        self._told = 0.0
        sizes = {entry.digest: entry.size for entry in request.entries}
        known = [size for size in sizes.values() if size is not None]
        self._total = len(sizes), sum(known) if len(known) == len(sizes) else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for incoming in list(self._open):
            incoming.give_up()

    def begin(self, entry: Entry, size: int) -> Incoming:
        """Return where to put the content of an entry. Raises ValueError where it has another size."""
        is_other = entry.kind is Kind.FILE and entry.size not in (None, size)
        if size < 0 or is_other or self.is_too_large(size):
            raise ValueError(f"{size} bytes of a file that were not asked for")
        part = None if entry.digest in self.files else self.request.folder / f"{next(self._numbers)}.part"
        incoming = Incoming(self, entry, size, part)
        self._open.add(incoming)
        return incoming

    def is_too_large(self, size: int) -> bool:
        """Whether files of so many bytes are not to be fetched."""
        return self.request.max_file_bytes is not None and size > self.request.max_file_bytes

    def problem(self, entry: Entry, kind: ProblemKind, detail: str) -> None:
        """Take note of why an entry has no file."""
        self._problems[entry.path] = Problem(entry.path, kind, detail)

    def too_large(self, entry: Entry, size: int) -> None:
        """Take note of a file over the limit."""
        detail = f"{size} bytes are more than the limit of {self.request.max_file_bytes}"
        self.problem(entry, ProblemKind.TOO_LARGE, detail)

    def keep(self, entry: Entry, part: Path) -> None:
        """Let a verified part be the file of its digest."""
        file = self.request.folder / str(entry.digest)
        try:
            part.replace(file)
        except OSError as error:
            raise _not_kept(self.request.folder, error) from error
        self.files[str(entry.digest)] = file
        self.count(0)

    def forget(self, incoming: Incoming) -> None:
        """Let go of a content that has come to its end."""
        self._open.discard(incoming)

    def count(self, size: int) -> None:
        """Count bytes that came in, and tell of them now and then."""
        self._bytes += size
        if time.monotonic() - self._told >= _TELL_EVERY:
            self.tell()

    def tell(self) -> None:
        """Tell how far it is."""
        self._told = time.monotonic()
        self._progress(Advance(len(self.files), self._bytes, *self._total))

    def is_settled(self, entry: Entry) -> bool:
        """Whether an entry has its file, or a problem."""
        return entry.digest in self.files or entry.path in self._problems

    def result(self) -> Fetched:
        """Return the files and problems. Raises ValueError where nothing came of an entry."""
        entries = self.request.entries
        files = {entry.path: self.files[entry.digest] for entry in entries if entry.digest in self.files}
        missing = [entry.path for entry in entries if entry.path not in files]
        if not self._problems.keys() >= set(missing):
            raise ValueError("nothing was said of a file that was asked for")
        return Fetched(files, tuple(self._problems[path] for path in sorted(set(missing))))


Bring = Callable[[Sequence[Entry], Intake], None]
"""Brings the contents of files: begins one at the intake for each entry, or tells it the problem."""


def fetched(request: FetchRequest, progress: Progress, host: str, bring: Bring) -> Fetched:
    """Return what `bring` brings of a request: each content once, by another path where the first fails.

    `host` stands in messages. The text of a link is known from the scan. Raises as `Source.fetch`.
    """
    with Intake(request, progress) as intake:
        try:
            entries = [entry for entry in request.entries if not _is_known(entry, intake)]
            first = {entry.digest: entry for entry in reversed(entries)}
            firsts = [entry for entry in entries if first[entry.digest] is entry]
            if firsts:
                bring(firsts, intake)
            others = [entry for entry in entries if not intake.is_settled(entry)]
            if others:
                bring(others, intake)
            intake.tell()
            return intake.result()
        except ValueError as error:
            raise SourceError(f"{host}: the answer makes no sense: {error!r}", "Run it again.") from error


def _is_known(entry: Entry, intake: Intake) -> bool:
    """Settle what need not be asked for."""
    if entry.digest is None:
        intake.problem(entry, ProblemKind.UNREADABLE, "its content was not read in the scan")
    elif entry.kind is Kind.SYMLINK and entry.link_target is not None:
        text = entry.link_target.encode("utf-8", "surrogateescape")
        incoming = intake.begin(entry, len(text))
        incoming.write(text)
        incoming.finish()
    elif entry.size is not None and intake.is_too_large(entry.size):
        intake.too_large(entry, entry.size)
    return intake.is_settled(entry)


def _made(part: Path) -> int:
    try:
        return os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise _not_kept(part.parent, error) from error


def _not_kept(folder: Path, error: OSError) -> UsageError:
    if error.errno in _FULL:
        return UsageError(
            f"the disk is full: what was fetched does not fit into {folder}",
            "Make room there, or let TMPDIR name a folder that has it.",
        )
    return UsageError(f"{folder}: what was fetched cannot be kept there: {error.strerror}")
