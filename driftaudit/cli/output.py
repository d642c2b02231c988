"""Where reports go: files that are whole or not there, and standard output."""

import contextlib
import os
import shlex
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TextIO

import click

from driftaudit.cli.main import discard, output_lost
from driftaudit.errors import UsageError
from driftaudit.render.base import RenderOptions

STANDARD_OUTPUT = "-"
_USUAL_WIDTH = 80  # columns, of a terminal that does not say
_NAMES_OF_STANDARD_OUTPUT = (STANDARD_OUTPUT, "/dev/stdout")  # opened anew, a log would lose what it has
_BY_SUFFIX = {
    ".json": "json",
    ".md": "markdown",
    ".html": "html",
    ".htm": "html",
    ".txt": "text",
    ".sarif": "sarif",
    ".xml": "junit",
}


@dataclass(frozen=True, slots=True)
class Destination:
    """A format, and the file that it goes to."""

    format: str
    file: str

    @property
    def is_standard_output(self) -> bool:
        """Whether it goes to standard output."""
        return self.file in _NAMES_OF_STANDARD_OUTPUT

    @property
    def holds_names(self) -> bool:
        """Whether the format is a list of names, which are written byte for byte."""
        return self.format.endswith("0")


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
    places = {
        STANDARD_OUTPUT if place.is_standard_output else os.path.realpath(place.file) for place in paired
    }
    if len(places) < len(paired):
        raise UsageError("two reports go to the same place", "Give each --format its own --output FILE.")
    for place in paired:
        if not place.is_standard_output:
            require_writable(Path(place.file))
    return paired


def require_writable(path: Path, what: str = "report", advice: str = "Choose another --output FILE.") -> Path:
    """Return the file that is to be written, be it there or not. Raises UsageError where it cannot be."""
    path = _target(path)
    folder = path.parent
    if not folder.is_dir():
        raise UsageError(
            f"there is no folder {folder} for the {what} {path.name}",
            f"Make it: mkdir -p {shlex.quote(str(folder))}",
        )
    if path.is_dir():
        raise UsageError(f"{path} is a folder, not a file", f"Name the file that the {what} goes to.")
    changed = path if is_special(path) else folder
    if not os.access(changed, os.W_OK):
        which = "the folder " if changed is folder else ""
        raise UsageError(f"{which}{changed} is not writable", advice)
    return path


def _target(path: Path) -> Path:
    """Return the file that a link leads to, be it there or not; a path that is no link stays as it is."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def is_special(path: Path) -> bool:
    """Whether a device, a pipe or a socket is there: it is written to, and never replaced by a file."""
    return path.exists() and not path.is_file()


def render_options(destination: Destination, quiet: bool) -> RenderOptions:
    """Return width and colour for a destination: those of the terminal, or none."""
    if not (destination.is_standard_output and sys.stdout.isatty()):
        return RenderOptions(
            colour=destination.is_standard_output and bool(os.environ.get("FORCE_COLOR")), quiet=quiet
        )
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return RenderOptions(width=terminal_width(sys.stdout), colour=colour, quiet=quiet)


def terminal_width(stream: TextIO) -> int | None:
    """Return how many columns a stream's terminal has, by $COLUMNS first; None where it is no terminal."""
    if not stream.isatty():
        return None
    named = os.environ.get("COLUMNS", "")
    if named.isdecimal() and int(named):
        return int(named)
    try:
        return os.get_terminal_size(stream.fileno()).columns or _USUAL_WIDTH
    except OSError:
        return _USUAL_WIDTH


def write(destination: Destination, report: str, unencodable: str | None = None) -> None:
    """Write a report whole: a file appears under its name only once it is complete.

    Raises UsageError where it could not be written; a reader of standard output that has seen enough, as
    `head` has, is none: the verdict stands. `unencodable` is what becomes of bytes that are no UTF-8; left
    out, they are escaped, but in a list of names.
    """
    unencodable = unencodable or ("surrogateescape" if destination.holds_names else "backslashreplace")
    if destination.is_standard_output:
        try:
            click.echo(report.encode("utf-8", unencodable), nl=False)
        except BrokenPipeError:
            discard(sys.stdout)
        except OSError as error:
            raise output_lost(error) from error
        return
    path = Path(destination.file)
    try:
        if is_special(path):
            with path.open("w", encoding="utf-8", errors=unencodable) as stream:
                stream.write(report)
        else:
            with whole_file(_target(path)) as whole:
                whole.write(report.encode("utf-8", unencodable))
    except OSError as error:
        raise _not_written(path, "report", error) from error


def _not_written(
    path: Path, what: str, error: OSError, advice: str = "Choose another --output."
) -> UsageError:
    return UsageError(f"the {what} {path} could not be written: {error.strerror}", advice)


@contextlib.contextmanager
def whole_file(
    path: Path, what: str = "report", advice: str = "Choose another --output.", mode: int = 0o666
) -> Iterator[IO[bytes]]:
    """Give a stream whose content appears under `path` only once it is complete.

    Raises UsageError where it cannot be written; what was there before is there still.
    """
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as stream:
            yield stream
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(mode & ~umask)
        Path(temporary).replace(path)
    except BaseException as error:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        if isinstance(error, OSError):
            raise _not_written(path, what, error, advice) from error
        raise
