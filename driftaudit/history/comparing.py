"""A stored run held against an earlier one, whichever that is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from driftaudit.errors import HistoryError, UsageError
from driftaudit.history.following import Moment, Thread, tracked
from driftaudit.history.signs import Sign, mark_of, tracked_signs
from driftaudit.history.store import History
from driftaudit.model.audit import Audit
from driftaudit.model.history import StoredRun
from driftaudit.model.tracking import Standing, Tracked, TrackedSign, Tracking


def compared_since(history: History, audit: Audit, since: str) -> Audit:
    """Return a stored audit with what has become of its findings since a run, or a time.

    What persists is as it was in the audit; what was resolved is as it was when it was last seen. Raises
    UsageError where `since` is no earlier run.
    """
    if audit.tracking is None:
        raise HistoryError("the audit is not in the history", "Nothing can be said of the runs before it.")
    run = audit.tracking.run
    start = run_since(history.runs(audit.target), since, run).figures
    threads = history.threads(audit.target)
    known = {(thread.path, thread.first_seen): thread for thread in threads}
    there = (each for each in audit.tracking.tracked if each.standing is not Standing.RESOLVED)
    still = [_since(each, known.get((each.path, each.first_seen)), start.number, run) for each in there]
    found = tracked(threads, Moment(run, audit.started_at), start.number)
    gone = [each for each in found if each.standing is Standing.RESOLVED]
    both = tuple(sorted((*still, *gone), key=lambda each: (each.path, each.first_seen)))
    signs = _signs_since(history.signs(audit.target), audit, audit.tracking, start.number)
    return replace(audit, tracking=replace(audit.tracking, since=start, tracked=both, signs=signs))


def _signs_since(
    signs: Sequence[Sign], audit: Audit, tracking: Tracking, since: int
) -> tuple[TrackedSign, ...]:
    opened = {(sign.mark, sign.first_seen): sign.opened for sign in signs}
    still = []
    for each in tracking.signs:
        begun = opened.get((mark_of(each.finding), each.first_seen))
        if each.standing is not Standing.RESOLVED:
            is_new = begun is None or begun > since
            still.append(replace(each, standing=Standing.NEW if is_new else Standing.PERSISTING))
    found = tracked_signs(signs, Moment(tracking.run, audit.started_at), since)
    return (*still, *(each for each in found if each.standing is Standing.RESOLVED))


def _since(each: Tracked, thread: Thread | None, since: int, run: int) -> Tracked:
    """Return a finding as that run had it, new or not: later runs may have seen more of it."""
    if each.standing is Standing.WAIVED or thread is None:
        return each
    is_new = thread.opened > since or since < thread.turned <= run
    return replace(each, standing=Standing.NEW if is_new else Standing.PERSISTING)


def run_since(runs: Sequence[StoredRun], since: str, run: int | None = None) -> StoredRun:
    """Return the run of that number, or the last one at that time, before a run; None is the next one.

    Raises UsageError where there is none that has an audit.
    """
    earlier = [each for each in runs if each.has_audit and (run is None or each.figures.number < run)]
    if since.isascii() and since.isdecimal():
        found = [each for each in earlier if each.figures.number == int(since)]
    else:
        moment = _moment(since)
        found = [each for each in earlier if each.figures.started_at <= moment]
    if found:
        return found[-1]
    first = earlier[0].figures if earlier else None
    raise UsageError(
        f"--since {since}: there is no such run" + (f" before run {run}" if run else ""),
        f"The oldest is run {first.number} of {first.started_at:%Y-%m-%d %H:%M}."
        if first
        else "There is none yet to compare with: driftaudit history",
    )


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"--since {text!r} is no number of a run, and no day",
            "Write, for example: --since 12, or 2025-11-03",
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
