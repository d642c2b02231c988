"""A tree as it was when it was first read, however it is changed afterwards."""

from dataclasses import dataclass, field

from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.base import Fetched, FetchRequest, Progress, ScanRequest, Source, no_progress
from driftaudit.sources.git import GitSource


@dataclass(frozen=True)
class AsRead:
    """Reads a source once, and gives the same snapshot from then on, whatever is asked for."""

    source: Source
    _kept: list[Snapshot] = field(default_factory=list, compare=False)

    def snapshot(self, request: ScanRequest, progress: Progress = no_progress) -> Snapshot:
        """Return the tree of the first time. Raises as the source does."""
        if not self._kept:
            self._kept.append(self.source.snapshot(request, progress))
        return self._kept[0]

    def fetch(self, request: FetchRequest, progress: Progress = no_progress) -> Fetched:
        """Bring contents, each verified by its digest. Raises as `Source.fetch`."""
        return self.source.fetch(request, progress)


def as_read(source: Source) -> Source:
    """Return a source that stays the same; a commit does by itself."""
    return source if isinstance(source, GitSource) else AsRead(source)
