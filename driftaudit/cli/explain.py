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
@click.argument("target")
@click.argument("path")
@options.trees
@options.scanning
@click.option(
    "--format",
    "formats",
    type=click.Choice(("text", "json")),
    multiple=True,
    help="Repeatable; text if left out.",
)
@click.option(
    "--output",
    "outputs",
    metavar="FILE",
    multiple=True,
    help="Where the nth format goes; - is standard output.",
)
@click.option("--no-pager", is_flag=True, help="Show it all at once on a terminal.")
@options.configuration
def command(
    target: str,
    path: str,
    desired: str | None,
    maps: tuple[str, ...],
    deploy: str | None,
    packs: tuple[str, ...],
    no_cache: bool,
    rehash: bool,
    rate_limit: float | None,
    formats: tuple[str, ...],
    outputs: tuple[str, ...],
    no_pager: bool,
    config: str | None,
) -> int:
    """Show all that is known of one path: origin, commits, versions, the rule that judged it, copies, diff.

    TARGET is what `check` takes, PATH a file as it lies under the target's root. The content of what has the
    label `secret` is not shown. Nothing is written on the target.
    """
    from driftaudit.cli.output import destinations, render_options, write
    from driftaudit.cli.pager import paged, pager_command
    from driftaudit.cli.progress import scan_progress
    from driftaudit.cli.target import Options, Workplace, begun_audit
    from driftaudit.cli.words import path_under_root
    from driftaudit.explanation import ExplainRequest, explain
    from driftaudit.render.explanation import FORMATS

    places = destinations(formats, outputs)
    wanted = Options(config, desired, maps, deploy, packs, no_cache, rehash, rate_limit)
    place_asked = path_under_root(path)
    with (
        begun_audit(Workplace(wanted), target, wanted) as request,
        scan_progress(request.target) as progress,
    ):
        explanation = explain(ExplainRequest(request, place_asked), progress)
    written = [(place, FORMATS[place.format](explanation, render_options(place, False))) for place in places]
    for place, report in written:
        pager = (
            pager_command() if place.is_standard_output and place.format == "text" and not no_pager else None
        )
        if not (pager and paged(pager, report)):
            write(place, report)
    if not any(place.is_standard_output for place in places):
        tell("driftaudit: explained")
    return int(explanation.exit_code)
