"""Another source, moved to where it lies under the root."""

from dataclasses import dataclass, replace

from driftaudit.model.mapping import PathMapping
from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.base import Progress, ScanRequest, Source, no_progress
from driftaudit.sources.projection import effective_mapping, project, project_problems


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
