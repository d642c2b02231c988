"""The one interface of all formats: a finished audit in, one text out."""

from dataclasses import dataclass
from typing import Protocol

from driftaudit.model.audit import Audit


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """How a report is to be written; a format leaves aside what does not concern it.

    `width` is in terminal columns, None for lines as long as they come (a pipe, a file).
    `colour` allows ANSI colours. `quiet` asks for the verdict and the paths that block, no more.
    """

    width: int | None = None
    colour: bool = False
    quiet: bool = False


class Renderer(Protocol):
    """Writes one format. Reads nothing but its arguments, and gives the same text for the same audit."""

    def __call__(self, audit: Audit, options: RenderOptions) -> str:
        """Return the whole report, a newline at its end."""
        ...
