"""Where reports go: files that are whole or not there, and standard output."""

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from driftaudit.errors import UsageError
from driftaudit.render.base import RenderOptions

STANDARD_OUTPUT = "-"
_BY_SUFFIX = {".json": "json", ".md": "markdown", ".html": "html", ".htm": "html", ".txt": "text"}


@dataclass(frozen=True, slots=True)
class Destination:
    """A format, and the file that it goes to."""

    format: str
    file: str

    @property
    def is_standard_output(self) -> bool:
        """Whether it goes to standard output."""
        return self.file == STANDARD_OUTPUT


def destinations(formats: Sequence[str], outputs: Sequence[str]) -> list[Destination]:
    """Pair formats with outputs, the nth with the nth; what has no output goes to standard output.

    A file without a format gets the one that its ending names. Raises UsageError where two go to one
    place, or a folder is not there: before anything is scanned.
    """
    paired = []
    for index in range(max(len(formats), len(outputs), 1)):
        file = outputs[index] if index < len(outputs) else STANDARD_OUTPUT
        name = formats[index] if index < len(formats) else _BY_SUFFIX.get(Path(file).suffix, "text")
        paired.append(Destination(name, file))
    files = [destination.file for destination in paired]
    if len(set(files)) < len(files):
        raise UsageError("two reports go to the same place", "Give each --format its own --output FILE.")
    for file in files:
        if file != STANDARD_OUTPUT:
            _require_writable(Path(file))
    return paired


def _require_writable(path: Path) -> None:
    folder = path.parent
    if not folder.is_dir():
        raise UsageError(
            f"there is no folder {folder} for the report {path.name}", f"Make it: mkdir -p {folder}"
        )
    if path.is_dir():
        raise UsageError(f"{path} is a folder, not a file", "Name the file that the report goes to.")
    if not os.access(folder, os.W_OK):
        raise UsageError(f"the folder {folder} is not writable", "Choose another --output FILE.")


def render_options(destination: Destination, quiet: bool) -> RenderOptions:
    """Return width and colour for a destination: those of the terminal, or none."""
    if not (destination.is_standard_output and sys.stdout.isatty()):
        return RenderOptions(
            colour=destination.is_standard_output and bool(os.environ.get("FORCE_COLOR")), quiet=quiet
        )
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return RenderOptions(width=shutil.get_terminal_size().columns, colour=colour, quiet=quiet)


def write(destination: Destination, report: str) -> None:
    """Write a report whole: a file appears under its name only once it is complete."""
    if destination.is_standard_output:
        try:
            click.echo(report.encode("utf-8", "backslashreplace"), nl=False)
        except BrokenPipeError:
            # The reader has seen enough, as `head` does: the verdict stands. Python would complain at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    path = Path(destination.file)
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as stream:
                stream.write(report)
            umask = os.umask(0)
            os.umask(umask)
            Path(temporary).chmod(0o666 & ~umask)
            Path(temporary).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
            raise
    except OSError as error:
        raise UsageError(
            f"the report {path} could not be written: {error.strerror}", "Choose another --output."
        ) from error
