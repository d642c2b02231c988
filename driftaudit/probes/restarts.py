"""When is a process one that ends and is started again, over and over? Pure."""

from driftaudit.probes.base import Managed

_YOUNG = 15.0  # seconds: a process that lived longer may have ended once
_SHORT_LIFE = 30.0  # seconds on the average of all lives since the first start
_FEW = 3  # restarts that an evening of deploys brings


def looks_young(process: Managed) -> bool:
    """Whether a second look is worth while: it was started again a moment ago."""
    return process.restarts > 0 and process.uptime is not None and process.uptime < _YOUNG


def is_looping(process: Managed) -> bool:
    """Whether it lives as shortly now as on the average of many lives."""
    if process.created_at is None or process.asked_at is None or process.restarts < _FEW:
        return False
    lives = process.restarts + 1
    average = (process.asked_at - process.created_at).total_seconds() / lives
    return average < _SHORT_LIFE and looks_young(process)
