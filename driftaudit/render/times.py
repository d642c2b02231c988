"""Times and ages in words: all of them in UTC, and an age as the days on which something was there say it."""

from datetime import UTC, datetime

from driftaudit.render.wording import count_of


def minute(moment: datetime) -> str:
    """Return a time to the minute, such as `2025-11-03 18:39`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


def day(moment: datetime) -> str:
    """Return the day of a time, such as `2025-11-03`."""
    return moment.astimezone(UTC).date().isoformat()


def age(since: datetime, now: datetime) -> str:
    """Return for how long something has been there, counted from day to day.

    Hours would not do: a nightly run that starts a few seconds earlier than the last one is a day later.
    """
    days = (now.astimezone(UTC).date() - since.astimezone(UTC).date()).days
    return count_of(days, "day") if days > 0 else "less than a day"
