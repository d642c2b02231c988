"""A folder on this machine."""

from dataclasses import dataclass
from pathlib import Path

from driftaudit.model.snapshot import Snapshot, SourceFacts
from driftaudit.sources.agent.local import LocalChannel
from driftaudit.sources.agent.reading import read_tree
from driftaudit.sources.base import Fetched, FetchRequest, Progress, ScanRequest, no_progress


@dataclass(frozen=True, slots=True)
class DirectorySource:
    """Reads a folder by the same program that is sent to hosts, so that both see alike."""

    path: Path

    def snapshot(self, request: ScanRequest, progress: Progress = no_progress) -> Snapshot:
        """Read the folder. Raises SourceError where there is none, or it cannot be listed."""
        facts = SourceFacts("directory", str(self.path), "local")
        root = str(self.path.absolute())
        return read_tree(LocalChannel(), facts, root, request, progress, host=str(self.path), nice=0)

    def fetch(self, request: FetchRequest, progress: Progress = no_progress) -> Fetched:
        """Copy contents from the folder. Raises as `Source.fetch`."""
        from driftaudit.sources.agent.fetching import fetch_here

        return fetch_here(str(self.path.absolute()), request, progress, shown=str(self.path))
