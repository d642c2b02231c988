"""Words that several kinds of probe use."""

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def lasting(seconds: float) -> str:
    """Return a span of time in its largest unit, such as `3 days`."""
    size, unit = next((each for each in _UNITS if seconds >= each[0]), _UNITS[-1])
    count = int(seconds // size)
    return f"{count} {unit if count == 1 else unit + 's'}"
