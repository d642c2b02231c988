"""A saved snapshot as a source: a tree as it was when `driftaudit snapshot` read it."""

from dataclasses import dataclass
from pathlib import Path

from driftaudit.errors import SourceError
from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.base import Advance, Fetched, FetchRequest, Progress, ScanRequest, no_progress
from driftaudit.sources.snapshot_file import read_snapshot


@dataclass(frozen=True, slots=True)
class SnapshotSource:
    """Reads a file; what it does not say is not asked for elsewhere."""

    path: Path

    def snapshot(self, request: ScanRequest, progress: Progress = no_progress) -> Snapshot:
        """Return the tree, with the problems that it was saved with.

        Raises SourceError where the file is damaged, too new, or says less than the request needs.
        """
        saved = read_snapshot(self.path)
        if saved.object_format != request.object_format:
            raise SourceError(
                f"{self.path}: it holds {saved.object_format} ids, and {request.object_format} is needed",
                "Save it anew in the repository that it is compared with.",
            )
        if request.read_contents and not saved.read_contents:
            raise SourceError(
                f"{self.path}: it was saved without the ids of contents", "Save it anew, with contents."
            )
        progress(Advance(len(saved.snapshot.entries), saved.snapshot.scan.bytes))
        return saved.snapshot

    def fetch(self, request: FetchRequest, progress: Progress = no_progress) -> Fetched:  # noqa: ARG002
        """Raise SourceError: the digests were saved, and not the contents."""
        raise SourceError(
            f"{self.path}: a saved snapshot has no contents", "Name the host or folder that it was made of."
        )
