"""`driftaudit rescue`: every only copy off the host, into the repository's object store."""

import click

from driftaudit.cli import options

_EXIT_CODES = """\b
Exit codes:
  0  all is kept                            4  not all could be kept
  1  internal error                         5  source unreachable or cut off
  2  usage, configuration or repository   130  interrupted"""


@click.command("rescue", epilog=_EXIT_CODES)
@options.target(required=False)
@click.option("--include-secrets", is_flag=True, help="Let secrets go into git like all other files.")
@options.secrets_folder
@options.desired_tree
@options.scanning
@options.outcome
@options.configuration
@options.collected
def command(
    target: str | None,
    include_secrets: bool,
    secrets_folder: str | None,
    formats: tuple[str, ...],
    outputs: tuple[str, ...],
    quiet: bool,
    wanted: options.Options,
) -> int:
    """Keep what exists nowhere else: in no commit, and nowhere but on TARGET.

    It is fetched, verified, and held by one commit at refs/driftaudit/rescue/NAME/TIME. Nothing else in the
    repository changes, and nothing is written on TARGET. Files with the label `secret` go to a folder of
    yours instead. Run again, it keeps what is new.
    """
    from driftaudit.cli.outcome import places_of, write_outcome
    from driftaudit.cli.progress import scan_progress
    from driftaudit.cli.target import Workplace, begun_audit
    from driftaudit.keeping.rescue import RescueRequest, run_rescue
    from driftaudit.render.rescue import FORMATS

    places = places_of(formats, outputs, FORMATS, "rescue")
    workplace = Workplace(wanted)
    with (
        begun_audit(workplace, target, wanted) as audit,
        scan_progress(audit.target) as progress,
    ):
        request = RescueRequest(audit, options.folder_for_secrets(secrets_folder), include_secrets)
        rescue = run_rescue(request, progress)
    write_outcome(places, FORMATS, rescue, quiet)
    return int(rescue.exit_code)
