"""Findings followed from run to run: what is new, persists, is resolved, and since when. Pure.

Rows that are open stand for what is there as far as anybody knows: a run that could not look at a path closes
nothing there.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from driftaudit.history.sightings import UNTOLD, Evidence, Sighting, are_one
from driftaudit.model.finding import Action, Origin, Severity
from driftaudit.model.tracking import Standing, Tracked


class Ending(StrEnum):
    """Why a finding is followed no more."""

    RESOLVED = "resolved"
    EXPECTED = "expected"  # it is there still, and a rule says by now that it may be


@dataclass(frozen=True, slots=True)
class Thread:
    """A finding through the runs that saw it: from the run `opened` on, to the run before `closed`.

    `turned` is the run since which it is waived, or since which it is not. `runs` counts those that saw it.
    `id` is that of its row, None for one that has none yet.
    """

    path: str
    mark: str
    opened: int
    turned: int
    first_seen: datetime
    last_seen: datetime
    runs: int
    is_waived: bool
    origin: Origin
    action: Action
    severity: Severity
    rule: str
    closed: int | None = None
    ending: Ending | None = None
    id: int | None = None

    def is_there_in(self, run: int) -> bool:
        """Whether it was there, as far as was known then, in a run."""
        return self.opened <= run and (self.closed is None or self.closed > run)


@dataclass(frozen=True, slots=True)
class Moment:
    """The number and the time of a run."""

    run: int
    at: datetime


def followed(
    threads: Sequence[Thread], sightings: Iterable[Sighting], evidence: Evidence, now: Moment
) -> tuple[Thread, ...]:
    """Return the open threads as they are after a run, and the new ones, by path."""
    waiting: Mapping[str, list[Thread]] = defaultdict(list)
    for thread in threads:
        waiting[thread.path].append(thread)
    seen = [_seen(_taken(waiting.get(each.path, []), each.mark), each, now) for each in sightings]
    rest = (thread for left in waiting.values() for thread in left)
    after = (*seen, *(_not_seen(thread, evidence, now) for thread in rest))
    return tuple(sorted(after, key=lambda thread: (thread.path, thread.opened, thread.mark)))


def _taken(waiting: list[Thread], mark: str) -> Thread | None:
    """Return the thread that goes on, the one with the very mark first, and take it off the list."""
    ordered = sorted(waiting, key=lambda thread: thread.mark != mark)
    found = next((thread for thread in ordered if are_one(thread.mark, mark)), None)
    if found:
        waiting.remove(found)
    return found


def _seen(before: Thread | None, sighting: Sighting, now: Moment) -> Thread:
    known = before.mark if before and sighting.mark == UNTOLD else sighting.mark
    is_as_before = before is not None and before.is_waived == sighting.is_waived
    return Thread(
        path=sighting.path,
        mark=known,
        opened=before.opened if before else now.run,
        turned=before.turned if before and is_as_before else now.run,
        first_seen=before.first_seen if before else now.at,
        last_seen=now.at,
        runs=before.runs + 1 if before else 1,
        is_waived=sighting.is_waived,
        origin=sighting.origin,
        action=sighting.action,
        severity=sighting.severity,
        rule=sighting.rule,
        id=before.id if before else None,
    )


def _not_seen(thread: Thread, evidence: Evidence, now: Moment) -> Thread:
    if evidence.is_hidden(thread.path):
        return thread
    ending = Ending.EXPECTED if evidence.is_expected(thread.path) else Ending.RESOLVED
    return replace(thread, closed=now.run, ending=ending)


def tracked(threads: Iterable[Thread], now: Moment, since: int | None) -> tuple[Tracked, ...]:
    """Return what has become of each finding between an earlier run and this one, by path.

    One whose waiver has come to its end is new: nobody answers for it any more. Its age stays.
    """
    found = ((thread, _standing(thread, now.run, since)) for thread in threads)
    return tuple(
        Tracked(
            path=thread.path,
            standing=standing,
            first_seen=thread.first_seen,
            last_seen=thread.last_seen,
            runs=thread.runs,
            origin=thread.origin,
            action=thread.action,
            severity=thread.severity,
            rule=thread.rule,
            unseen=standing is not Standing.RESOLVED and thread.last_seen != now.at,
        )
        for thread, standing in found
        if standing
    )


def _standing(thread: Thread, run: int, since: int | None) -> Standing | None:
    if not thread.is_there_in(run):
        was_there = since is not None and thread.is_there_in(since)
        return Standing.RESOLVED if was_there and thread.ending is Ending.RESOLVED else None
    if thread.is_waived:
        return Standing.WAIVED
    return Standing.NEW if since is None or thread.turned > since else Standing.PERSISTING
