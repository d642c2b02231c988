"""Copies in backups of what a deploy would destroy: read and hashed now, and left alone by the plan."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from driftaudit.backup_reading.places import BackupPlace
from driftaudit.backup_reading.reading import FoundBackup, connections, find_backups, read_backup
from driftaudit.model.mapping import is_within
from driftaudit.model.plan import Plan
from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.base import Source
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.ssh.source import SSHSource

_MOST_READ = 20  # backups
_MOST_BYTES = 20 * 1024**3  # of archives as they lie there
_MOST_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class FoundCopies:
    """By content (see Entry.contents) the backup that holds it, and what there is to say of all."""

    places: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BackupCopies:
    """The backups of a target as an audit may count on them. `root` is where the live tree really lies.

    `elsewhere` are absolute paths outside of it that the deploy may destroy as well.
    """

    places: Sequence[BackupPlace]
    object_format: str
    root: str
    plan: Plan
    elsewhere: Collection[str] = frozenset()

    def of(self, contents: Collection[str]) -> FoundCopies:
        """Return which of the contents are in backups: the newest first, until all are found.

        What cannot be read, and what the deploy may destroy as well, is a note and counts for nothing.
        """
        if not contents or not self.places:
            return FoundCopies()
        search = _Search(self, set(contents))
        with connections() as made:
            for backup in find_backups(tuple(self._bounded()), made):
                search.look_into(backup)
        return FoundCopies(search.places, tuple(search.notes()))

    def _bounded(self) -> Iterator[BackupPlace]:
        """Yield the places with a time limit on the reading of each backup."""
        for place in self.places:
            timeouts = place.access.timeouts
            scan = min(timeouts.scan or _MOST_SECONDS, _MOST_SECONDS)
            yield replace(place, access=replace(place.access, timeouts=replace(timeouts, scan=scan)))

    def is_destroyed(self, backup: FoundBackup) -> bool:
        """Whether a backup lies inside what the deploy destroys: on whichever machine, to be sure."""
        if any(is_within(backup.real_path, path) for path in self.elsewhere):
            return True
        if not self.root or not is_within(backup.real_path, self.root.rstrip("/")):
            return False
        path = backup.real_path[len(self.root.rstrip("/")) :].lstrip("/")
        return not path or self.plan.touches(path) or self.plan.action(path).destroys


class _Search:
    """Goes through backups until all is found, or a limit is reached."""

    def __init__(self, copies: BackupCopies, wanted: set[str]) -> None:
        self.places: dict[str, str] = {}
        self._copies, self._wanted = copies, wanted
        self._faults: list[str] = []
        self._unread = self._read = self._bytes = 0
        self._end = time.monotonic() + _MOST_SECONDS

    def look_into(self, backup: FoundBackup) -> None:
        if backup.fault:
            self._faults.append(
                f"The backup {backup.name} could not be read and counts for nothing: {backup.fault}."
            )
        elif self._copies.is_destroyed(backup):
            self._faults.append(f"The backup {backup.name} is no copy: it lies in what the deploy destroys.")
        elif self._wanted and not backup.is_fingerprint:
            self._look(backup)

    def _look(self, backup: FoundBackup) -> None:
        is_late = time.monotonic() > self._end
        if is_late or self._read >= _MOST_READ or self._bytes + backup.size > _MOST_BYTES:
            self._unread += 1
            return
        self._read += 1
        self._bytes += backup.size
        read = read_backup(backup, self._copies.object_format, only_archives=True)
        if read.snapshot is None:
            self._faults.append(
                f"The backup {backup.name} could not be read and counts for nothing: {read.fault}."
            )
            return
        for entry in read.snapshot.entries:
            for content in entry.contents[:1]:
                if content in self._wanted:
                    self._wanted.discard(content)
                    self.places[content] = f"{backup.name}: {entry.path}"

    def notes(self) -> Iterator[str]:
        """Yield what there is to say."""
        yield from self._faults
        if self._unread:
            yield (
                f"{self._unread} backups were not read: an audit reads no more than {_MOST_READ} of them, "
                f"{_MOST_BYTES >> 30} GiB and {_MOST_SECONDS:g} seconds."
            )


def root_of(live: Source, seen: Snapshot) -> str:
    """Return where a live tree really lies on its host, "" where nothing can be destroyed there."""
    if isinstance(live, DirectorySource):
        return str(live.path.resolve())
    return (seen.source.real_root or live.address.root) if isinstance(live, SSHSource) else ""
