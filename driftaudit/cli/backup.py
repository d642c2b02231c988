"""`driftaudit backup`: what backups cover of a deployed tree."""

import click

from driftaudit.cli import options

_EXIT_CODES = """\b
Exit codes:
  0  all is covered                   3  some in none, or in another version
  1  internal error                   4  it cannot be told
  2  usage or configuration           5  source unreachable or cut off
                                    130  interrupted"""


@click.command("backup", epilog=_EXIT_CODES)
@options.target()
@click.argument("archives", metavar="[ARCHIVE]...", nargs=-1)
@options.packs
@options.scanning
@options.outcome
@options.configuration
@options.collected
def command(
    target: str,
    archives: tuple[str, ...],
    formats: tuple[str, ...],
    outputs: tuple[str, ...],
    quiet: bool,
    wanted: options.Options,
) -> int:
    """Say which deployed files backups have as they are, in another version, or not at all.

    Read are the `backups:` of TARGET, and each ARCHIVE: a path or pattern of this machine, host:PATH for one
    on the target's host, user@host:PATH, or a saved snapshot. Each is read to its end and hashed; what is
    damaged, cut off, empty or of another tree is named. Nothing is written anywhere.
    """
    from driftaudit.backup_report import BackupRequest, run_backup
    from driftaudit.cli.backups import places_of_backups
    from driftaudit.cli.outcome import places_of, write_outcome
    from driftaudit.cli.progress import scan_progress
    from driftaudit.cli.target import Workplace, cache_of, deployed_source, policy_of
    from driftaudit.render.backup import FORMATS

    places = places_of(formats, outputs, FORMATS, "backup")
    workplace = Workplace(wanted)
    settings = workplace.target(target)
    repository = workplace.repository_if_any()
    request = BackupRequest(
        target=settings.name,
        deployed=deployed_source(workplace, settings),
        labels=policy_of(workplace, settings, wanted).labels,
        places=places_of_backups(workplace, settings, archives),
        object_format=repository.object_format if repository else "sha1",
        cache=cache_of(wanted),
        rate_limit=wanted.rate_limit,
    )
    with scan_progress(settings.name) as progress:
        report = run_backup(request, progress)
    write_outcome(places, FORMATS, report, quiet)
    return int(report.exit_code)
