"""What the program says, frame by frame, becomes a tree."""

import json
import math
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from driftaudit.errors import SourceError
from driftaudit.model.entry import Entry
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.snapshot import EqualFolder, GitDirectory
from driftaudit.sources.agent.memory import Facts, KeptFolder, Memory
from driftaudit.sources.agent.protocol import parse, unpack
from driftaudit.sources.agent.rows import Row, entry, facts_of
from driftaudit.sources.base import AbsentRootError, Advance, Progress
from driftaudit.sources.refusal import root_error


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the agent says of its host before it looks at the tree. `clock_offset` is its clock less ours."""

    real_root: str
    python: str  # version
    executable: str
    clock_offset: float  # seconds
    shell_noise: bytes  # what the login shell printed


@dataclass(slots=True)
class Answer:
    """What has come in so far, and what was asked: the folders, their desired trees, the states known."""

    host: str
    asked: tuple[str, ...]
    trees: Mapping[str, str]
    memory: Memory
    progress: Progress
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    git_directories: list[GitDirectory] = field(default_factory=list)
    equal: list[EqualFolder] = field(default_factory=list)
    owners: dict[int, str] = field(default_factory=dict)
    kept: dict[str, KeptFolder] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    unchanged: set[str] = field(default_factory=set)
    hashed: int = 0
    cached: int = 0
    size: int = 0
    notes: tuple[str, ...] = ()
    unkept_kind: str = ""
    hello: Mapping[str, Any] = field(default_factory=dict)
    clock_offset: float = 0.0
    _begun: dict[str, list[Row]] = field(default_factory=dict)

    def greeting(self, noise: bytes) -> Greeting:
        """Return what was said of the host."""
        hello = self.hello
        return Greeting(hello["root"], hello["python"], hello["executable"], self.clock_offset, noise)

    def take(self, kind: bytes, payload: bytes) -> None:
        """Take a frame. Raises SourceError where it tells of an error, or makes no sense."""
        if kind == b"D":
            self._folders(*unpack(payload, self.host))
        elif kind == b"H":
            self.hello = _checked_hello(parse(payload, self.host))
            self.clock_offset = self.hello["now"] - time.time()
        elif kind == b"G":
            path, refs = parse(payload, self.host)
            self.git_directories.append(GitDirectory(path, tuple(refs)))
        elif kind == b"Q":
            self._equal(unpack(payload, self.host))
        elif kind == b"U":
            self._unchanged(zlib.decompress(payload))
        elif kind == b"P":
            entries, _files, size = parse(payload, self.host)
            self.progress(Advance(entries, size, self.memory.entries))
        elif kind == b"N":
            (_entries, self.hashed, _bytes), _ran_back, self.unkept_kind = parse(payload, self.host)
        elif kind == b"A":
            self.notes = tuple(map(str, parse(payload, self.host)))
        elif kind == b"E":
            raise error_told(self.host, *parse(payload, self.host))

    def _folders(self, groups: list[Any], problems: list[Any], owners: dict[str, str]) -> None:
        self.owners.update((int(uid), name) for uid, name in owners.items())
        self.problems.extend(Problem(path, ProblemKind(kind), detail) for path, kind, detail in problems)
        for path, state, rows in groups:
            if state is None:  # a large folder comes in pieces
                self._begun.setdefault(path, []).extend(rows)
                continue
            self._folder(path, state, [*self._begun.pop(path, ()), *rows])

    def _folder(self, path: str, state: str, rows: list[Row]) -> None:
        self._see(path)
        _check_names([row[0] for row in rows])
        self._list(path, rows, self.owners)
        facts = facts_of(rows)
        self.size += facts.bytes
        if state:
            self.kept[path] = KeptFolder(bytes.fromhex(state), facts, rows=json.dumps(rows).encode("ascii"))

    def _list(self, path: str, rows: list[Row], owners: Mapping[int, str]) -> None:
        prefix = path + "/" if path else ""
        self.entries.extend(entry(prefix, row, owners) for row in rows)

    def _equal(self, rows: list[Any]) -> None:
        for path, entries, size, hashed, state in rows:
            facts = Facts(entries, size, hashed)
            self._see(path)
            self._is_desired(path, facts)
            if state:
                self.kept[path] = KeptFolder(bytes.fromhex(state), facts, self.trees[path])

    def _is_desired(self, path: str, facts: Facts) -> None:
        self.equal.append(EqualFolder(path, facts.entries))
        self.size += facts.bytes

    def _unchanged(self, marks: bytes) -> None:
        """Take from memory what the program recognised."""
        if len(marks) != len(self.asked):
            raise ValueError("another number of folders than was asked for")
        for path, mark in zip(self.asked, marks, strict=True):
            if not mark:
                continue
            self._see(path)
            self.unchanged.add(path)
            kept = self.kept[path] = self.memory.folders[path]
            self.cached += kept.facts.hashed
            if kept.tree and kept.tree != self.trees.get(path):
                raise ValueError(f"{path!r} was not asked for")
            if kept.tree:
                self._is_desired(path, kept.facts)
            else:
                self._list(path, json.loads(kept.rows), self.memory.owners)
                self.size += kept.facts.bytes
        self.owners = {**self.memory.owners, **self.owners}

    def _see(self, path: str) -> None:
        if path in self.seen:
            raise ValueError(f"{path!r} was answered twice")
        if path and not _NO_NAMES.isdisjoint(path.split("/")):
            raise ValueError(f"{path!r} is no path of a folder")
        self.seen.add(path)

    def conclude(self) -> None:
        """Check that the answer is whole: folders do not go without a trace in the one above."""
        if self._begun:
            raise ValueError("a folder came without its end")
        for path in self.memory.folders.keys() - self.seen:
            if path and path.rpartition("/")[0] in self.unchanged:
                detail = "the folder is gone, but nothing else changed in the folder above it"
                self.problems.append(Problem(path, ProblemKind.UNSTABLE, detail))

    def memory_for_next(self) -> Memory:
        """Return what may be known again at the next scan: the same memory where nothing changed."""
        if self.kept.keys() == self.unchanged == self.memory.folders.keys():
            return self.memory
        return Memory(self.kept, self.owners, int(self.hello["now"] * 1e9))


_NO_NAMES = frozenset(("", ".", ".."))


def _check_names(names: list[str]) -> None:
    """Raise ValueError where these cannot be the names in one folder: a path of them could lead elsewhere."""
    joined = "\0".join(names)
    is_split = "/" in joined or joined.count("\0") > len(names) - bool(names)
    if is_split or not _NO_NAMES.isdisjoint(names) or len(set(names)) < len(names):
        raise ValueError("a name that no file can have, or one that stands twice")


def _checked_hello(hello: Any) -> Mapping[str, Any]:
    if not isinstance(hello["root"], str) or not math.isfinite(hello["now"]):
        raise ValueError("a greeting of another kind")
    return dict(hello)


_ARCHIVE_ADVICE = {
    "archive": "Make it anew, or fetch it again: nothing is known of what it held, so there is no report.",
    "archive-limit": "It would fill a disk where it is unpacked. Unpack it with care, and name the folder.",
    "archive-closed": "The login must be able to read it.",
    "archive-changed": "Wait until it is written, and run it again.",
    "zstd": "Install zstd where the archive lies, or pack it with gzip.",
    "xz": "Install xz where the archive lies, or pack it with gzip.",
}


def error_told(host: str, kind: str, detail: str) -> SourceError:
    """Return the error for what the program says of a root or an archive that cannot be read."""
    if kind == "no-archive":
        return AbsentRootError(f"{host}: there is no such archive", "Check the path; build it first.")
    if kind in _ARCHIVE_ADVICE:
        return SourceError(f"{host}: {detail}", _ARCHIVE_ADVICE[kind])
    return root_error(host, kind, detail)
