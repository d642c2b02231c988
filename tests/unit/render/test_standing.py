from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from driftaudit.model.audit import Audit
from driftaudit.model.finding import Action, Origin, Severity
from driftaudit.model.tracking import RunFigures, Standing, Tracked, Tracking
from driftaudit.render.standing import standing_words

NOW = datetime(2025, 11, 3, 18, 39, tzinfo=UTC)
SINCE = RunFigures(11, NOW - timedelta(days=1), "pass", dict.fromkeys(Severity, 0), 0, 0, None, 0)


def tracked(path: str, standing: Standing, age: timedelta, severity: Severity = Severity.WARN) -> Tracked:
    last = NOW - timedelta(days=1) if standing is Standing.RESOLVED else NOW
    first = last - age
    return Tracked(path, standing, first, last, 3, Origin.UNKNOWN, Action.KEEP, severity, "core/unknown")


def test_new_ones_come_first_the_worst_of_them_before_the_rest(audit_of: Callable[..., Audit]) -> None:
    found = (
        tracked("a", Standing.PERSISTING, timedelta(days=9)),
        tracked("b", Standing.PERSISTING, timedelta(days=30)),
        tracked("c", Standing.RESOLVED, timedelta(days=2)),
        tracked("d", Standing.NEW, timedelta(0)),
        tracked("e", Standing.NEW, timedelta(0), Severity.BLOCK),
        tracked("", Standing.WAIVED, timedelta(days=1)),
    )
    words = standing_words(audit_of(tracking=Tracking(12, SINCE, found, (SINCE,))))
    assert words is not None
    assert words.title == "Run 12, compared with run 11 of 2025-11-02"
    assert words.counts == (("new", 2), ("persisting", 2), ("resolved", 1), ("waived", 1))
    assert [row.path for row in words.rows] == ["e", "d", "c", "b", "a", "(the deploy as a whole)"]
    assert [row.age for row in words.rows[:4]] == [
        "less than a day, 3 runs, since 2025-11-03",
        "less than a day, 3 runs, since 2025-11-03",
        "2 days, 3 runs, since 2025-10-31",
        "30 days, 3 runs, since 2025-10-04",
    ]


@pytest.mark.parametrize("tracking", [None, Tracking(1, None, (), ())])
def test_without_an_earlier_run(tracking: Tracking | None, audit_of: Callable[..., Audit]) -> None:
    words = standing_words(audit_of(tracking=tracking))
    assert (words and words.title) == (tracking and "Run 1, the first that is stored")
