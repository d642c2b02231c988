"""Where each deployed content comes from, and whether it can be had back. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from driftaudit.model.change import Aspect, Change
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.finding import Copy, Origin, Provenance, Recoverable
from driftaudit.model.listing import Listing
from driftaudit.model.mapping import PathMapping
from driftaudit.provenance.content_history import ContentHistory

# The ids of nothing, by either hash: an empty file says nothing of where it comes from.
_EMPTY = (
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
)
_VARIANT = {Aspect.MODE, Aspect.LINE_ENDINGS, Aspect.LFS_POINTER}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What origins are judged by.

    `desired` maps contents (see Entry.contents) to desired paths, `unseen` holds the paths of which something
    could not be told,
    `pointers` maps live contents that the LFS store has to the pointers that stand for them,
    `git_refs` maps each `.git` to the object ids that its refs name, and `folders` holds the live folders
    that had files in the repository once. `built` has the paths at which earlier builds had a content,
    `in_sync` those that are live as they are desired, and `backups` maps contents to verified backups.
    """

    history: ContentHistory
    mapping: PathMapping
    desired: Mapping[str, str]
    unseen: frozenset[str] = frozenset()
    git_refs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    folders: frozenset[str] = frozenset()
    pointers: Mapping[str, str] = field(default_factory=dict)
    built: Mapping[str, frozenset[str]] = field(default_factory=dict)
    in_sync: frozenset[str] = frozenset()
    backups: Mapping[str, str] = field(default_factory=dict)

    def known_as(self, deployed: Entry) -> tuple[str, ...]:
        """Return what the content is known by in a history: its own ids, and that of an LFS pointer to it."""
        contents = deployed.contents
        return (*contents, *(self.pointers[oid] for oid in contents if oid in self.pointers))

    def is_unseen(self, path: str) -> bool:
        """Whether the path, or a folder above it, could not be seen whole."""
        parts = path.split("/")
        return any("/".join(parts[:depth]) in self.unseen for depth in range(len(parts) + 1))


def desired_by_content(desired: Listing, contents: Iterable[str]) -> dict[str, str]:
    """Return, by content, the first desired path that has it; empty files say nothing."""
    return desired.first_with(content for content in contents if content not in _EMPTY)


def trace(change: Change, evidence: Evidence) -> Provenance:
    """Return origin, recoverability and known copies of the deployed side of a change."""
    deployed = change.deployed
    if deployed is None:
        return Provenance(Origin.MISSING, Recoverable.YES)
    if change.path in evidence.in_sync and change.desired:
        return Provenance(Origin.STALE, Recoverable.YES, copies=(Copy("desired", change.path, safe=True),))
    ids = evidence.known_as(deployed)
    moved = (evidence.desired[oid] for oid in ids if oid in evidence.desired and change.desired is None)
    moved_to = next(moved, None)
    origin = _origin(change, ids, moved_to, evidence)
    recoverable, copies = _recoverable(change, deployed, ids, evidence)
    return Provenance(origin, recoverable, moved_to, copies)


def _origin(change: Change, ids: tuple[str, ...], moved_to: str | None, evidence: Evidence) -> Origin:
    """Return the first that holds: variant, stale, ahead, leftover, moved, foreign, hotfix, unknown."""
    is_desired = change.desired is not None
    if _is_variant(change):
        return Origin.VARIANT
    paths = set(evidence.mapping.to_repository(change.path))
    history = evidence.history
    at_path = [found[1].in_base for oid in ids if (found := history.at(oid, paths))]
    if any(at_path):
        return Origin.STALE if is_desired else Origin.LEFTOVER
    if any(change.path in evidence.built.get(oid, ()) for oid in ids):
        return Origin.STALE if is_desired else Origin.LEFTOVER
    if at_path:
        return Origin.AHEAD
    if change.path in evidence.folders and not is_desired:
        return Origin.LEFTOVER
    if moved_to:
        return Origin.MOVED
    if any(history.is_committed(oid) for oid in ids):
        return Origin.FOREIGN
    return Origin.HOTFIX if is_desired else Origin.UNKNOWN


def _is_variant(change: Change) -> bool:
    both_read = all(side and side.digest for side in (change.desired, change.deployed))
    return both_read and bool(change.aspects) and _VARIANT.issuperset(change.aspects)


def _recoverable(
    change: Change, deployed: Entry, ids: tuple[str, ...], evidence: Evidence
) -> tuple[Recoverable, tuple[Copy, ...]]:
    if deployed.path in evidence.git_refs:
        return _checkout(deployed.path, evidence)
    if not ids:
        return _without_digest(deployed, evidence), ()
    history = evidence.history
    if any(history.is_held(oid) for oid in ids):
        is_itself = any(history.is_held(oid) for oid in deployed.contents)
        kind = "commit" if is_itself else "lfs-object"
        return Recoverable.YES, (Copy(kind, _place(ids, history), safe=True),)
    if ids[0] in history.rescued:
        return Recoverable.YES, (Copy("ref", "refs/driftaudit", safe=True),)
    is_lost = any(history.is_committed(oid) for oid in ids)  # a commit has it, but the object is not at hand
    desired = next((evidence.desired[oid] for oid in ids if oid in evidence.desired), None)
    if not is_lost and (_is_variant(change) or desired):
        return Recoverable.YES, (Copy("desired", desired or change.path, safe=True),)
    if ids[0] in evidence.backups:
        return Recoverable.YES, (Copy("backup", evidence.backups[ids[0]], safe=True),)
    if ids[0] in history.loose:
        return Recoverable.UNSAFE, (Copy("unreachable-object", deployed.digest or "", safe=False),)
    proven = history.complete and not is_lost and not evidence.is_unseen(deployed.path)
    return (Recoverable.NO if proven else Recoverable.UNPROVEN), ()


def _without_digest(deployed: Entry, evidence: Evidence) -> Recoverable:
    if deployed.pruned or evidence.is_unseen(deployed.path):
        return Recoverable.UNPROVEN
    # A file that a label left unread is never recoverable on that ground; folders and sockets hold nothing.
    return Recoverable.NO if deployed.kind in (Kind.FILE, Kind.SYMLINK) else Recoverable.YES


def _checkout(path: str, evidence: Evidence) -> tuple[Recoverable, tuple[Copy, ...]]:
    refs = evidence.git_refs[path]
    if not refs:  # nothing was committed there yet, which says nothing of what is staged
        return Recoverable.UNPROVEN, ()
    if evidence.history.known_refs.issuperset(refs):
        return Recoverable.YES, (
            Copy("git-refs", f"all that its refs name ({len(refs)}) is in the local repository", safe=True),
        )
    return Recoverable.NO, ()


def _place(ids: tuple[str, ...], history: ContentHistory) -> str:
    """Return the first of the paths at which the content was committed, in the base's history if in any."""
    places = [
        (not carried.in_base, path) for oid in ids for path, carried in history.places.get(oid, {}).items()
    ]
    return min(places)[1] if places else ids[0]
