"""When a backup was made: by what its name says, or else by its time."""

import re
from datetime import UTC, datetime, timedelta

from driftaudit.model.backup import Dated, DatedBy

_MOMENT = re.compile(
    r"(?<!\d)(?P<year>20\d\d)(?P<dash>[-_.]?)(?P<month>\d\d)(?P=dash)(?P<day>\d\d)"
    r"(?:[-_.T ]?(?P<hour>\d\d)[-_.:h]?(?P<minute>\d\d)(?:[-_.:m]?(?P<second>\d\d))?)?(?!\d)"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NANOSECONDS = 1_000_000_000  # in a second


def dated(name: str, modified_ns: int, now: datetime) -> Dated:
    """Return when a backup of that file name was made.

    A name has no time zone: UTC is taken for it. One that says a moment to come is not believed.
    """
    named = moment_in(name)
    if named and named <= now + timedelta(days=1):
        return Dated(named, DatedBy.NAME)
    try:
        moment = _EPOCH + timedelta(seconds=modified_ns // _NANOSECONDS)
    except OverflowError:  # a file system can claim any year
        return Dated(_EPOCH, DatedBy.FILE_TIME)
    return Dated(moment, DatedBy.FILE_TIME)


def moment_in(name: str) -> datetime | None:
    """Return the last moment that a name says, to the day or to the second; None where it says none."""
    found = None
    for match in _MOMENT.finditer(name):
        parts = match.groupdict()
        numbers = [int(parts[part] or 0) for part in ("year", "month", "day", "hour", "minute", "second")]
        try:
            found = datetime(*numbers, tzinfo=UTC)  # type: ignore[misc,arg-type] # six whole numbers
        except ValueError:  # digits that are no date
            continue
    return found
