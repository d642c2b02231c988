"""The limit for a whole scan or fetch, however it is made and however the host keeps it going."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from driftaudit.errors import SourceError
from driftaudit.sources.transport import Transport


@contextmanager
def ended_after(
    seconds: float | None, transport: Transport, host: str, what: str = "the scan"
) -> Iterator[None]:
    """Close the transport if the block takes longer, whose error then says so. None sets no limit."""
    if seconds is None:
        yield
        return
    is_late = threading.Event()

    def end() -> None:
        is_late.set()
        transport.close()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except SourceError as error:
        if not is_late.is_set():
            raise
        raise SourceError(
            f"{host}: {what} took longer than {seconds:g} seconds",
            "Raise `timeouts: scan:` of the target, or label what need not be read.",
        ) from error
    finally:
        timer.cancel()
