"""`driftaudit report`: the nightly run of a target, or of all; and a stored run drawn again."""

from typing import TYPE_CHECKING

import click

from driftaudit.cli import options
from driftaudit.cli.main import EXIT_CODES
from driftaudit.errors import UsageError

if TYPE_CHECKING:
    from driftaudit.cli.night import Night

FAIL_ON = ("verdict", "new", "block", "warn", "any", "never")
_LAST_RUN = 2**31 - 1  # as much as a database counts to


@click.command("report", epilog=EXIT_CODES)
@click.argument("target", required=False)
@click.option("--all", "every", is_flag=True, help="Every configured target, side by side.")
@click.option("--jobs", metavar="N", type=click.IntRange(min=1), default=4, help="So many at a time; 4.")
@click.option("--run", metavar="N", type=click.IntRange(1, _LAST_RUN), help="Draw a stored run again.")
@click.option("--since", metavar="N|DATE", help="Compare with that run, or the last one at that time.")
@click.option("--fail-on", type=click.Choice(FAIL_ON), default="verdict", help="The verdict if left out.")
@click.option("--output-dir", metavar="FOLDER", help="The pages; reports/ beside the configuration.")
@options.history
@options.trees
@options.scanning
@options.probes
@options.reports
@options.configuration
@options.collected
def command(
    target: str | None,
    every: bool,
    jobs: int,
    run: int | None,
    since: str | None,
    fail_on: str,
    output_dir: str | None,
    history: str | None,
    formats: tuple[str, ...],
    outputs: tuple[str, ...],
    quiet: bool,
    wanted: options.Options,
) -> int:
    """Audit TARGET, store that, compare it with the run before, write its pages, and tell of a change.

    The pages are HTML and Markdown, with an index of all targets. Standard output has a short summary: what
    is new, persists or is resolved, and the verdict. With --all no target stops another, and the worst code
    counts. With --run nothing is audited: the report is as it was.
    """
    from driftaudit.cli.night import Night

    night = Night(wanted, history, output_dir, since, fail_on, quiet)
    if every:
        return _all(night, jobs, bool(target or run or since or formats or outputs))
    if run is not None:
        return night.draw_again(target, run, formats, outputs)
    return night.audit(target, formats, outputs)


def _all(night: "Night", jobs: int, is_of_one: bool) -> int:
    from driftaudit.cli.every_target import report_all

    if is_of_one or night.wanted.says_of_one_target:
        raise UsageError(
            "--all takes every target as it is configured", "Say the rest of one: driftaudit report TARGET"
        )
    return report_all(night, jobs)
