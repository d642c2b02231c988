"""What has become of the findings since an earlier run, in words. Every text is fit to be shown."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from driftaudit.model.audit import Audit
from driftaudit.model.finding import Severity
from driftaudit.model.tracking import Standing, Tracking
from driftaudit.render.followed import Followed, place, what
from driftaudit.render.times import age, day
from driftaudit.render.wording import count_of

_ORDER = (Standing.NEW, Standing.RESOLVED, Standing.PERSISTING, Standing.WAIVED)


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A finding through the runs; `age` such as `4 days, 5 runs, since 2025-10-30`.

    Of what is wrong with the running application or with an import `path` is the probes or `path:line`, and
    `origin` is what is wrong.
    """

    standing: str
    severity: Severity
    path: str
    origin: str
    age: str


@dataclass(frozen=True, slots=True)
class StandingWords:
    """Which run it is and since when, how many of each standing, and the findings: new ones first."""

    title: str  # such as `Run 12, compared with run 11 of 2025-11-02`
    counts: tuple[tuple[str, int], ...]
    rows: tuple[StandingRow, ...]


def standing_words(audit: Audit) -> StandingWords | None:
    """Return where the findings stand; None where the run is not stored."""
    tracking = audit.tracking
    if tracking is None:
        return None
    counted = Counter(tracked.standing for tracked in tracking.everything)
    return StandingWords(
        _title(tracking),
        tuple((standing.value, counted[standing]) for standing in Standing),
        tuple(_row(tracked, audit.started_at) for tracked in sorted(tracking.everything, key=_order)),
    )


def sign_rows(tracking: Tracking, now: datetime) -> tuple[StandingRow, ...]:
    """Return what is or was wrong with the running application and with imports, new ones first."""
    return tuple(_row(each, now) for each in sorted(tracking.signs, key=_order))


def unseen_words(found: Iterable[Followed]) -> str:
    """Return how many findings a run could not look at, such as `2 findings could not be looked at`."""
    number = sum(each.unseen for each in found)
    return f"{count_of(number, 'finding')} could not be looked at" if number else ""


def _title(tracking: Tracking) -> str:
    if tracking.since is None:
        return f"Run {tracking.run}, the first that is stored"
    since = tracking.since
    return f"Run {tracking.run}, compared with run {since.number} of {day(since.started_at)}"


def _order(tracked: Followed) -> tuple[int, int, datetime, str]:
    return (
        _ORDER.index(tracked.standing),
        list(Severity).index(tracked.severity),
        tracked.first_seen,
        place(tracked),
    )


def _row(tracked: Followed, now: datetime) -> StandingRow:
    end = tracked.last_seen if tracked.standing is Standing.RESOLVED else now
    runs = count_of(tracked.runs, "run")
    unseen = f", not looked at since {day(tracked.last_seen)}" if tracked.unseen else ""
    return StandingRow(
        tracked.standing.value,
        tracked.severity,
        place(tracked),
        what(tracked),
        f"{age(tracked.first_seen, end)}, {runs}, since {day(tracked.first_seen)}{unseen}",
    )
