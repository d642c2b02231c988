"""Another source, moved to where it lies under the root."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from driftaudit.model.mapping import PathMapping
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.base import Fetched, FetchRequest, Progress, ScanRequest, Source, no_progress
from driftaudit.sources.projection import effective_mapping, project, project_problems

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class MappedSource:
    """Reads a folder that is laid out like the repository, not like the root."""

    source: Source
    mapping: PathMapping

    def snapshot(self, request: ScanRequest, progress: Progress = no_progress) -> Snapshot:
        """Return the mapped tree. Raises UsageError where a mapped path is absent."""
        read = self.source.snapshot(request, progress)
        tree = read.source.url
        mapping = effective_mapping(self.mapping, {entry.path for entry in read.entries}, tree)
        return replace(
            read,
            entries=project(read.entries, mapping, tree),
            problems=project_problems(read.problems, mapping),
        )

    def fetch(self, request: FetchRequest, progress: Progress = no_progress) -> Fetched:
        """Bring contents from wherever the mapping says that they may lie. Raises as `Source.fetch`."""
        places = {entry.path: self.mapping.to_repository(entry.path) for entry in request.entries}
        wanted = tuple(
            replace(entry, path=place) for entry in request.entries for place in places[entry.path]
        )
        found = self.source.fetch(replace(request, entries=wanted), progress)
        problems = {problem.path: problem for problem in found.problems}
        files: dict[str, Path] = {}
        missing: dict[str, Problem] = {}
        for path, candidates in places.items():
            file = next((found.files[place] for place in candidates if place in found.files), None)
            if file:
                files[path] = file
            else:
                told = next((problems[place] for place in candidates if place in problems), _unmapped(path))
                missing[path] = replace(told, path=path)
        return Fetched(files, tuple(missing[path] for path in sorted(missing)))


def _unmapped(path: str) -> Problem:
    return Problem(path, ProblemKind.VANISHED, "no mapping leads there")
