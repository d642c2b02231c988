"""The composer of `compare`: reads two trees at once and puts them side by side, without labels or rules."""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial

from driftaudit.cache import Cache
from driftaudit.compare.trees import compare
from driftaudit.model.change import Aspect, Change
from driftaudit.model.comparison import Comparison, Side
from driftaudit.model.entry import MODE_SUBMODULE, Entry, Kind
from driftaudit.model.mapping import PathMapping
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.snapshot import Snapshot
from driftaudit.provenance.equivalence import settle
from driftaudit.provenance.history import read_history
from driftaudit.provenance.lfs import LargeFiles
from driftaudit.repo import Repository
from driftaudit.sources.base import Advance, Progress, ScanRequest, Source, no_progress

_ANY_SIZE = 1 << 62  # bytes: no label could say that a large file need not be read
_WITHOUT_EMPTY_FOLDERS = ("git", "worktree")  # sources that cannot hold one
_NAMED = 20  # empty folders that the note names


@dataclass(frozen=True, slots=True)
class ComparisonRequest:
    """Two sources and what the user calls them.

    `repository` is the one that a commit among them belongs to, `mapping` leads from it to the trees' root.
    """

    names: tuple[str, str]
    left: Source
    right: Source
    repository: Repository | None = None
    mapping: PathMapping = field(default_factory=PathMapping)
    notes: tuple[str, ...] = ()
    cache: Cache = field(default_factory=Cache)
    rate_limit: float | None = None


def run_comparison(request: ComparisonRequest, progress: Progress = no_progress) -> Comparison:
    """Read both trees completely and compare them.

    Left out are `.git`, and beside a tree of git's empty folders: a clean checkout equals its commit. Raises
    UsageError, RepositoryError or SourceError where there is nothing to compare.
    """
    started_at, started = datetime.now(UTC), time.monotonic()
    left, right = _both_trees(request, progress)
    notes = [*_git_notes(left, right), *request.notes, *_notes("left", left), *_notes("right", right)]
    left, right = _without_git(left), _without_git(right)
    changes = [change for change in compare(left.entries, right.entries) if not _is_absent_submodule(change)]
    empty = [change for change in changes if _is_foreign_to_git(change, left, right)]
    if empty:
        notes.append(_empty_folders_note(empty))
    unseen = _unseen(left), _unseen(right)
    told = [_told(change, *unseen) for change in changes if not _is_foreign_to_git(change, left, right)]
    return Comparison(
        left=_side(request.names[0], left),
        right=_side(request.names[1], right),
        changes=_settled(told, left, right, request),
        notes=tuple(notes),
        started_at=started_at,
        duration_seconds=time.monotonic() - started,
    )


def _both_trees(request: ComparisonRequest, progress: Progress) -> tuple[Snapshot, Snapshot]:
    scan = ScanRequest(
        max_file_bytes=_ANY_SIZE,
        object_format=request.repository.object_format if request.repository else "sha1",
        cache=request.cache,
        rate_limit=request.rate_limit,
    )
    joint = _JointProgress(progress)
    left = _begun(partial(request.left.snapshot, scan, joint.of(0)))
    right = _begun(partial(request.right.snapshot, scan, joint.of(1)))
    return left.result(), right.result()


def _begun(read: Callable[[], Snapshot]) -> Future[Snapshot]:
    """Read in a thread that does not hold up the end of the program, as those of a pool would."""
    future: Future[Snapshot] = Future()

    def run() -> None:
        try:
            future.set_result(read())
        except BaseException as error:  # handed on to whoever asks for the result
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


