"""`driftaudit compare`: two trees side by side."""

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from driftaudit.cli import options
from driftaudit.cli.main import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from driftaudit.cli.output import Destination
    from driftaudit.cli.target import Workplace
    from driftaudit.comparison import ComparisonRequest

_FORMATS = ("text", "json")
_EXIT_CODES = """\b
Exit codes:
  0  the same        3  different             5  source unreachable or cut off
  1  internal error  4  could not be told   130  interrupted
  2  usage or configuration"""


@click.command("compare", epilog=_EXIT_CODES)
@options.target("left", metavar="A")
@options.target("right", metavar="B")
@click.option(
    "--map", "maps", metavar="FROM:TO", multiple=True, help="Repository path to path in the other tree."
)
@click.option(
    "--format", "formats", type=click.Choice(_FORMATS), multiple=True, help="Repeatable; text if left out."
)
@click.option(
    "--output",
    "outputs",
    metavar="FILE",
    multiple=True,
    help="Where the nth format goes; - is standard output.",
)
@click.option("--quiet", is_flag=True, help="The outcome, no more.")
@options.scanning
@options.configuration
@options.collected
def command(
    left: str,
    right: str,
    formats: tuple[str, ...],
    outputs: tuple[str, ...],
    quiet: bool,
    wanted: options.Options,
) -> int:
    """Compare any two trees, path by path.

    A and B are names from driftaudit.yml, ssh://user@host:port/root, user@host:/root, folders, archives,
    saved snapshots, or revisions (git:REVISION where a folder has the same name). Nothing is written on
    either.

    Everything is read and compared; labels and rules are not asked. Only .git is left out. --map moves the
    side that is read from the repository; without it, the mapping of the target that is named applies.
    """
    from driftaudit.cli.output import destinations, render_options, write
    from driftaudit.cli.progress import scan_progress
    from driftaudit.cli.target import Workplace, cache_of
    from driftaudit.comparison import run_comparison
    from driftaudit.render.comparison import FORMATS

    places = destinations(formats, outputs)
    _require_known_formats(places)
    request = _request(Workplace(wanted), (left, right), wanted.maps)
    request = replace(request, cache=cache_of(wanted), rate_limit=wanted.rate_limit)
    with scan_progress(f"{left} and {right}") as progress:
        comparison = run_comparison(request, progress)
    written = [(place, FORMATS[place.format](comparison, render_options(place, quiet))) for place in places]
    for place, report in written:
        write(place, report)
    if not quiet and not any(place.is_standard_output for place in places):
        tell(f"driftaudit: {comparison.outcome.value}")
    return int(comparison.outcome.exit_code)


def _require_known_formats(places: "Sequence[Destination]") -> None:
    from driftaudit.errors import UsageError

    for place in places:
        if place.format not in _FORMATS:
            known = " and ".join(_FORMATS)
            raise UsageError(f"compare writes {known}, not {place.format}", "Say it: --format text")


def _request(workplace: "Workplace", names: tuple[str, str], maps: tuple[str, ...]) -> "ComparisonRequest":
    """Return all that a comparison needs; a mistake in it is told before a host is asked anything."""
    from driftaudit.cli.words import path_mapping
    from driftaudit.comparison import ComparisonRequest
    from driftaudit.errors import UsageError
    from driftaudit.model.mapping import PathMapping
    from driftaudit.sources.git import GitSource
    from driftaudit.sources.worktree import WorktreeSource

    targets = workplace.settings.targets if workplace.settings else {}
    named = [targets[name] for name in names if name in targets]
    configured = named[0].desired.mapping if len(named) == 1 else PathMapping()
    mapping = path_mapping(maps) if maps else configured
    left, right = (workplace.source(name, mapping) for name in names)
    is_mapped = [isinstance(source, GitSource | WorktreeSource) for source in (left, right)]
    if maps and not any(is_mapped):
        raise UsageError(
            "--map moves what is read from the repository, and neither side is", "Leave --map out."
        )
    for source in (left, right):
        if isinstance(source, GitSource):
            source.require_mapped_paths()
    notes = []
    if any(is_mapped) and not maps and configured != PathMapping():
        notes.append(
            f"{names[is_mapped.index(True)]} is laid out as the `map:` of target {named[0].name} says."
        )
    return ComparisonRequest(names, left, right, workplace.repository_if_any(), mapping, tuple(notes))
