"""Shows a text page by page, where it goes to a terminal."""

import os
import signal
import subprocess
import sys

from driftaudit.cli.output import Destination, write


def pager_command() -> str | None:
    """Return what pages on this terminal: $PAGER, else less; None where nothing should."""
    if not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        return None
    command = os.environ.get("PAGER", "less -R").strip()
    return None if command in ("", "cat") else command


def paged(command: str, text: str) -> bool:
    """Show the text by a command of the shell; false where it could not be run."""
    environment = {"LESS": "FRX", **os.environ}  # as git has it: what fits on one page is not paged
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the pager's
    try:
        process = subprocess.run(  # noqa: S603 - $PAGER is the user's own command
            ["/bin/sh", "-c", command],
            input=text.encode("utf-8", "backslashreplace"),
            env=environment,
            check=False,
        )
    except OSError:
        return False
    finally:
        signal.signal(signal.SIGINT, before)
    return process.returncode not in (126, 127)  # not there, or no program


def write_paged(
    place: Destination, report: str, unencodable: str = "backslashreplace", *, pages: bool = True
) -> None:
    """Write a report, page by page where it is text for a terminal. Raises UsageError as `write`."""
    is_for_eyes = place.is_standard_output and place.format == "text"
    pager = pager_command() if pages and is_for_eyes else None
    if not (pager and paged(pager, report)):
        write(place, report, unencodable)
