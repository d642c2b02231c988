"""The contents of sources: from git where it has them, else from where they lie."""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from driftaudit.errors import SourceError
from driftaudit.model.entry import MODE_FILE, Entry, Kind
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.repo import Repository
from driftaudit.sources.base import FetchRequest, Source

LARGEST = 8 * 1024**2  # bytes of a source that is looked into
MOST_FETCHED = 5_000  # sources that are brought over a connection in one run
_MOST_HELD = 128 * 1024**2  # bytes of contents in memory
_GONE = "its content could not be had"
_TOO_MUCH = f"more than {_MOST_HELD // 1024**2} MiB of sources are not in git"
TOO_LARGE = f"it is larger than {LARGEST // 1024**2} MiB"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a content lies: a path of a source, which may be asked where git has not got it."""

    path: str
    source: Source


@dataclass(slots=True)
class Contents:
    """Contents by blob id.

    `places` says where each can be had; what could not be is in `refused`, with why. `problems` has those of
    them that should have been had, by path: what is too large or too much is left aside on purpose.
    """

    repository: Repository | None
    places: Mapping[str, Place]
    rate_limit: float | None = None
    refused: dict[str, str] = field(default_factory=dict)
    problems: dict[str, Problem] = field(default_factory=dict)
    _held: dict[str, bytes] = field(default_factory=dict)
    _bytes: int = 0
    _fetched: int = 0

    def get(self, oid: str) -> bytes | None:
        """Return a content, None where it cannot be had."""
        if oid not in self._held and oid not in self.refused:
            if self._bytes > _MOST_HELD - LARGEST:
                self._held.clear()
                self._bytes = 0
            self.load([oid])
        return self._held.get(oid)

    def load(self, oids: Iterable[str]) -> None:
        """Bring contents here, those that git has at once, the others by one look at each source.

        What would be more than may be in memory is left to be asked for one by one.
        """
        wanted = [oid for oid in dict.fromkeys(oids) if oid not in self._held and oid not in self.refused]
        if not wanted:
            return
        sizes = self.repository.sizes(wanted) if self.repository else {}
        self.refused |= {oid: TOO_LARGE for oid, size in sizes.items() if size > LARGEST}
        small, left = [], _MOST_HELD - self._bytes
        for oid in wanted:
            if oid in sizes and sizes[oid] <= min(LARGEST, left):
                small.append(oid)
                left -= sizes[oid]
        if small and self.repository:
            self._hold(self.repository.blobs(small, LARGEST))
            self._miss([oid for oid in small if oid not in self._held], ProblemKind.UNREADABLE, _GONE)
        self._fetch([oid for oid in wanted if oid not in sizes])

    def _hold(self, contents: Mapping[str, bytes]) -> None:
        self._held |= contents
        self._bytes += sum(map(len, contents.values()))

    def _miss(self, oids: Iterable[str], kind: ProblemKind, why: str) -> None:
        """Remember contents that should have been had."""
        for oid in oids:
            self.refused[oid] = why if kind is ProblemKind.CUT_OFF or why is _GONE else f"{kind.value}: {why}"
            if oid in self.places:
                path = self.places[oid].path
                self.problems[path] = Problem(path, kind, why)

    def _fetch(self, oids: Sequence[str]) -> None:
        by_source: dict[int, list[str]] = {}
        for oid in oids:
            if oid in self.places:
                by_source.setdefault(id(self.places[oid].source), []).append(oid)
            else:
                self.refused[oid] = _GONE
        for group in by_source.values():
            left = MOST_FETCHED - self._fetched
            self.refused |= dict.fromkeys(group[left:], f"more than {MOST_FETCHED} sources are not in git")
            self._fetched += len(group[:left])
            self._fetch_from(self.places[group[0]].source, group[:left])

    def _fetch_from(self, source: Source, oids: Sequence[str]) -> None:
        if not oids:
            return
        entries = tuple(Entry(self.places[oid].path, Kind.FILE, MODE_FILE, None, oid) for oid in oids)
        by_path = {self.places[oid].path: oid for oid in oids}
        form = self.repository.object_format if self.repository else "sha1"
        with tempfile.TemporaryDirectory(prefix="driftaudit-") as folder:
            request = FetchRequest(entries, Path(folder), form, LARGEST, self.rate_limit)
            try:
                fetched = source.fetch(request)
            except SourceError as error:
                self._miss(oids, ProblemKind.CUT_OFF, error.message)
                return
            for path, file in fetched.files.items():
                if file.stat().st_size > _MOST_HELD - self._bytes:
                    self.refused[by_path[path]] = _TOO_MUCH
                else:
                    self._hold({by_path[path]: file.read_bytes()})
        for problem in fetched.problems:
            if problem.path in by_path and problem.kind is ProblemKind.TOO_LARGE:
                self.refused[by_path[problem.path]] = TOO_LARGE
            elif problem.path in by_path:
                self._miss([by_path[problem.path]], problem.kind, problem.detail)
        rest = [oid for oid in oids if oid not in self._held and oid not in self.refused]
        self._miss(rest, ProblemKind.UNREADABLE, _GONE)
