"""How tests wait for what a process does by itself."""

import time
from collections.abc import Callable


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)  # the pause of this poll
