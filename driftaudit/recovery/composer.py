"""The composer of `recover`: what is not as it was, what has it, and one archive of what can be had back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from driftaudit.backup_reading.copies import root_of
from driftaudit.backup_reading.places import BackupPlace
from driftaudit.backup_reading.reading import Connections, connections, find_backups, read_backup
from driftaudit.backup_report import Held, hold, in_order
from driftaudit.backups.choosing import Filling, Wishes, fillings
from driftaudit.backups.recovery import Archived, Sources, TreesOfLoss, recovery_plan
from driftaudit.backups.unpacking import UnpackPlace, unpacking
from driftaudit.cache import Cache
from driftaudit.config.rules import RUNTIME, SECRET
from driftaudit.errors import SourceError
from driftaudit.keeping.bringing import temporary_folder
from driftaudit.model.entry import Entry
from driftaudit.model.mapping import IDENTITY, PathMapping
from driftaudit.model.recovery import Recovery, RecoveryPlan, Reference, WrittenArchive
from driftaudit.model.snapshot import Snapshot, SourceFacts
from driftaudit.policy.labels import Labels
from driftaudit.recovery.archive import Member, write_archive
from driftaudit.recovery.contents import Contents, Givers
from driftaudit.recovery.reference import KnownTree, Witnesses, known_tree
from driftaudit.recovery.sources import in_git
from driftaudit.recovery.stored import StoredTree
from driftaudit.render.shell_words import shell_word
from driftaudit.repo import Repository
from driftaudit.sources.base import AbsentRootError, Progress, ScanRequest, Source, no_progress
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.snapshot import SnapshotSource
from driftaudit.sources.ssh.source import SSHSource

_ANY_SIZE = 1 << 62  # bytes: nothing is left unread for its size


@dataclass(frozen=True, slots=True)
class KeptTree:
    """A snapshot that is there, unread: when it was taken, and its file."""

    at: datetime
    file: Path


@dataclass(frozen=True, slots=True)
class RecoveryRequest:
    """What is held against what it was. `snapshot` is None where the newest saved or stored one serves.

    `kept` is what was live before the last command under guard: it is pointed to, and not gone by.
    `base` is a commit of the repository, None where there is none: its history and all refs are asked.
    """

    target: str
    deployed: Source
    labels: Labels
    places: Sequence[BackupPlace] = ()
    snapshot: SnapshotSource | None = None
    stored: StoredTree | None = None
    kept: KeptTree | None = None
    repository: Repository | None = None
    base: str | None = None
    mapping: PathMapping = IDENTITY
    wishes: Wishes = Wishes()  # noqa: RUF009 - frozen
    cache: Cache = Cache()  # noqa: RUF009 - frozen
    rate_limit: float | None = None

    @property
    def object_format(self) -> str:
        """Return the format of ids: the repository's."""
        return self.repository.object_format if self.repository else "sha1"

    @property
    def witnesses(self) -> Witnesses:
        """Return what says what the tree was."""
        return Witnesses(
            self.snapshot,
            self.stored,
            self.repository,
            self.base,
            self.mapping,
            self.cache,
            self.object_format,
        )


@dataclass(frozen=True)
class Examined:
    """A loss that was looked into, and the connections that contents are fetched over."""

    request: RecoveryRequest
    recovery: Recovery
    live: Snapshot
    held: Sequence[Held]
    chosen: tuple[Filling, ...] = field(default=())

    @property
    def has_something_to_write(self) -> bool:
        """Whether there is anything that an archive would hold."""
        return bool(self.chosen or self.recovery.plan.folders)

    def write(self, stream: IO[bytes], name: str, progress: Progress = no_progress) -> Recovery:
        """Write the archive, and return the recovery with what is in it.

        Contents that a source does not give as it should are fetched from the next one; what none gives is
        not in the archive, and named. Raises UsageError where the disk is full, SourceError where nothing at
        all is given any more.
        """
        request = self.request
        givers = Givers(request.deployed, request.repository, self._archives(), request.object_format)
        with temporary_folder() as folder:
            contents = Contents(givers, folder, request.rate_limit)
            found = contents.of(self.chosen, progress)
            members = [Member(folder) for folder in self.recovery.plan.folders]
            members += [found.member(filling) for filling in self.chosen if filling.hole.path in found.files]
            if not members:
                raise _nothing_given(found.failed)
            write_archive(stream, members, int(self._default_time().timestamp()))
        taken = [filling for filling in self.chosen if filling.hole.path in found.files]
        return self._with(name, taken, found.failed)

    def _with(self, name: str, taken: Sequence[Filling], failed: tuple[tuple[str, str], ...]) -> Recovery:
        replaced = tuple(each.hole.path for each in taken if each.hole.live)
        written = WrittenArchive(
            file=name,
            paths=tuple(each.hole.path for each in taken),
            older=tuple(each.hole.path for each in taken if each.is_older),
            replaced=replaced,
            commands=self._commands(name, replaces=bool(replaced)),
        )
        return replace(self.recovery, written=written, failed=failed)

    def _archives(self) -> list[Source | None]:
        return [each.read.found.source for each in self.held if each.placed]

    def _default_time(self) -> datetime:
        return self.recovery.reference.at or self.recovery.started_at

    def _commands(self, name: str, *, replaces: bool) -> tuple[tuple[str, str], ...]:
        place = unpack_place(self.request.deployed, self.live)
        try:
            return unpacking(place, name, replaces=replaces) if place else ()
        except ValueError:
            return ()


