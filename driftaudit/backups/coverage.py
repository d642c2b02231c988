"""What backups have of the entries of a tree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from driftaudit.model.backup import Cover, Holding
from driftaudit.model.entry import Entry

_ORDER = (Holding.SAME, Holding.OLDER, Holding.UNREAD, Holding.ABSENT)


@dataclass(frozen=True, slots=True)
class PlacedBackup:
    """The entries of a backup by their paths under the root. A fingerprint has no contents to give."""

    entries: Mapping[str, Entry]
    has_contents: bool = True


def holding(entry: Entry, backup: Mapping[str, Entry]) -> Holding:
    """Return what a backup has of an entry: its content counts, not its mode or time."""
    other = backup.get(entry.path)
    if other is None or not other.has_content:
        return Holding.ABSENT
    if entry.digest is None or other.digest is None:
        return Holding.UNREAD
    return Holding.SAME if _is_same(entry, other) else Holding.OLDER


def covered(entries: Sequence[Entry], backups: Sequence[PlacedBackup]) -> tuple[Cover, ...]:
    """Return what the backups, the newest of which comes first, have of each file and link."""
    return tuple(_cover(entry, backups) for entry in entries if entry.has_content)


def _cover(entry: Entry, backups: Sequence[PlacedBackup]) -> Cover:
    holdings = tuple(holding(entry, backup.entries) for backup in backups)
    usable = {number: holdings[number] for number, backup in enumerate(backups) if backup.has_contents}
    best = min(usable.values(), key=_ORDER.index, default=Holding.ABSENT)
    newest = next((number for number, found in usable.items() if found is best), None)
    there = [backups[number].entries.get(entry.path) for number in usable]
    is_read = any(other and other.digest for other in there)
    return Cover(entry.path, holdings, best, None if best is Holding.ABSENT else newest, is_read)


def _is_same(entry: Entry, other: Entry) -> bool:
    return entry.kind is other.kind and entry.digest == other.digest
