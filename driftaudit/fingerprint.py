"""Trees that are kept: read completely, or as an audit saw them, without what secrets could be guessed by."""

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
    kept, withheld = _withheld(read, labels)
    note = f"{withheld} secrets are in it without their content, so it cannot be told whether they differ."
    return replace(kept, notes=(*read.notes, note)) if withheld else kept


def fit_to_keep(live: Snapshot, labels: Labels) -> Snapshot:
    """Return a tree that was read already without the digests and link targets of secrets."""
    return _withheld(live, labels)[0]


def _withheld(read: Snapshot, labels: Labels) -> tuple[Snapshot, int]:
    secrets = labels.paths_with(SECRET, (entry.path for entry in read.entries))
    entries = tuple(entry.without_content() if entry.path in secrets else entry for entry in read.entries)
    return replace(read, entries=entries), sum(each.has_content for each in entries if each.path in secrets)
