"""What a tree was before a loss: as a saved snapshot has it, or else as backups and git let one suppose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from driftaudit.backup_reading.reading import ReadBackup
from driftaudit.backups.placement import best_placement
from driftaudit.cache import Cache
from driftaudit.errors import UsageError
from driftaudit.model.commit import CommitFacts
from driftaudit.model.entry import Entry
from driftaudit.model.mapping import PathMapping
from driftaudit.model.problem import Problem
from driftaudit.model.recovery import Reference
from driftaudit.model.snapshot import Snapshot
from driftaudit.provenance.deployed_commit import deployed_commit
from driftaudit.provenance.history import read_history
from driftaudit.provenance.live_tree import KnownTree as KnownContents
from driftaudit.recovery.stored import StoredTree
from driftaudit.repo import Repository
from driftaudit.sources.base import ScanRequest
from driftaudit.sources.git import GitSource
from driftaudit.sources.snapshot import SnapshotSource


@dataclass(frozen=True, slots=True)
class Witnesses:
    """What can say what a tree was: a snapshot that was named, one of the history, and a repository.

    The repository is asked from the commit `base` on.
    """

    snapshot: SnapshotSource | None
    stored: StoredTree | None
    repository: Repository | None
    base: str | None
    mapping: PathMapping
    cache: Cache
    object_format: str


@dataclass(frozen=True, slots=True)
class KnownTree:
    """The tree as it was, and what says so."""

    reference: Reference
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def known_tree(asked: Witnesses, live: Snapshot, backups: Sequence[ReadBackup]) -> KnownTree:
    """Return what the tree was: by the snapshot, or the run, that is named, or else the newest that there is.

    That is one that is saved among the backups, or stored in the history. Without one it is put together:
    what the newest backup has, and of the rest what the commit has that was deployed when it was made.
    Raises UsageError where there is nothing to go by, SourceError where the named snapshot cannot be read.
    """
    if asked.snapshot:
        saved = asked.snapshot.snapshot(ScanRequest(object_format=asked.object_format))
        return _as_saved(saved)
    fingerprints = [each for each in backups if each.found.is_fingerprint and each.snapshot]
    newest = max((each.snapshot for each in fingerprints if each.snapshot), key=_moment, default=None)
    stored = asked.stored
    if stored and (stored.is_chosen or newest is None or _moment(newest) <= _moment(stored.snapshot)):
        return _as_stored(stored)
    return _as_saved(newest) if newest else _composed(asked, live, backups)


def _moment(snapshot: Snapshot) -> datetime:
    return snapshot.scan.started_at


def _as_saved(saved: Snapshot) -> KnownTree:
    reference = Reference(saved.source.url, saved.scan.started_at)
    return KnownTree(reference, saved.entries, saved.problems)


def _as_stored(stored: StoredTree) -> KnownTree:
    snapshot = stored.snapshot
    reference = Reference(stored.name, snapshot.scan.started_at, is_doubtful=stored.is_doubtful)
    return KnownTree(reference, snapshot.entries, snapshot.problems, stored.notes)


def _composed(asked: Witnesses, live: Snapshot, backups: Sequence[ReadBackup]) -> KnownTree:
    committed = _tree_of(asked, asked.base) if asked.repository and asked.base else ()
    hints = _merged({entry.path: entry for entry in committed}, {entry.path: entry for entry in live.entries})
    newest = _newest(backups, hints)
    placed = newest[1] if newest else {}
    commit = _commit_of(asked, placed or {entry.path: entry for entry in live.entries})
    rest = _tree_of(asked, commit.oid) if commit else ()
    if not placed and not rest:
        raise UsageError(
            "nothing says what the tree was",
            "Name a saved snapshot (--snapshot FILE), or a backup of it, or run it in its repository.",
        )
    dated = newest[0].found.dated if newest else None
    made = f" of {dated.at:%Y-%m-%d %H:%M:%S} UTC" if dated else ""
    parts = [f"{newest[0].found.name}{made}"] if newest else []
    if commit:
        parts.append(f"commit {commit.oid[:10]} of {commit.committed_at:%Y-%m-%d}")
    at = dated.at if dated else commit.committed_at if commit else None
    entries = _merged({entry.path: entry for entry in rest}, placed)
    note = "There is no snapshot: what backup and git do not have may be lost without being named."
    return KnownTree(Reference(" and ".join(parts), at, is_composed=True), entries, notes=(note,))


def _newest(
    backups: Sequence[ReadBackup], hints: Sequence[Entry]
) -> tuple[ReadBackup, Mapping[str, Entry]] | None:
    """Return the newest backup that is one of this tree, with its entries in their places."""
    for backup in backups:  # the newest comes first
        if backup.snapshot and not backup.found.is_fingerprint:
            placement = best_placement(backup.snapshot.entries, hints)
            if placement.is_of_this_tree:
                placed = placement.placed(backup.snapshot.entries)
                moved = {path: _at(entry, path) for path, entry in placed.items()}
                return backup, moved
    return None


def _at(entry: Entry, path: str) -> Entry:
    return replace(entry, path=path)


def _commit_of(asked: Witnesses, tree: Mapping[str, Entry]) -> CommitFacts | None:
    """Return the commit that a tree is nearest to."""
    if asked.repository is None or asked.base is None:
        return None
    history = read_history(asked.repository, asked.base, asked.cache)
    names = {
        path.encode("utf-8", "surrogateescape"): tuple(name.encode("ascii") for name in entry.contents)
        for path, entry in tree.items()
        if entry.has_content
    }
    contents = {path: known[0] if known else b"" for path, known in names.items()}
    found = deployed_commit(history, asked.mapping, KnownContents(contents, names))
    return found.commit if found else None


def _tree_of(asked: Witnesses, commit: str | None) -> tuple[Entry, ...]:
    if asked.repository is None or commit is None:
        return ()
    return GitSource(asked.repository, commit, asked.mapping).snapshot(ScanRequest()).entries


def _merged(first: Mapping[str, Entry], second: Mapping[str, Entry]) -> tuple[Entry, ...]:
    """Return the entries of both, the second's where both have one; of a tree that could be one."""
    merged = {**first, **second}
    files = {path for path, entry in merged.items() if entry.has_content}
    return tuple(merged[path] for path in sorted(merged) if not any(above in files for above in _above(path)))


def _above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]
