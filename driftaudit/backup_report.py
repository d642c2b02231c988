"""The composer of `backup`: what backups cover of what is deployed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from driftaudit.backup_reading.copies import root_of
from driftaudit.backup_reading.places import BackupPlace
from driftaudit.backup_reading.reading import ReadBackup, connections, find_backups, read_backup
from driftaudit.backups.coverage import PlacedBackup, covered
from driftaudit.backups.placement import Placement, best_placement
from driftaudit.cache import Cache
from driftaudit.config.rules import SECRET
from driftaudit.model.backup import BackupFacts, BackupReport, Cover, Holding
from driftaudit.model.entry import Entry
from driftaudit.model.mapping import is_within
from driftaudit.model.snapshot import Snapshot
from driftaudit.policy.labels import Labels
from driftaudit.sources.base import Progress, ScanRequest, Source, no_progress
from driftaudit.trees import EXPENDABLE, UNREAD

OTHER_TREE = "it is a backup of another tree: nothing in it is as it is here"
ITSELF = "it holds the target itself, and is no backup of it"


@dataclass(frozen=True, slots=True)
class BackupRequest:
    """Which backups are held against which tree."""

    target: str
    deployed: Source
    labels: Labels
    places: Sequence[BackupPlace]
    object_format: str = "sha1"
    cache: Cache = Cache()  # noqa: RUF009 - frozen
    rate_limit: float | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A backup that was read and held against a tree: what is told of it, and its entries in their places.

    There are none where it has a fault.
    """

    facts: BackupFacts
    read: ReadBackup
    placed: PlacedBackup | None = None


def run_backup(request: BackupRequest, progress: Progress = no_progress) -> BackupReport:
    """Read the deployed tree and all backups. Raises SourceError where the tree cannot be had.

    A backup that cannot is named in the result, with what is the matter.
    """
    started = datetime.now(UTC)
    seen = request.deployed.snapshot(_scan(request), progress)
    entries = [entry for entry in seen.entries if entry.has_content]
    counted = [entry for entry in entries if EXPENDABLE not in request.labels.of(entry.path)]
    with connections() as made:
        found = find_backups(request.places, made)
        read = [read_backup(backup, request.object_format, progress) for backup in found]
    held = in_order([hold(backup, counted, root_of(request.deployed, seen)) for backup in read])
    usable = [each.placed for each in held if each.placed]
    covers = covered(counted, usable)
    return BackupReport(
        target=request.target,
        url=seen.source.url,
        started_at=started,
        backups=tuple(each.facts for each in held),
        covers=covers,
        counts=tuple(_counts(covers, number) for number in range(len(usable))),
        unseen=tuple((problem.path, problem.kind.value) for problem in seen.problems),
        generated=len(entries) - len(counted) + _pruned(seen),
        notes=seen.notes,
        secrets=request.labels.paths_with(SECRET, (entry.path for entry in counted)),
    )


def hold(read: ReadBackup, tree: Sequence[Entry], root: str) -> Held:
    """Place a backup in a tree, and say what there is to say of it."""
    found = read.found
    if read.snapshot is None:
        return Held(_facts(read, Placement("", ""), read.fault), read)
    if root and found.is_folder and is_within(root, found.real_path):
        return Held(_facts(read, Placement("", ""), ITSELF), read)
    placement = best_placement(read.snapshot.entries, tree)
    if not placement.is_of_this_tree:
        return Held(_facts(read, placement, OTHER_TREE), read)
    placed = PlacedBackup(placement.placed(read.snapshot.entries), not found.is_fingerprint)
    return Held(_facts(read, placement, ""), read, placed)


def in_order(held: Sequence[Held]) -> list[Held]:
    """Return backups with the newest first; what cannot be used comes last."""
    return sorted(held, key=lambda each: (bool(each.facts.fault), -_age_key(each), each.facts.name))


def _age_key(held: Held) -> float:
    return held.facts.dated.at.timestamp() if held.facts.dated else 0.0


def _facts(read: ReadBackup, placement: Placement, fault: str) -> BackupFacts:
    found, snapshot = read.found, read.snapshot
    return BackupFacts(
        name=found.name,
        dated=found.dated,
        size=found.size,
        files=sum(entry.has_content for entry in snapshot.entries) if snapshot else 0,
        strip=placement.strip,
        under=placement.under,
        gaps=len(snapshot.problems) if snapshot else 0,
        fault=fault,
        is_fingerprint=found.is_fingerprint,
    )


def _counts(covers: Sequence[Cover], number: int) -> Mapping[Holding, int]:
    found = Counter(cover.holdings[number] for cover in covers)
    return {holding: found[holding] for holding in Holding}


def _pruned(seen: Snapshot) -> int:
    return sum(entry.pruned for entry in seen.entries)


def _scan(request: BackupRequest) -> ScanRequest:
    return ScanRequest(
        prune=request.labels.patterns(EXPENDABLE),
        unread=request.labels.patterns(UNREAD),
        object_format=request.object_format,
        cache=request.cache,
        rate_limit=request.rate_limit,
    )
