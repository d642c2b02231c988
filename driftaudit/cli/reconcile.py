"""`driftaudit reconcile`: the live tree as a commit, for git's own tools."""

import click

from driftaudit.cli import options

_EXIT_CODES = """\b
Exit codes:
  0  written                              4  written, but not all is seen
  1  internal error                       5  source unreachable or cut off
  2  usage, configuration or repository 130  interrupted"""


@click.command("reconcile", epilog=_EXIT_CODES)
@options.target(required=False)
@click.option(
    "--parent",
    metavar="REVISION",
    help="The commit that it is seen from, instead of the one that is found deployed.",
)
@options.desired_tree
@options.scanning
@options.outcome
@options.configuration
@options.collected
def command(
    target: str | None,
    parent: str | None,
    formats: tuple[str, ...],
    outputs: tuple[str, ...],
    quiet: bool,
    wanted: options.Options,
) -> int:
    """Write what is live on TARGET as a commit, beside the commit that was deployed.

    It is refs/driftaudit/live/NAME. Nothing else in the repository changes, and nothing is written on
    TARGET. Expected files (generated, runtime, secret) stay as the deployed commit has them; secrets never
    come over. The commands that are printed look at the difference, merge it, or begin a branch with it.
    """
    from driftaudit.cli.outcome import places_of, write_outcome
    from driftaudit.cli.progress import scan_progress
    from driftaudit.cli.target import Workplace, begun_audit
    from driftaudit.keeping.reconcile import ReconcileRequest, run_reconcile
    from driftaudit.render.reconciliation import FORMATS

    places = places_of(formats, outputs, FORMATS, "reconcile")
    workplace = Workplace(wanted)
    commit = workplace.repository.commit(parent) if parent else None
    with (
        begun_audit(workplace, target, wanted) as audit,
        scan_progress(audit.target) as progress,
    ):
        found = run_reconcile(ReconcileRequest(audit, commit), progress)
    write_outcome(places, FORMATS, found, quiet)
    return int(found.exit_code)
