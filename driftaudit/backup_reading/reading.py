"""Finds backups and reads them: every content is read and hashed now, which is what verified means."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from driftaudit.backup_reading.places import BackupPlace
from driftaudit.backups.dating import dated
from driftaudit.config.access import Access
from driftaudit.errors import DriftauditError, SourceError
from driftaudit.model.backup import Dated, DatedBy
from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.agent.local import LocalChannel
from driftaudit.sources.agent.matching import Match, matches_over
from driftaudit.sources.agent.protocol import remote_command
from driftaudit.sources.base import Progress, ScanRequest, Source, no_progress
from driftaudit.sources.registry import local_source
from driftaudit.sources.snapshot import SnapshotSource
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.opening import Opening
from driftaudit.sources.ssh.source import SSHSource

_ANY_SIZE = 1 << 62  # bytes: nothing is left unread for its size


@dataclass(frozen=True, slots=True)
class FoundBackup:
    """A backup that is there, still unread: or what was looked for, and why nothing can be had of it.

    `real_path` is where it really lies, on the host `host`, which is None for this machine.
    """

    name: str
    source: Source | None
    dated: Dated | None = None
    size: int = 0
    is_folder: bool = False
    real_path: str = ""
    host: str | None = None
    fault: str = ""

    @property
    def is_fingerprint(self) -> bool:
        """Whether it is a saved snapshot, which has no contents."""
        return isinstance(self.source, SnapshotSource)


@dataclass(frozen=True, slots=True)
class ReadBackup:
    """A backup and the tree in it; none where it has a fault."""

    found: FoundBackup
    snapshot: Snapshot | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Connections:
    """The connections to hosts with backups: one for each, made when it is needed."""

    _stack: ExitStack = field(default_factory=ExitStack)
    _made: dict[tuple[SSHAddress, Access], Opening] = field(default_factory=dict)

    def to(self, address: SSHAddress, access: Access) -> Opening:
        """Return the connection to a host, which is being made."""
        key = replace(address, root="/"), access
        if key not in self._made:
            self._made[key] = Opening(key[0], access)
            self._stack.callback(self._made[key].close)
        return self._made[key]

    def close(self) -> None:
        """End all. Never raises."""
        self._stack.close()


@contextmanager
def connections() -> Iterator[Connections]:
    """Give connections that end with the context."""
    made = Connections()
    try:
        yield made
    finally:
        made.close()


def find_backups(places: Sequence[BackupPlace], made: Connections) -> tuple[FoundBackup, ...]:
    """Return all that the places name, the newest first, what cannot be had last. Each file comes once.

    A place that names nothing, or whose host cannot be asked, is a fault. Raises nothing of ours.
    """
    now = datetime.now(UTC)
    found: dict[tuple[str | None, str], FoundBackup] = {}
    for place in places:
        for backup in _found(place, made, now):
            found.setdefault((backup.host, backup.real_path or backup.name), backup)
    return tuple(sorted(found.values(), key=_newest_first))


def _newest_first(backup: FoundBackup) -> tuple[bool, float, str]:
    return bool(backup.fault), -backup.dated.at.timestamp() if backup.dated else 0.0, backup.name


def _found(place: BackupPlace, made: Connections, now: datetime) -> Iterator[FoundBackup]:
    shown = place.at(place.pattern).url if place.address else place.pattern
    try:
        matches = _matches(place, made, shown)
    except DriftauditError as error:
        yield FoundBackup(shown, None, fault=error.message)
        return
    for match in matches:
        yield _backup(place, match, made, now)
    if not matches:
        yield FoundBackup(shown, None, fault="nothing has such a name")


def _matches(place: BackupPlace, made: Connections, shown: str) -> tuple[Match, ...]:
    if place.address is None:
        return matches_over(LocalChannel(), [place.pattern], shown, nice=0)
    transport = made.to(place.address, place.access).transport()
    return matches_over(transport.run(remote_command(place.access.become)), [place.pattern], shown)


def _backup(place: BackupPlace, match: Match, made: Connections, now: datetime) -> FoundBackup:
    host = f"{place.address.host}:{place.address.port or ''}" if place.address else None
    source: Source
    if place.address:
        address = place.at(match.path)
        name, source = address.url, SSHSource(address, place.access, made.to(address, place.access))
    else:
        name, source = match.path, local_source(Path(match.path))
    if match.fault:
        return FoundBackup(name, None, fault=match.fault)
    moment = dated(match.path.rpartition("/")[2], match.modified_ns, now)
    return FoundBackup(name, source, moment, match.size, match.is_folder, match.real_path, host)


def read_backup(
    backup: FoundBackup, object_format: str, progress: Progress = no_progress, only_archives: bool = False
) -> ReadBackup:
    """Read a backup from its beginning to its end. One that is damaged or empty has a fault, and no tree."""
    if backup.source is None:
        return ReadBackup(backup, fault=backup.fault)
    if only_archives and backup.is_folder:
        return ReadBackup(
            backup, fault="a folder may share its files with the live tree: only archives count"
        )
    if not backup.size and not backup.is_folder:
        return ReadBackup(backup, fault="the file is empty")
    request = ScanRequest(max_file_bytes=_ANY_SIZE, object_format=object_format)
    try:
        snapshot = backup.source.snapshot(request, progress)
    except SourceError as error:
        return ReadBackup(backup, fault=_short(error.message, backup.name))
    fault = "" if backup.is_fingerprint else _nothing_to_read(snapshot)
    if fault:
        return ReadBackup(backup, fault=fault)
    if backup.is_fingerprint:
        backup = replace(backup, dated=Dated(snapshot.scan.started_at, DatedBy.SAVED))
    return ReadBackup(backup, snapshot)


def _nothing_to_read(snapshot: Snapshot) -> str:
    """Return why a backup has nothing to give, "" where it has something."""
    if any(entry.digest for entry in snapshot.entries):
        return ""
    refused = next((problem for problem in snapshot.problems if problem.path), None)
    return f"nothing in it can be read: {refused.path}: {refused.detail}" if refused else "it holds no file"


def _short(message: str, name: str) -> str:
    """Return what is said of a backup, whose name stands beside it anyway."""
    return message.removeprefix(f"{name}: ")
