"""Runs the agent over a channel and makes entries of its answer."""

import stat
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from driftaudit.errors import SourceError
from driftaudit.model.entry import (
    MODE_DIRECTORY,
    MODE_EXECUTABLE,
    MODE_FILE,
    MODE_SYMLINK,
    Entry,
    Kind,
)
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.snapshot import EqualFolder, GitDirectory, ScanFacts, Snapshot, SourceFacts
from driftaudit.sources.agent.protocol import Frames, new_marker, parse, request_bytes, unpack_rows
from driftaudit.sources.base import AbsentRootError, Progress, ScanRequest
from driftaudit.sources.transport import Channel


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the agent says of its host before it looks at the tree. `clock_offset` is its clock less ours."""

    real_root: str
    python: str  # version
    executable: str
    clock_offset: float  # seconds
    shell_noise: bytes  # what the login shell printed


@dataclass(slots=True)
class _Reading:
    """What has come in so far."""

    host: str
    progress: Progress
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    git_directories: list[GitDirectory] = field(default_factory=list)
    equal: list[EqualFolder] = field(default_factory=list)
    owners: dict[int, str] = field(default_factory=dict)
    hashed: int = 0
    size: int = 0
    real_root: str | None = None
    clock_offset: float = 0.0
    python: str = ""
    executable: str = ""

    def greeting(self, noise: bytes) -> Greeting:
        return Greeting(self.real_root or "", self.python, self.executable, self.clock_offset, noise)

    def take(self, kind: bytes, payload: bytes) -> None:
        if kind == b"D":
            self._folders(*unpack_rows(payload, self.host))
            return
        value = parse(payload, self.host)
        if kind == b"H":
            self.real_root = value["root"]
            self.python = value["python"]
            self.executable = value["executable"]
            self.clock_offset = value["now"] - time.time()
        elif kind == b"G":
            self.git_directories.append(GitDirectory(value[0], tuple(value[1])))
        elif kind == b"Q":
            folders, self.hashed = value
            self.equal = [EqualFolder(path, entries) for path, entries, _size in folders]
            self.size += sum(size for _path, _entries, size in folders)
        elif kind == b"P":
            self.progress(*value)
        elif kind == b"E":
            raise _error(self.host, *value)

    def _folders(self, folders: list[Any], problems: list[Any], owners: dict[str, str]) -> None:
        self.owners.update((int(uid), name) for uid, name in owners.items())
        self.problems.extend(Problem(path, ProblemKind(kind), detail) for path, kind, detail in problems)
        for folder, rows in folders:
            prefix = folder + "/" if folder else ""
            self.entries.extend(self._entry(prefix, row) for row in rows)

    def _entry(self, prefix: str, row: list[Any]) -> Entry:
        name, st_mode, size, modified_ns, uid, digest, extra = row
        path, owner, permissions = prefix + name, self.owners[uid], st_mode & 0o7777
        if stat.S_ISREG(st_mode):
            self.size += size
            mode = MODE_EXECUTABLE if st_mode & stat.S_IXUSR else MODE_FILE
            ids = (digest or None, extra or None)
            return Entry(path, Kind.FILE, mode, size, *ids, None, modified_ns, owner, permissions)
        if stat.S_ISDIR(st_mode):
            return Entry(
                path,
                Kind.DIRECTORY,
                MODE_DIRECTORY,
                modified_ns=modified_ns,
                owner=owner,
                permissions=permissions,
                pruned=extra == "pruned",
            )
        if stat.S_ISLNK(st_mode):
            ids = (digest or None, None)
            return Entry(path, Kind.SYMLINK, MODE_SYMLINK, size, *ids, extra, modified_ns, owner, permissions)
        mode = f"{stat.S_IFMT(st_mode):06o}"
        return Entry(path, Kind.SPECIAL, mode, modified_ns=modified_ns, owner=owner, permissions=permissions)


def nobody_greeted(greeting: Greeting) -> None:
    """Hear the greeting, and do nothing."""


def read_tree(
    channel: Channel,
    source: SourceFacts,
    root: str,
    request: ScanRequest,
    progress: Progress,
    *,
    host: str,
    only: Iterable[str] | None = None,
    nice: int = 10,
    greeted: Callable[[Greeting], None] = nobody_greeted,
) -> Snapshot:
    """Send the agent, read its whole answer, and return the tree sorted by path.

    `only` limits the scan to these files. `host` stands in messages. `greeted` hears of the host, also where
    it then turns out to have no such root. Raises SourceError where the root
    cannot be read, or where the answer is cut off, damaged or missing; AbsentRootError where there is none.
    """
    started = time.monotonic()
    facts = ScanFacts()
    marker = new_marker()
    reading = _Reading(host, progress)
    try:
        channel.send(request_bytes(root, request, marker, None if only is None else sorted(only), nice))
        frames = Frames(channel, marker, host)
        for kind, payload in frames:
            reading.take(kind, payload)
            if kind == b"H":
                greeted(reading.greeting(frames.noise))
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise SourceError(f"{host}: the scan's answer makes no sense: {error!r}", "Run it again.") from error
    finally:
        channel.close()
    reading.entries.sort(key=lambda entry: entry.path)
    reading.problems.sort(key=lambda problem: (problem.path, problem.kind))
    real_root = reading.real_root if reading.real_root != root else None
    return Snapshot(
        source=SourceFacts(source.kind, source.url, source.method, source.revision, source.commit, real_root),
        entries=tuple(reading.entries),
        problems=tuple(reading.problems),
        scan=ScanFacts(
            started_at=facts.started_at,
            duration_seconds=time.monotonic() - started,
            bytes=reading.size,
            wire_bytes_sent=channel.bytes_sent,
            wire_bytes_received=channel.bytes_received,
            hashed_files=reading.hashed,
            clock_offset=reading.clock_offset,
        ),
        git_directories=tuple(reading.git_directories),
        equal_folders=tuple(reading.equal),
    )


def _error(host: str, kind: str, detail: str) -> SourceError:
    if kind == "FileNotFoundError":
        return AbsentRootError(
            f"{host}: there is no such folder",
            "Check the path; for a first deploy set `allow_absent: true` on the target.",
        )
    if kind == "NotADirectoryError":
        return SourceError(f"{host}: this is a file, not a folder", "Name the folder that is deployed to.")
    if kind == "PermissionError":
        return SourceError(f"{host}: {detail}", "The login must be able to list the folder.")
    return SourceError(f"{host}: the scan failed: {detail}", "Run `driftaudit doctor`, then try again.")
