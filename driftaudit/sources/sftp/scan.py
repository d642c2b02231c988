"""A whole tree over SFTP: list all folders, read refs and contents, look at the folders once more."""

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from driftaudit.model.entry import Entry, Kind
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.snapshot import GitDirectory
from driftaudit.sources.agent.program.hashing import Hasher
from driftaudit.sources.agent.program.scope import Scope
from driftaudit.sources.agent.protocol import scope_words
from driftaudit.sources.base import Advance, Progress, ScanRequest
from driftaudit.sources.sftp.checkouts import git_refs
from driftaudit.sources.sftp.client import Client, Limits
from driftaudit.sources.sftp.contents import WINDOW, blob_id, file_ids, link_text, openable
from driftaudit.sources.sftp.entries import Owners, Seen, entry_of
from driftaudit.sources.sftp.folders import list_folder, still_there
from driftaudit.sources.sftp.packets import Name
from driftaudit.sources.sftp.root import below, refuse_root
from driftaudit.sources.sftp.tasks import Task, Unseen

_FOLDERS = Limits(64)  # open at a time
_FILES = Limits(200)  # a server may have 256 descriptors
_AGAIN = Limits(500)
_TELL_EVERY = 0.2  # seconds

_Ids = tuple[str | None, str | None, str | None]  # digest, text digest, text of a link
_NOTHING: _Ids = (None, None, None)


@dataclass(frozen=True, slots=True)
class Done:
    """How many files and bytes were read, of how many: that is known once all folders are listed."""

    files: int = 0
    bytes: int = 0
    total_files: int = 0
    total_bytes: int = 0


def tell(progress: Progress, done: Done) -> None:
    """Tell how far the scan is, and how much there is in all."""
    progress(Advance(done.files, done.bytes, done.total_files, done.total_bytes))


