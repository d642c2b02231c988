"""The peak memory of the programs that run on the host's side, sampled from /proc."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_EVERY = 0.02  # seconds between two looks
_PROC = Path("/proc")


class Peak:
    """The highest peak of one process that was seen, in bytes; None where none was."""

    def __init__(self) -> None:
        self.bytes: int | None = None

    def saw(self, size: int) -> None:
        self.bytes = max(size, self.bytes or 0)


@contextmanager
def sampled_peak(parent: int, name: str) -> Iterator[Peak]:
    """Look every few milliseconds at the descendants of a process whose name begins with `name`.

    The kernel keeps each process's peak, so only what it grows by after the last look is missed.
    """
    peak, ended = Peak(), threading.Event()

    def watch() -> None:
        while not ended.wait(_EVERY):
            for pid in descendants(parent):
                size = _peak_of(pid, name)
                if size is not None:
                    peak.saw(size)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        ended.set()
        thread.join()


def descendants(parent: int) -> Iterator[int]:
    """Name the children of a process, and theirs. Nothing on systems without /proc."""
    with suppress(OSError):
        for pid in (_PROC / f"{parent}/task/{parent}/children").read_text().split():
            yield int(pid)
            yield from descendants(int(pid))


def _peak_of(pid: int, name: str) -> int | None:
    try:
        status = (_PROC / f"{pid}/status").read_text()
    except OSError:  # it has ended
        return None
    return status_peak(status, name)


def status_peak(status: str, name: str) -> int | None:
    """Return VmHWM in bytes of a /proc/PID/status, if it is that of a program of this name."""
    found = re.search(rf"^Name:\s+{re.escape(name)}.*?^VmHWM:\s+(\d+) kB$", status, re.DOTALL | re.MULTILINE)
    return int(found[1]) * 1024 if found else None
