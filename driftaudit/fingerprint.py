"""The composer of `snapshot`: reads a tree completely, and withholds what secrets could be guessed by."""

from dataclasses import replace

from driftaudit.config.rules import SECRET
from driftaudit.model.snapshot import Snapshot
from driftaudit.policy.labels import Labels
from driftaudit.sources.base import Progress, ScanRequest, Source, no_progress

_ANY_SIZE = 1 << 62  # bytes: nothing is left unread for its size


def take_fingerprint(
    source: Source, labels: Labels, object_format: str, progress: Progress = no_progress
) -> Snapshot:
    """Return the tree without the digests and link targets of secrets, and a note that counts those.

    Raises UsageError, RepositoryError or SourceError where there is no tree.
    """
    read = source.snapshot(ScanRequest(max_file_bytes=_ANY_SIZE, object_format=object_format), progress)
    secrets = labels.paths_with(SECRET, (entry.path for entry in read.entries))
    entries = tuple(entry.without_content() if entry.path in secrets else entry for entry in read.entries)
    withheld = sum(entry.has_content for entry in entries if entry.path in secrets)
    note = f"{withheld} secrets are in it without their content, so it cannot be told whether they differ."
    return replace(read, entries=entries, notes=(*read.notes, note) if withheld else read.notes)