@dataclass(slots=True)
class Scan:
    """Reads one tree. `root` is its real path; `host` stands in messages."""

    client: Client
    host: str
    root: bytes
    request: ScanRequest
    progress: Progress
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    git_directories: list[GitDirectory] = field(default_factory=list)
    done: Done = Done()
    _scope: Scope = field(init=False)
    _hasher: Hasher = field(init=False)
    _owners: Owners = field(default_factory=Owners)
    _folders: list[str] = field(default_factory=list)  # all that were listed
    _waiting: deque[tuple[str, bool]] = field(default_factory=deque)  # to be listed; files in it unread
    _checkouts: list[str] = field(default_factory=list)
    _contents: deque[Seen] = field(default_factory=deque)  # to be read
    _told: float = 0.0

    def __post_init__(self) -> None:
        self._scope = Scope(scope_words(self.request))
        self._hasher = Hasher(self.request.object_format)

    def run(self) -> None:
        """Read all. Raises SourceError where the root cannot be listed, or the connection is lost."""
        self._walk()
        for path in self._checkouts:
            self._read_refs(path)
        self.done = self._all()
        tell(self.progress, self.done)
        self._read_contents()
        tell(self.progress, self.done)
        self._look_again()
        self.entries.sort(key=lambda entry: entry.path)
        self.problems.sort(key=lambda problem: (problem.path, problem.kind))

    def _path(self, path: str) -> bytes:
        """Return a path as the host has it."""
        return below(self.root, path.encode("utf-8", "surrogateescape"))

    def _walk(self) -> None:
        self._waiting.append(("", False))
        listings = self.client.run(self._waiting, lambda job: list_folder(self._path(job[0])), _FOLDERS)
        for (path, unread), names in listings:
            if not isinstance(names, Unseen):
                self._folders.append(path)
                for name in names:
                    self._meet(path, unread, name)
            elif path:
                self._problem(path, names)
            else:
                refuse_root(self.host, names)

    def _meet(self, folder: str, unread: bool, name: Name) -> None:
        shown = name.name.decode("utf-8", "surrogateescape")
        seen = Seen(f"{folder}/{shown}" if folder else shown, name.attributes, self._owners.of(name))
        match seen.kind:
            case Kind.DIRECTORY:
                self.entries.append(entry_of(seen, pruned=self._is_pruned(seen.path, shown, unread)))
            case Kind.FILE if self._is_skipped(seen, shown, unread):
                self.entries.append(entry_of(seen))
            case Kind.FILE | Kind.SYMLINK:
                self._contents.append(seen)
            case Kind.SPECIAL:
                self.entries.append(entry_of(seen))

    def _is_pruned(self, path: str, name: str, unread: bool) -> bool:
        """Tell whether a folder is left alone; else it is to be listed."""
        if name == ".git":
            self._checkouts.append(path)
            return True
        if self._scope.is_pruned(path, name):
            return True
        self._waiting.append((path, self._scope.is_unread(path, name, unread)))
        return False

    def _is_skipped(self, seen: Seen, name: str, unread: bool) -> bool:
        if self._scope.skipped(seen.path, name, unread):
            return True
        limit = self.request.max_file_bytes
        if not self.request.read_contents or seen.size <= limit:
            return False
        detail = f"{seen.size} bytes are more than the limit of {limit}"
        self.problems.append(Problem(seen.path, ProblemKind.TOO_LARGE, detail))
        return True

    def _read_refs(self, path: str) -> None:
        try:
            self.git_directories.append(GitDirectory(path, git_refs(self.client, self._path(path))))
        except Unseen as unseen:
            self.problems.append(Problem(path, ProblemKind.GIT_DIRECTORY, unseen.detail))

    def _all(self) -> Done:
        sizes = [seen.size for seen in self._contents if seen.kind is Kind.FILE]
        return Done(total_files=len(sizes), total_bytes=sum(sizes))

    def _read_contents(self) -> None:
        found = self.client.run(self._contents, self._ids, _FILES, lambda seen: min(seen.size, WINDOW))
        for seen, ids in found:
            if not isinstance(ids, Unseen):
                self.entries.append(entry_of(seen, *ids))
                self._count(seen, ids)
                continue
            self._problem(seen.path, ids)
            if ids.kind is not ProblemKind.VANISHED:
                self.entries.append(entry_of(seen))

    def _ids(self, seen: Seen) -> Task[_Ids]:
        path = self._path(seen.path)
        if seen.kind is Kind.SYMLINK:
            text = yield from link_text(path, seen.attributes)
            return blob_id(text, self._hasher), None, text.decode("utf-8", "surrogateescape")
        if not self.request.read_contents:
            yield from openable(path)
            return _NOTHING
        digest, text_digest = yield from file_ids(path, seen.attributes, self._hasher)
        return digest, text_digest or None, None

    def _count(self, seen: Seen, ids: _Ids) -> None:
        if seen.kind is Kind.FILE and ids is not _NOTHING:
            self.done = replace(self.done, files=self.done.files + 1, bytes=self.done.bytes + seen.size)
        if time.monotonic() - self._told >= _TELL_EVERY:
            self._told = time.monotonic()
            tell(self.progress, self.done)

    def _look_again(self) -> None:
        """Take back what was read below a folder that a link has replaced."""
        again = self.client.run(deque(self._folders), lambda path: still_there(self._path(path)), _AGAIN)
        swapped = []
        for path, found in again:
            if isinstance(found, Unseen):
                self._problem(path, found)
                swapped.append(path)
        if swapped:
            self.entries = [_untrusted(entry, set(swapped)) for entry in self.entries]

    def _problem(self, path: str, unseen: Unseen) -> None:
        self.problems.append(Problem(path, unseen.kind, unseen.detail))


def _untrusted(entry: Entry, folders: set[str]) -> Entry:
    if any(above in folders for above in _above(entry.path)):
        return replace(entry, digest=None, text_digest=None, link_target=None)
    return entry


def _above(path: str) -> Iterator[str]:
    """Yield every folder that a path lies in, the root last."""
    while path:
        path = path.rpartition("/")[0]
        yield path
