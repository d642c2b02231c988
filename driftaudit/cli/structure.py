"""`driftaudit structure`: what a program imports and does not find, now and after the deploy."""

import click

from driftaudit.cli import options

_EXIT_CODES = """\b
Exit codes:
  0  all resolves    3  something does not    5  source unreachable or cut off
  1  internal error  4  it cannot be told   130  interrupted
  2  usage or configuration"""


@click.command("structure", epilog=_EXIT_CODES)
@click.argument("target")
@options.trees
@options.scanning
@options.outcome
@options.configuration
@options.collected
def command(
    target: str,
    formats: tuple[str, ...],
    outputs: tuple[str, ...],
    quiet: bool,
    wanted: options.Options,
) -> int:
    """Say which modules the sources of TARGET import that are not there: now, and after the deploy.

    Read are JavaScript, TypeScript and Python, `main`, `bin` and `exports` of package.json, and the scripts
    of PM2. An import that would break is one that the deploy leaves without its file. What is known only when
    the program runs is counted as untold, never as fine. Last come the folders of both trees, side by side.

    Sources come from the repository where it has them, and are fetched from the target where it has not.
    Nothing is written there, and nothing is run.
    """
    from dataclasses import replace

    from driftaudit.audit import examine
    from driftaudit.cli.outcome import places_of, write_outcome
    from driftaudit.cli.progress import scan_progress
    from driftaudit.cli.target import Workplace, begun_audit
    from driftaudit.model.structure import Structure
    from driftaudit.render.structure import FORMATS

    places = places_of(formats, outputs, FORMATS, "structure")
    with (
        begun_audit(Workplace(wanted), target, wanted) as request,
        scan_progress(request.target) as progress,
    ):
        examination = examine(replace(request, structure=True, folders=True), progress)
    found = examination.structure.structure if examination.structure else Structure(request.target)
    write_outcome(places, FORMATS, found, quiet)
    return int(found.exit_code)
