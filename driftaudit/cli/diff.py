"""`driftaudit diff`: what a deploy would do to contents."""

from typing import TYPE_CHECKING

import click

from driftaudit.cli import options
from driftaudit.cli.main import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from driftaudit.cli.output import Destination

_FORMATS = ("text", "json", "markdown")
_EXIT_CODES = """\b
Exit codes:
  0  nothing differs  3  something differs    5  source unreachable or cut off
  1  internal error   4  not all can be read 130  interrupted
  2  usage or configuration"""


@click.command("diff", epilog=_EXIT_CODES)
@options.target()
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@options.trees
@options.scanning
@options.written_as(*_FORMATS)
@click.option("--stat", is_flag=True, help="How many lines differ in each file, instead of the lines.")
@click.option("--no-pager", is_flag=True, help="Show it all at once on a terminal.")
@options.configuration
@options.collected
def command(
    target: str,
    paths: tuple[str, ...],
    formats: tuple[str, ...],
    outputs: tuple[str, ...],
    stat: bool,
    no_pager: bool,
    wanted: options.Options,
) -> int:
    """Show in what contents differ from what is live (-) to what is desired (+): what the deploy would do.

    TARGET is what `check` takes. A PATH is a file or a folder as it lies under the target's root; without
    one all that differs is shown, but for what is runtime or generated and only live.

    The text is a patch, from `live/` to `desired/`. JSON, YAML, TOML, INI and .env are compared by key as
    well. The content of what has the label `secret` is not shown, and neither are values of keys that are
    named like secrets, passwords in URLs, and private keys.

    Only contents that the repository has not are fetched from the target. Nothing is written there.
    """
    from driftaudit.cli.output import destinations, render_options
    from driftaudit.cli.pager import write_paged
    from driftaudit.cli.progress import scan_progress
    from driftaudit.cli.target import Workplace, begun_audit
    from driftaudit.cli.words import path_under_root
    from driftaudit.content_diff.composer import DiffRequest, run_diff

    places = destinations(formats, outputs)
    _require_known_formats(places, stat=stat)
    named = tuple(path_under_root(path) for path in paths)
    with (
        begun_audit(Workplace(wanted), target, wanted) as request,
        scan_progress(request.target) as progress,
    ):
        diff = run_diff(DiffRequest(request, named), progress)
    from driftaudit.render.diff import FORMATS
    from driftaudit.render.wording import count_of

    written = [
        (place, FORMATS["stat" if stat else place.format](diff, render_options(place, quiet=False)))
        for place in places
    ]
    for place, report in written:
        exact = "surrogateescape" if place.format == "text" else "backslashreplace"
        write_paged(place, report, exact, pages=not no_pager)
    if not any(place.is_standard_output for place in places):
        tell(f"driftaudit: {count_of(len(diff.differences), 'difference')}")
    return int(diff.exit_code)


def _require_known_formats(places: "Sequence[Destination]", *, stat: bool) -> None:
    from driftaudit.errors import UsageError

    for place in places:
        if place.format not in _FORMATS:
            raise UsageError(
                f"diff writes {', '.join(_FORMATS)}, not {place.format}", "Say it: --format text"
            )
        if stat and place.format != "text":
            raise UsageError(f"--stat is text, not {place.format}", "Leave --format out.")
