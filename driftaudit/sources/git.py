"""A commit of the local repository, as it would lie under the root."""

import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial

from driftaudit.model.entry import MODE_SUBMODULE
from driftaudit.model.listing import Listing, listing_of, projected
from driftaudit.model.mapping import IDENTITY, PathMapping, is_within
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.snapshot import ScanFacts, Snapshot, SourceFacts
from driftaudit.repo import Repository
from driftaudit.sources.base import Fetched, FetchRequest, Progress, ScanRequest, no_progress
from driftaudit.sources.projection import effective_mapping, project, project_problems


@dataclass(frozen=True, slots=True)
class GitSource:
    """Reads a revision by `git ls-tree` alone: the digests are there, so no content is read."""

    repository: Repository
    revision: str
    mapping: PathMapping = IDENTITY
    reading: Future[tuple[Snapshot, Listing]] | None = field(default=None, compare=False)

    def require_mapped_paths(self) -> None:
        """Raise UsageError where the commit lacks a mapped path: at once, before a host is asked anything."""
        commit = self.repository.commit(self.revision)
        sources = [source for source, _destination in self.mapping.pairs if source]
        paths = {path for path in sources if self.repository.has_path(commit, path)}
        effective_mapping(self.mapping, paths, f"commit {commit[:10]}")

    def folder_trees(self) -> dict[str, str]:
        """Return the git tree id of each folder under the root that is exactly one folder of the commit."""
        trees = self._trees()
        if self.mapping == IDENTITY:
            return trees
        mapping = effective_mapping(
            self.mapping, trees.keys() | {s for s, _to in self.mapping.pairs}, "the commit"
        )
        found: dict[str, str] = {}
        for source, destination in mapping.pairs:
            others = [to for _from, to in mapping.pairs if to != destination]
            for path, tree in trees.items():
                place = PathMapping(((source, destination),)).to_root(path)
                # A folder into which, or above which, another pair leads is not one tree of git's.
                if place is not None and not any(
                    is_within(to, place) or is_within(place, to) for to in others
                ):
                    found[place] = tree
        return found

    def begun(self) -> "GitSource":
        """Return the same source, which git is being asked for from now on: that costs others no time."""
        reading: Future[tuple[Snapshot, Listing]] = Future()

        def read() -> None:
            try:
                reading.set_result(self._listed())
            except BaseException as error:  # it is told where the listing is asked for
                reading.set_exception(error)

        threading.Thread(target=read, daemon=True).start()
        return replace(self, reading=reading)

    def listed(self) -> tuple[Snapshot, Listing]:
        """Return the tree of the commit as a listing, and a snapshot of it without entries."""
        return self.reading.result() if self.reading else self._listed()

    def _listed(self) -> tuple[Snapshot, Listing]:
        started = time.monotonic()
        notes = self._uncommitted()
        commit = self.repository.commit(self.revision)
        whole = self.repository.listing(commit, self.repository.folder_trees(commit).keys())
        tree = f"commit {commit[:10]}"
        problems = [_submodule(path) for path in whole.submodules()]
        if self.mapping == IDENTITY:
            mapping, listing = IDENTITY, whole
        else:
            mapped = {source for source, _to in self.mapping.pairs if whole.has(source)}
            mapping = effective_mapping(self.mapping, mapped, tree)
            listing = projected(whole, mapping) or listing_of(project(whole.outside(()), mapping, tree))
        return Snapshot(
            source=SourceFacts("git", str(self.repository.top), "ls-tree", self.revision, commit),
            entries=(),
            problems=project_problems(problems, mapping),
            scan=ScanFacts(duration_seconds=time.monotonic() - started),
            notes=notes,
        ), listing

    def _trees(self) -> dict[str, str]:
        """Return the tree ids of all folders but those that hold files of Git LFS.

        Equal ids would mean that the pointers are live: there the contents are asked for one by one.
        """
        commit = self.repository.commit(self.revision)
        trees = self.repository.folder_trees(commit)
        for path in self.repository.attributes(commit).lfs_paths():
            parts = path.split("/")
            for depth in range(len(parts)):
                trees.pop("/".join(parts[:depth]), None)
        return trees

    def snapshot(self, request: ScanRequest, progress: Progress = no_progress) -> Snapshot:  # noqa: ARG002
        """Return the tree of the commit; a submodule is a folder and a problem."""
        started = time.monotonic()
        scan = ScanFacts()
        commit = self.repository.commit(self.revision)
        wanted = [source for source, _destination in self.mapping.pairs]
        entries = self.repository.tree(commit, [] if "" in wanted else wanted)
        problems = [_submodule(entry.path) for entry in entries if entry.mode == MODE_SUBMODULE]
        tree = f"commit {commit[:10]}"
        mapping = effective_mapping(self.mapping, {entry.path for entry in entries}, tree)
        return Snapshot(
            source=SourceFacts("git", str(self.repository.top), "ls-tree", self.revision, commit),
            entries=project(entries, mapping, tree),
            problems=project_problems(problems, mapping),
            scan=ScanFacts(started_at=scan.started_at, duration_seconds=time.monotonic() - started),
            notes=self._uncommitted(),
        )

    def fetch(self, request: FetchRequest, progress: Progress = no_progress) -> Fetched:
        """Take blobs from the object store by their ids, whatever the commit. Raises as `Source.fetch`."""
        from driftaudit.sources.intake import fetched
        from driftaudit.sources.stored import bring_blobs

        return fetched(request, progress, str(self.repository.top), partial(bring_blobs, self.repository))

    def _uncommitted(self) -> tuple[str, ...]:
        paths = [
            path
            for path in self.repository.uncommitted(untracked=False)
            if self.mapping.to_root(path) is not None
        ]
        if not paths:
            return ()
        return (
            f"{len(paths):,} edits of the working tree are not committed; the desired tree is a revision.",
        )


def _submodule(path: str) -> Problem:
    return Problem(path, ProblemKind.SUBMODULE, "its content is in another repository, which is not asked")