class _JointProgress:
    """The sum of what two scans have read so far, each told from a thread of its own."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._lock = threading.Lock()
        self._read = [Advance(0, 0), Advance(0, 0)]

    def of(self, index: int) -> Progress:
        def tell(advance: Advance) -> None:
            with self._lock:
                self._read[index] = advance
                one, other = self._read
                self._progress(Advance(one.entries + other.entries, one.bytes + other.bytes))

        return tell


def _is_git(path: str) -> bool:
    return path.rpartition("/")[2] == ".git"


def _is_about_git(problem: Problem) -> bool:
    return problem.kind is ProblemKind.GIT_DIRECTORY or _is_git(problem.path)


def _git_notes(left: Snapshot, right: Snapshot) -> list[str]:
    sides = [any(_is_git(entry.path) for entry in snapshot.entries) for snapshot in (left, right)]
    if not any(sides):
        return []
    who = "Both sides have" if all(sides) else f"Only the {'left' if sides[0] else 'right'} side has"
    return [f"{who} .git, which is not compared."]


def _notes(side: str, snapshot: Snapshot) -> list[str]:
    if snapshot.source.kind == "git":  # it would speak of the working tree, which is another tree here
        return []
    return [f"{side}: {note}" for note in snapshot.notes]


def _without_git(snapshot: Snapshot) -> Snapshot:
    return replace(
        snapshot,
        entries=tuple(entry for entry in snapshot.entries if not _is_git(entry.path)),
        problems=tuple(
            p for p in snapshot.problems if p.kind is not ProblemKind.GIT_DIRECTORY and not _is_git(p.path)
        ),
    )


def _is_absent_submodule(change: Change) -> bool:
    """Whether one side lacks a submodule: a problem says of it already that its content was not asked for."""
    there = change.desired or change.deployed
    is_one_sided = change.desired is None or change.deployed is None
    return is_one_sided and there is not None and there.mode == MODE_SUBMODULE


def _is_foreign_to_git(change: Change, left: Snapshot, right: Snapshot) -> bool:
    """Whether it is an empty folder that the other side could not hold."""
    there, other = (change.desired, right) if change.deployed is None else (change.deployed, left)
    is_one_sided = change.desired is None or change.deployed is None
    is_folder = there is not None and there.kind is Kind.DIRECTORY
    return is_one_sided and is_folder and other.source.origin in _WITHOUT_EMPTY_FOLDERS


def _empty_folders_note(empty: Sequence[Change]) -> str:
    names = ", ".join(change.path for change in empty[:_NAMED])
    more = f" and {len(empty) - _NAMED} more" if len(empty) > _NAMED else ""
    return f"Empty folders, of which git knows none, are not compared: {names}{more}"


def _unseen(snapshot: Snapshot) -> frozenset[str]:
    return frozenset(problem.path for problem in snapshot.problems)


def _told(change: Change, unseen_left: Collection[str], unseen_right: Collection[str]) -> Change:
    """Return the change without aspects where the side that seems to lack the path was not seen there."""
    if change.desired and change.deployed:
        return change
    unseen = unseen_right if change.desired else unseen_left
    return replace(change, aspects=()) if _lies_in(change.path, unseen) else change


def _lies_in(path: str, paths: Collection[str]) -> bool:
    """Whether the path, or a folder above it, is one of the paths; "" is the root."""
    if not paths:
        return False
    parts = path.split("/")
    return any("/".join(parts[:depth]) in paths for depth in range(len(parts) + 1))


def _settled(
    changes: Sequence[Change], left: Snapshot, right: Snapshot, request: ComparisonRequest
) -> tuple[Change, ...]:
    """Leave out what only check-out converts, where one side is a commit and the other lies on disk."""
    is_commit = [snapshot.source.origin == "git" for snapshot in (left, right)]
    if request.repository is None or all(is_commit) or not any(is_commit):
        return tuple(changes)
    if is_commit[0]:
        return _explained(changes, left, right, request.repository, request.mapping)
    swapped = tuple(_swapped(changes))
    return tuple(_swapped(_explained(swapped, right, left, request.repository, request.mapping)))


def _explained(
    changes: Sequence[Change], desired: Snapshot, live: Snapshot, repository: Repository, mapping: PathMapping
) -> tuple[Change, ...]:
    """Return the changes that neither check-out nor Git LFS explains; a pointer may stand for its content."""
    commit = desired.source.commit
    settled = settle(changes, repository, mapping, commit)
    if commit is None:
        return settled
    history = partial(read_history, repository, commit, Cache())
    large = LargeFiles(repository, history, mapping, commit, Cache())
    filled = large.fill_in(settled, _by_path(desired).get, _by_path(live).get)
    found = []
    for change in filled.changes:
        aspects = tuple(aspect for aspect in change.aspects if aspect is not Aspect.LFS_POINTER)
        if Aspect.LFS_UNVERIFIED in aspects and change.desired:
            found.append(replace(change, aspects=()))
        elif aspects or not change.aspects:
            found.append(replace(change, aspects=aspects))
    return tuple(found)


def _by_path(snapshot: Snapshot) -> dict[str, Entry]:
    return {entry.path: entry for entry in snapshot.entries}


def _swapped(changes: Iterable[Change]) -> Iterable[Change]:
    return (replace(change, desired=change.deployed, deployed=change.desired) for change in changes)


def _side(name: str, snapshot: Snapshot) -> Side:
    return Side(name, snapshot.source, snapshot.scan, len(snapshot.entries), snapshot.problems)
