"""The outcome of a command with formats of its own: checked before anything is read, and written whole."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from driftaudit.cli.output import Destination, destinations, render_options, write
from driftaudit.errors import UsageError
from driftaudit.render.base import RenderOptions

T = TypeVar("T")
Renderers = Mapping[str, Callable[[T, RenderOptions], str]]


def places_of(
    formats: Sequence[str], outputs: Sequence[str], renderers: Renderers[T], command: str
) -> list[Destination]:
    """Return where an outcome goes.

    Raises UsageError as `destinations`, and for a format that the command has not: the ending of a file can
    name one.
    """
    places = destinations(formats, outputs)
    for place in places:
        if place.format not in renderers:
            known = " and ".join(renderers)
            raise UsageError(f"{command} writes {known}, not {place.format}", "Say it: --format text")
    return places


def write_outcome(places: Sequence[Destination], renderers: Renderers[T], outcome: T, quiet: bool) -> None:
    """Write an outcome to all its places. Raises UsageError as `write`."""
    written = [(place, renderers[place.format](outcome, render_options(place, quiet))) for place in places]
    for place, report in written:
        write(place, report)
