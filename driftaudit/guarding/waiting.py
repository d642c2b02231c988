"""Asks the application after its deploy, until it is well or the wait is over."""

import time
from collections.abc import Callable

from driftaudit.model.probe import Health, Wellness
from driftaudit.probes.asking import Look, Prober, ProbeRequest

_SETTLED = 5.0  # seconds that a process has lived through: before, it may still be on its way to end
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 2.0  # seconds between two looks


def well_within(request: ProbeRequest, seconds: float, begun: Callable[[], None]) -> Health:
    """Return how the application is once it is well, or after so many seconds.

    `begun` is called where it is not well at once. What cannot be told twice, for the same reason, is not
    waited for.
    """
    prober, until, pause = Prober(request), time.monotonic() + seconds, _FIRST_PAUSE
    try:
        look, before = prober.look(), None
        while time.monotonic() + pause < until and not _is_over(look, before):
            if before is None:
                begun()
            if any(not probe.is_known for probe in look.health.probes):
                prober.forget()  # the connection may be what was lost
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            before, look = look, prober.look()
        return look.health
    finally:
        prober.forget()


def _is_over(look: Look, before: Look | None) -> bool:
    """Whether another look would tell no more."""
    if any(uptime < _SETTLED for uptime in look.uptimes) or look.health.wellness is Wellness.ILL:
        return False
    is_same = before is not None and before.health.findings == look.health.findings
    return look.health.wellness is Wellness.WELL or is_same
