"""`driftaudit verify`: a target held against the receipt of a check."""

from datetime import UTC, datetime
from pathlib import Path

import click

from driftaudit.cli import options

_EXIT_CODES = """\b
Exit codes:
  0  as the receipt says    4  incomplete evidence
  1  internal error         5  source unreachable or cut off
  2  usage, or a receipt    7  not as the receipt says
     that does not count  130  interrupted"""


@click.command("verify", epilog=_EXIT_CODES)
@options.target(required=False)
@click.option("--receipt", metavar="FILE", required=True, help="What `check --receipt FILE` wrote.")
@click.option("--after", is_flag=True, help="After the deploy: is it what was planned?")
@options.trees
@options.scanning
@options.outcome
@options.configuration
@options.collected
def command(
    target: str | None,
    receipt: str,
    after: bool,
    formats: tuple[str, ...],
    outputs: tuple[str, ...],
    quiet: bool,
    wanted: options.Options,
) -> int:
    """Scan TARGET once more, and see whether it is still the tree that a receipt was made for.

    With --after: whether it is what that check planned. Covered are the paths of the deploy, but for those
    labelled generated, runtime or secret. Give it the --desired, --map, --pack and --deploy... that the
    check was given. Without TARGET it is the one that the receipt names.
    """
    from driftaudit.cli.outcome import places_of, write_outcome
    from driftaudit.cli.progress import scan_progress
    from driftaudit.cli.receipt import receipt_key
    from driftaudit.cli.target import Workplace, begun_audit
    from driftaudit.receipts.reading import read_receipt
    from driftaudit.receipts.verifying import VerifyRequest, run_verify
    from driftaudit.render.verification import FORMATS

    places = places_of(formats, outputs, FORMATS, "verify")
    said = read_receipt(Path(receipt), receipt_key(), datetime.now(UTC))
    with (
        begun_audit(Workplace(wanted), target or said.target, wanted) as audit,
        scan_progress(audit.target) as progress,
    ):
        found = run_verify(VerifyRequest(audit, said, receipt, after), progress)
    write_outcome(places, FORMATS, found, quiet)
    return int(found.exit_code)
