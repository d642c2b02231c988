"""The working tree as it lies on disk: what `tar czf x .` would take, less what git ignores."""

from dataclasses import dataclass, replace

from driftaudit.model.entry import MODE_SUBMODULE, Entry, Kind
from driftaudit.model.mapping import IDENTITY, PathMapping
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.snapshot import Snapshot, SourceFacts
from driftaudit.repo import Repository
from driftaudit.sources.agent.local import LocalChannel
from driftaudit.sources.agent.reading import read_tree
from driftaudit.sources.base import Fetched, FetchRequest, Progress, ScanRequest, no_progress
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.mapped import MappedSource
from driftaudit.sources.projection import effective_mapping, project, project_problems

_NAMED = 20  # uncommitted paths that a note names


@dataclass(frozen=True, slots=True)
class WorktreeSource:
    """Reads tracked files as they are, and untracked ones that git does not ignore."""

    repository: Repository
    mapping: PathMapping = IDENTITY

    def snapshot(self, request: ScanRequest, progress: Progress = no_progress) -> Snapshot:
        """Return the files on disk; a note names those that no commit holds."""
        files, submodules = self.repository.worktree_files()
        facts = SourceFacts(
            "worktree", str(self.repository.top), "local", commit=self.repository.commit("HEAD")
        )
        top = str(self.repository.top)
        read = read_tree(LocalChannel(), facts, top, request, progress, host=top, only=files, nice=0)
        folders_with_files = {folder for entry in read.entries for folder in _above(entry)}
        entries = [e for e in read.entries if e.kind is not Kind.DIRECTORY or e.path in folders_with_files]
        entries += [Entry(path, Kind.DIRECTORY, MODE_SUBMODULE) for path in submodules]
        problems = [
            Problem(path, ProblemKind.SUBMODULE, "its content is in another repository")
            for path in submodules
        ]
        tree = "the working tree"
        mapping = effective_mapping(self.mapping, {entry.path for entry in entries}, tree)
        return replace(
            read,
            entries=project(entries, mapping, tree),
            problems=project_problems([*read.problems, *problems], mapping),
            notes=self._uncommitted(mapping),
        )

    def fetch(self, request: FetchRequest, progress: Progress = no_progress) -> Fetched:
        """Copy contents from the working tree. Raises as `Source.fetch`."""
        return MappedSource(DirectorySource(self.repository.top), self.mapping).fetch(request, progress)

    def _uncommitted(self, mapping: PathMapping) -> tuple[str, ...]:
        paths = [
            path for path in self.repository.uncommitted(untracked=True) if mapping.to_root(path) is not None
        ]
        if not paths:
            return ()
        more = f" and {len(paths) - _NAMED:,} more" if len(paths) > _NAMED else ""
        return (
            f"{len(paths):,} files of the working tree are not committed: {', '.join(paths[:_NAMED])}{more}",
        )


def _above(entry: Entry) -> list[str]:
    parts = entry.path.split("/")
    return (
        ["/".join(parts[:depth]) for depth in range(1, len(parts))]
        if entry.kind is not Kind.DIRECTORY
        else []
    )
