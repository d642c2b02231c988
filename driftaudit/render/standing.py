"""What has become of the findings since an earlier run, in words. Every text is fit to be shown."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from driftaudit.model.audit import Audit
from driftaudit.model.finding import Severity
from driftaudit.model.tracking import Standing, Tracked, Tracking
from driftaudit.render.printable import printable
from driftaudit.render.wording import count_of

_WHOLE_DEPLOY = "(the deploy as a whole)"
_ORDER = (Standing.NEW, Standing.RESOLVED, Standing.PERSISTING, Standing.WAIVED)


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A finding through the runs; `age` such as `4 days, 5 runs, since 2025-10-30`."""

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
    counted = Counter(tracked.standing for tracked in tracking.tracked)
    return StandingWords(
        _title(tracking),
        tuple((standing.value, counted[standing]) for standing in Standing),
        tuple(_row(tracked, audit.started_at) for tracked in sorted(tracking.tracked, key=_order)),
    )


def _title(tracking: Tracking) -> str:
    if tracking.since is None:
        return f"Run {tracking.run}, the first that is stored"
    since = tracking.since
    return f"Run {tracking.run}, compared with run {since.number} of {_day(since.started_at)}"


def _order(tracked: Tracked) -> tuple[int, int, datetime, str]:
    return (
        _ORDER.index(tracked.standing),
        list(Severity).index(tracked.severity),
        tracked.first_seen,
        tracked.path,
    )


def _row(tracked: Tracked, now: datetime) -> StandingRow:
    end = tracked.last_seen if tracked.standing is Standing.RESOLVED else now
    days = max((end - tracked.first_seen).days, 0)
    runs = count_of(tracked.runs, "run")
    unseen = f", not looked at since {_day(tracked.last_seen)}" if tracked.unseen else ""
    age = count_of(days, "day") if days else "less than a day"
    return StandingRow(
        tracked.standing.value,
        tracked.severity,
        printable(tracked.path) or _WHOLE_DEPLOY,
        tracked.origin.value,
        f"{age}, {runs}, since {_day(tracked.first_seen)}{unseen}",
    )


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()
