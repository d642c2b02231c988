"""`driftaudit recover`: after a loss, what is gone, what has it, and one archive that brings it back."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from driftaudit.cli import options
from driftaudit.cli.main import tell
from driftaudit.errors import DriftauditError, UsageError

if TYPE_CHECKING:
    from driftaudit.cli.target import Workplace
    from driftaudit.model.recovery import Recovery
    from driftaudit.recovery.composer import Examined, KeptTree
    from driftaudit.recovery.stored import StoredTree
    from driftaudit.sources.base import Progress, Source

_EXIT_CODES = """\b
Exit codes:
  0  all is whole                     3  something is lost, or not as it was
  1  internal error                   4  it cannot be told
  2  usage or configuration           5  source unreachable or cut off
                                    130  interrupted"""


@click.command("recover", epilog=_EXIT_CODES)
@options.target()
@click.argument("backups", metavar="[BACKUP]...", nargs=-1)
@click.option("-o", "--archive", metavar="FILE.tar.gz", help="Write what is missing to this archive.")
@click.option("--snapshot", metavar="FILE", help="What the tree was, by `driftaudit snapshot`.")
@click.option("--run", metavar="N", type=click.IntRange(min=1), help="What the tree was, by that stored run.")
@options.history
@click.option("--older", is_flag=True, help="Also put back what is there in another version than it was.")
@click.option("--fill-older", is_flag=True, help="Fill what nothing has as it was with an older version.")
@click.option("--include-secrets", is_flag=True, help="Let secrets go into the archive.")
@options.scanning
@options.outcome
@options.configuration
@options.collected
def command(
    target: str,
    backups: tuple[str, ...],
    archive: str | None,
    snapshot: str | None,
    run: int | None,
    history: str | None,
    older: bool,
    fill_older: bool,
    include_secrets: bool,
    formats: tuple[str, ...],
    outputs: tuple[str, ...],
    quiet: bool,
    wanted: options.Options,
) -> int:
    """Say what is lost on TARGET and what is older than it was, and write an archive of what is missing.

    What was there is said by a snapshot: the one that is named by --snapshot or --run, or else the newest
    that is saved among the backups, or was stored by `driftaudit report`. Contents come from git (every
    ref), from the `backups:` of TARGET, and from each BACKUP, which is named as for `driftaudit backup`.
    Nothing is written on TARGET: the command that unpacks the archive is printed. Run it again afterwards,
    and it says what is still open.
    """
    from driftaudit.backups.choosing import Wishes
    from driftaudit.cli.backups import places_of_backups
    from driftaudit.cli.outcome import places_of, write_outcome
    from driftaudit.cli.progress import scan_progress
    from driftaudit.cli.target import Workplace, cache_of, deployed_source, history_base, policy_of
    from driftaudit.recovery.composer import RecoveryRequest, examined_loss
    from driftaudit.render.recovery import FORMATS
    from driftaudit.sources.snapshot import SnapshotSource

    if snapshot and run:
        raise UsageError("--snapshot and --run both say what the tree was", "Say one of them.")
    places = places_of(formats, outputs, FORMATS, "recover")
    workplace = Workplace(wanted)
    settings = workplace.target(target)
    deployed = deployed_source(workplace, settings)
    file = _archive_file(archive, deployed) if archive else None
    request = RecoveryRequest(
        target=settings.name,
        deployed=deployed,
        labels=policy_of(workplace, settings, wanted).labels,
        places=places_of_backups(workplace, settings, backups, may_be_none=True),
        snapshot=SnapshotSource(Path(snapshot)) if snapshot else None,
        stored=None if snapshot else _stored(workplace, settings.name, run, history),
        kept=None if snapshot or run else _kept_by_guard(deployed),
        repository=workplace.repository_if_any(),
        base=history_base(workplace, settings),
        mapping=settings.desired.mapping,
        wishes=Wishes(older, fill_older, include_secrets),
        cache=cache_of(wanted),
        rate_limit=wanted.rate_limit,
    )
    with scan_progress(settings.name) as progress, examined_loss(request, progress) as examined:
        recovery = _written(examined, file, progress)
    write_outcome(places, FORMATS, recovery, quiet)
    return int(recovery.exit_code)


def _kept_by_guard(deployed: "Source") -> "KeptTree | None":
    """Return what guard has kept of a target, None where that is nothing, or the target is no place."""
    from driftaudit.guarding.before import newest_before
    from driftaudit.guarding.place import place_of
    from driftaudit.guarding.state import state_folder
    from driftaudit.recovery.composer import KeptTree

    place = place_of(deployed)
    found = newest_before(state_folder() / "before", place) if place else None
    return KeptTree(*found) if found else None


def _stored(workplace: "Workplace", target: str, run: int | None, named: str | None) -> "StoredTree | None":
    """Return what a stored run saw. A history that cannot be read is an error only where a run is named."""
    from driftaudit.cli.histories import opener, place_in
    from driftaudit.recovery.stored import stored_tree

    try:
        place = place_in(workplace, named)
        if not place.is_there:
            if run is None and named is None:
                return None
            raise UsageError("there is no history yet", "Name a saved snapshot: --snapshot FILE")
        repository = workplace.repository_if_any()
        with opener(place)() as history:
            return stored_tree(history, target, run, repository.object_format if repository else "sha1")
    except DriftauditError as error:
        if run is not None or named is not None:
            raise
        tell(f"driftaudit: {error.message}", "  No run of the history is asked what the tree was.")
        return None


def _written(examined: "Examined", file: Path | None, progress: "Progress") -> "Recovery":
    """Write the archive where there is something to write; it is whole or not there."""
    from driftaudit.cli.output import whole_file

    if file is None or not examined.has_something_to_write:
        return examined.recovery
    with whole_file(file, "archive", "Choose another -o FILE.", mode=0o600) as stream:
        return examined.write(stream, str(file), progress)


def _archive_file(text: str, deployed: "Source") -> Path:
    """Return where the archive goes. Raises UsageError where that cannot be."""
    from driftaudit.cli.output import is_special, require_writable
    from driftaudit.sources.directory import DirectorySource

    path = require_writable(Path(text), "archive")
    if is_special(path) or not path.name.endswith((".tar.gz", ".tgz")):
        raise UsageError(f"{text} is no name of a tar.gz archive", "Write: -o missing.tar.gz")
    if isinstance(deployed, DirectorySource) and path.resolve().is_relative_to(deployed.path.resolve()):
        raise UsageError(f"{text} lies in the target itself", "Let it be written elsewhere.")
    return path