def _nothing_given(failed: tuple[tuple[str, str], ...]) -> SourceError:
    path, why = failed[0]
    return SourceError(
        f"nothing of what was lost can be fetched: {path}: {why}",
        "Its sources have changed since they were read a moment ago. Run it again.",
    )


@contextmanager
def examined_loss(request: RecoveryRequest, progress: Progress = no_progress) -> Iterator[Examined]:
    """Look into a loss. Contents can be fetched until the end of the context.

    Raises UsageError where nothing says what the tree was, SourceError where the host cannot be had.
    """
    with connections() as made:
        yield _examined(request, made, progress)


def _examined(request: RecoveryRequest, made: Connections, progress: Progress) -> Examined:
    started = datetime.now(UTC)
    live = _live(request, progress)
    found = find_backups(request.places, made)
    read = [read_backup(backup, request.object_format, progress) for backup in found]
    known = known_tree(request.witnesses, live, read)
    counted = [entry for entry in known.entries if entry.has_content]
    held = in_order([hold(each, counted, root_of(request.deployed, live)) for each in read])
    sources = _sources(request, known, live, held)
    plan = _plan(request, known, live, sources)
    chosen, kept_out = fillings(plan.holes, request.wishes)
    recovery = Recovery(
        target=request.target,
        url=live.source.url,
        started_at=started,
        reference=known.reference,
        plan=plan,
        backups=tuple(each.facts for each in held),
        kept_out=tuple(hole.path for hole in kept_out),
        unseen=tuple((problem.path, problem.kind.value) for problem in (*known.problems, *live.problems)),
        notes=(*known.notes, *live.notes, *_kept_since(request.kept, known.reference)),
        offered=len(chosen) + len(plan.folders),
    )
    return Examined(request, recovery, live, held, chosen)


def _kept_since(kept: KeptTree | None, reference: Reference) -> Iterator[str]:
    """Yield that there is a newer snapshot. It is not gone by unasked: what went since may rightly have."""
    if kept and (reference.is_composed or reference.at is None or kept.at > reference.at):
        yield (
            f"What was live before the command under guard of {kept.at:%Y-%m-%d %H:%M:%S} UTC is kept: "
            f"--snapshot {shell_word(str(kept.file))}"
        )


def _live(request: RecoveryRequest, progress: Progress) -> Snapshot:
    scan = ScanRequest(
        max_file_bytes=_ANY_SIZE,
        object_format=request.object_format,
        cache=request.cache,
        rate_limit=request.rate_limit,
    )
    try:
        return request.deployed.snapshot(scan, progress)
    except AbsentRootError as error:
        note = f"{error.message}: all of it is lost"
        return Snapshot(SourceFacts("absent", _shown(request)), (), notes=(note,))


def _shown(request: RecoveryRequest) -> str:
    deployed = request.deployed
    return deployed.address.url if isinstance(deployed, SSHSource) else request.target


def _sources(request: RecoveryRequest, known: KnownTree, live: Snapshot, held: Sequence[Held]) -> Sources:
    asked = _differing(known.entries, live.entries)
    archived = [_archived(each) for each in held if each.placed]
    git = in_git(request.repository, request.base, request.mapping, request.cache, asked)
    return Sources(archived, git.committed, git.rescued, git.versions)


def _archived(held: Held) -> Archived:
    dated = held.facts.dated
    if held.placed is None or dated is None or held.read.snapshot is None:
        raise ValueError("a backup without a tree")
    by_content = {entry.contents[0]: entry for entry in held.read.snapshot.entries if entry.contents}
    facts, placed = held.facts, held.placed
    return Archived(facts.name, dated.at, placed.entries, by_content, placed.has_contents)


def _differing(was: Sequence[Entry], live: Sequence[Entry]) -> list[Entry]:
    """Return the entries of either side that the other has not, or not with that content."""
    sides = ({entry.path: entry.contents for entry in was}, {entry.path: entry.contents for entry in live})
    first = [entry for entry in was if sides[1].get(entry.path) != entry.contents]
    return first + [entry for entry in live if sides[0].get(entry.path, entry.contents) != entry.contents]


def _plan(request: RecoveryRequest, known: KnownTree, live: Snapshot, sources: Sources) -> RecoveryPlan:
    paths = [entry.path for entry in known.entries if entry.has_content]
    runtime = request.labels.paths_with(RUNTIME, paths)
    secrets = request.labels.paths_with(SECRET, paths)
    trees = TreesOfLoss(
        known.entries,
        live.entries,
        known.reference.at,
        frozenset(problem.path for problem in live.problems),
        runtime.__contains__,
        secrets.__contains__,
    )
    return recovery_plan(trees, sources)


def unpack_place(deployed: Source, live: Snapshot) -> UnpackPlace | None:
    """Return where an archive is unpacked, None where the target is no place to unpack at."""
    is_absent = live.source.kind == "absent"
    if isinstance(deployed, DirectorySource):
        return UnpackPlace(str(deployed.path.absolute()), is_absent=is_absent)
    if not isinstance(deployed, SSHSource):
        return None
    address = deployed.address
    login = f"{address.user}@{address.host}" if address.user else address.host
    root = live.source.real_root or address.root
    return UnpackPlace(root, login, address.port, deployed.access.become, is_absent)
