"""No more bytes a second than were asked for."""

import time

SHORTEST = 0.02  # seconds; shorter pauses are not worth waking up for


class Pace:
    """Pauses so that what was read stays below a rate, in bytes a second; 0 is no limit."""

    def __init__(self, rate):
        self.rate = rate
        self.due = time.monotonic()

    def spent(self, size):
        if not self.rate:
            return
        now = time.monotonic()
        self.due = max(self.due, now - 1.0) + size / self.rate
        if self.due - now > SHORTEST:
            time.sleep(self.due - now)
