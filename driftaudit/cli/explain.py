"""`driftaudit explain`: everything that is known of one path."""

import click

from driftaudit.cli import options
from driftaudit.cli.main import tell

_EXIT_CODES = """\b
Exit codes:
  0  explained         4  not all of it could be seen
  1  internal error    5  source unreachable or cut off
  2  usage             130  interrupted"""


@click.command("explain", epilog=_EXIT_CODES)
@options.target()
@click.argument("path")
@options.trees
@options.scanning
@options.written_as("text", "json")
@click.option("--no-pager", is_flag=True, help="Show it all at once on a terminal.")
@options.configuration
@options.collected
def command(
    target: str,
    path: str,
    formats: tuple[str, ...],
    outputs: tuple[str, ...],
    no_pager: bool,
    wanted: options.Options,
) -> int:
    """Show all that is known of one path: origin, commits, versions, the rule that judged it, copies, diff.

    TARGET is what `check` takes, PATH a file as it lies under the target's root. The content of what has the
    label `secret` is not shown. Nothing is written on the target.
    """
    from driftaudit.cli.output import destinations, render_options
    from driftaudit.cli.pager import write_paged
    from driftaudit.cli.progress import scan_progress
    from driftaudit.cli.target import Workplace, begun_audit
    from driftaudit.cli.words import path_under_root
    from driftaudit.explanation import ExplainRequest, explain
    from driftaudit.render.explanation import FORMATS

    places = destinations(formats, outputs)
    place_asked = path_under_root(path)
    with (
        begun_audit(Workplace(wanted), target, wanted) as request,
        scan_progress(request.target) as progress,
    ):
        explanation = explain(ExplainRequest(request, place_asked), progress)
    written = [(place, FORMATS[place.format](explanation, render_options(place, False))) for place in places]
    for place, report in written:
        write_paged(place, report, pages=not no_pager)
    if not any(place.is_standard_output for place in places):
        tell("driftaudit: explained")
    return int(explanation.exit_code)
