"""`driftaudit check`: the gate before a deploy."""

import click

from driftaudit.cli import options
from driftaudit.cli.main import EXIT_CODES, tell


@click.command("check", epilog=EXIT_CODES)
@options.target(required=False)
@options.trees
@options.scanning
@options.probes
@options.reports
@options.receipt
@options.imports
@options.configuration
@options.collected
def command(
    target: str | None,
    formats: tuple[str, ...],
    outputs: tuple[str, ...],
    quiet: bool,
    receipt: str | None,
    receipt_expires: float,
    no_structure: bool,
    wanted: options.Options,
) -> int:
    """Say what a deploy would destroy, and refuse it where that exists nowhere else.

    TARGET is a name from driftaudit.yml, ssh://user@host:port/root, user@host:/root, a folder, an archive,
    or a saved snapshot. Nothing is written on it. Without --deploy, and without `deploy:` in the
    configuration, the worst is assumed: everything that is not desired is deleted.
    """
    from dataclasses import replace

    from driftaudit.audit import examine
    from driftaudit.cli.output import destinations, render_options, write
    from driftaudit.cli.progress import scan_progress
    from driftaudit.cli.receipt import ReceiptFile
    from driftaudit.cli.target import Workplace, begun_audit
    from driftaudit.render.printable import printable
    from driftaudit.render.registry import FORMATS

    places = destinations(formats, outputs)
    receipts = ReceiptFile(receipt, receipt_expires) if receipt else None
    with (
        begun_audit(Workplace(wanted), target, wanted) as request,
        scan_progress(request.target) as progress,
    ):
        if receipts:
            receipts.require_live(request)
        examination = examine(replace(request, structure=not no_structure), progress)
        audit = examination.audit
        if any(place.format == "html" for place in places):  # others pay nothing for what a page shows
            from driftaudit.evidence.composer import with_evidence

            audit = with_evidence(request, examination, progress)
    if receipts:
        receipts.write(request, examination)
    written = [(place, FORMATS[place.format](audit, render_options(place, quiet))) for place in places]
    for place, report in written:
        write(place, report)
    if not quiet and not any(place.is_standard_output for place in places):
        tell(f"driftaudit: {audit.decision.verdict.value}: {printable(audit.decision.reason)}")
    return int(audit.decision.verdict.exit_code)
