"""Progress of a scan on standard error, and only on a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from driftaudit.sources.base import Progress, no_progress


@contextmanager
def scan_progress(name: str) -> Iterator[Progress]:
    """Show files and bytes while a scan runs, then leave no line behind."""
    if not sys.stderr.isatty():
        yield no_progress
        return
    from rich.console import Console
    from rich.filesize import decimal
    from rich.text import Text

    from driftaudit.render.printable import printable
    from driftaudit.render.wording import count_of

    reading = f"Reading {printable(name)}"
    console = Console(stderr=True)
    with console.status(Text(reading)) as status:

        def show(files: int, size: int) -> None:
            status.update(Text(f"{reading}: {count_of(files, 'file')}, {decimal(size)}"))

        yield show
