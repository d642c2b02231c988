"""Progress of a scan on standard error, and only on a terminal."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from driftaudit.sources.base import Advance, Progress, no_progress


@contextmanager
def scan_progress(name: str) -> Iterator[Progress]:
    """Show how far a scan is while it runs, then leave no line behind."""
    if not sys.stderr.isatty():
        yield no_progress
        return
    from rich.console import Console
    from rich.text import Text

    started = time.monotonic()
    with Console(stderr=True).status(Text(f"Reading {_shown(name)}")) as status:
        yield lambda advance: status.update(Text(progress_line(name, advance, time.monotonic() - started)))


def progress_line(name: str, advance: Advance, seconds: float) -> str:
    """Return what there is to say after some seconds: entries, bytes, rate, and the time that is left."""
    from rich.filesize import decimal

    from driftaudit.render.wording import count_of

    total = f" of about {advance.total_entries:,}" if advance.total_entries else ""
    entries = count_of(advance.entries, "entry", "entries")
    seen = f"{advance.entries:,}{total} entries" if total else entries
    rate = f", {decimal(int(advance.bytes / seconds))}/s" if seconds > 0 and advance.bytes else ""
    left = _seconds_left(advance, seconds)
    ending = "" if left is None else f", about {_time(left)} left"
    return f"Reading {_shown(name)}: {seen}, {decimal(advance.bytes)}{rate}{ending}"


def _seconds_left(advance: Advance, seconds: float) -> float | None:
    """Return what is left at the pace so far, by bytes where their sum is known; None where nothing tells."""
    for done, total in ((advance.bytes, advance.total_bytes), (advance.entries, advance.total_entries)):
        if done and total:
            return max(0.0, seconds * (total - done) / done)
    return None


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def _shown(name: str) -> str:
    from driftaudit.render.printable import printable

    return printable(name)
