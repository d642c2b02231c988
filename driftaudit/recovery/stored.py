"""The live trees that nightly reports have stored, and which of them is held against the live one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from driftaudit.errors import SourceError
from driftaudit.history.store import History
from driftaudit.model.entry import Entry
from driftaudit.model.snapshot import Snapshot

_MOST_NOTES = 3  # older runs that are pointed to


@dataclass(frozen=True, slots=True)
class StoredTree:
    """What a run saw live. `notes` say what older runs saw besides.

    `is_chosen` tells that somebody named the run, `is_doubtful` that it may be of after the loss: an older
    run has files that it has not.
    """

    run: int
    snapshot: Snapshot
    notes: tuple[str, ...] = ()
    is_chosen: bool = False
    is_doubtful: bool = False

    @property
    def name(self) -> str:
        """What it is called."""
        return f"stored run {self.run}"


def stored_tree(history: History, target: str, run: int | None, object_format: str) -> StoredTree | None:
    """Return what a run of the target saw, or without a number the newest of which that is kept.

    None where nothing is kept. Raises HistoryError where that of the run is not, SourceError where it is of
    another repository's ids.
    """
    digests = history.tree_digests(target)
    number = run if run is not None else max(digests, default=None)
    if number is None:
        return None
    found = _snapshot(history, target, number, object_format)
    notes = []
    if found.problems:
        count = len(found.problems)
        hide = "problem hides" if count == 1 else "problems hide"
        notes.append(f"Run {number} could not see all: {count} {hide} what was there.")
    if run is not None:
        return StoredTree(number, found, tuple(notes), is_chosen=True)
    older = list(_older(history, target, number, digests, found, object_format))
    return StoredTree(number, found, (*notes, *older), is_doubtful=bool(older))


def _older(
    history: History,
    target: str,
    number: int,
    digests: dict[int, str],
    newest: Snapshot,
    object_format: str,
) -> Iterator[str]:
    """Yield what older runs saw that the newest does not show any more: perhaps it was lost before that."""
    there = {entry.path for entry in newest.entries}
    seen, told = {digests[number]}, 0
    for run in sorted(digests, reverse=True):
        is_known = bool(digests[run]) and digests[run] in seen  # an older version kept no digest
        if run == number or is_known or told == _MOST_NOTES:
            continue
        seen.add(digests[run])
        before = _snapshot(history, target, run, object_format)
        gone = _gone(before.entries, there)
        if gone:
            told += 1
            files = "1 file" if gone == 1 else f"{gone:,} files"
            at = f"{before.scan.started_at:%Y-%m-%d %H:%M:%S} UTC"
            yield f"Run {run} of {at} has {files} that run {number} has not: --run {run} goes by it."


def _gone(before: Sequence[Entry], there: set[str]) -> int:
    """Count the files that are there no more; what no run reads comes and goes by itself."""
    return sum(entry.has_content and entry.digest is not None and entry.path not in there for entry in before)


def _snapshot(history: History, target: str, run: int, object_format: str) -> Snapshot:
    saved = history.snapshot(target, run)
    if saved.object_format != object_format:
        raise SourceError(
            f"run {run} holds {saved.object_format} ids, and {object_format} is needed",
            "Run it in the repository that the report was made in.",
        )
    return saved.snapshot
