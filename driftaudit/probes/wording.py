"""Words that several kinds of probe use: how long, and whether a pattern is in them."""

from datetime import UTC, datetime

_SHOWN = 60  # characters of a pattern

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def has_match(pattern: str, data: bytes) -> bool:
    """Whether a pattern of RE2's is found; `^` and `$` are the ends of a line."""
    import re2

    return re2.search(f"(?m){pattern}", data.decode("utf-8", "replace")) is not None


def shortened(pattern: str) -> str:
    """Return a pattern as it may stand in a sentence."""
    return repr(pattern if len(pattern) <= _SHOWN else pattern[:_SHOWN] + "...")


def moment_of(seconds: float) -> datetime | None:
    """Return so many seconds after the epoch as a moment, None where no calendar has it."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (OverflowError, OSError, ValueError):
        return None


def lasting(seconds: float) -> str:
    """Return a span of time in its largest unit, such as `3 days`."""
    size, unit = next((each for each in _UNITS if seconds >= each[0]), _UNITS[-1])
    count = int(seconds // size)
    return f"{count} {unit if count == 1 else unit + 's'}"
