"""How tests wait for what a process does by itself."""

import time
from collections.abc import Callable

PATIENCE = 60  # seconds: a machine may be busy with other things


def eventually(condition: Callable[[], bool]) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)  # the pause of this poll
