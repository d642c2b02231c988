from datetime import UTC, datetime, timedelta, timezone

import pytest

from driftaudit.render.times import age, day, minute

NIGHT = datetime(2025, 11, 3, 2, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "said"),
    [
        (NIGHT, "less than a day"),
        (NIGHT - timedelta(hours=2), "less than a day"),
        (NIGHT - timedelta(days=1), "1 day"),
        (NIGHT - timedelta(hours=23, minutes=59), "1 day"),
        (NIGHT - timedelta(days=30), "30 days"),
        (NIGHT + timedelta(days=1), "less than a day"),
    ],
)
def test_an_age_is_counted_from_day_to_day(since: datetime, said: str) -> None:
    assert age(since, NIGHT) == said


def test_times_are_told_in_utc() -> None:
    elsewhere = datetime(2025, 11, 3, 1, 0, tzinfo=timezone(timedelta(hours=5)))
    assert (day(elsewhere), minute(elsewhere)) == ("2025-11-02", "2025-11-02 20:00")
    assert age(elsewhere, NIGHT) == "1 day"
