"""`driftaudit snapshot`: a tree's fingerprint in a file."""

from typing import TYPE_CHECKING

import click

from driftaudit.cli import options
from driftaudit.cli.main import tell

if TYPE_CHECKING:
    from driftaudit.cli.target import Workplace
    from driftaudit.model.snapshot import Snapshot
    from driftaudit.policy.labels import Labels
    from driftaudit.sources.base import Source

_NAMED = 5  # problems that standard error names
_EXIT_CODES = """\b
Exit codes:
  0  saved                    4  saved, but not all could be seen
  1  internal error           5  source unreachable or cut off
  2  usage or configuration 130  interrupted"""


@click.command("snapshot", epilog=_EXIT_CODES)
@options.target("source")
@click.option("-o", "--output", metavar="FILE", required=True, help="Where it is saved: FILE.driftaudit")
@click.option(
    "--map", "maps", metavar="FROM:TO", multiple=True, help="Path in SOURCE to path in the saved tree."
)
@click.option("--quiet", is_flag=True, help="Say nothing of what was saved.")
@options.configuration
def command(source: str, output: str, maps: tuple[str, ...], quiet: bool, config: str | None) -> int:
    """Save the fingerprint of a tree: paths, modes and digests, and no contents.

    SOURCE is a name from driftaudit.yml, ssh://user@host:port/root, user@host:/root, a folder, an archive,
    or a revision. Nothing is written on it. The file takes the place of either side of `compare`, and of the
    desired tree of `check`.

    Everything is read. Of paths with the label `secret` no digest is saved.
    """
    from pathlib import Path

    from driftaudit.cli.options import Options
    from driftaudit.cli.output import is_special, require_writable, whole_file
    from driftaudit.cli.progress import scan_progress
    from driftaudit.cli.target import Workplace
    from driftaudit.errors import UsageError
    from driftaudit.fingerprint import take_fingerprint
    from driftaudit.sources.snapshot_file import Saved, write_snapshot

    place = require_writable(Path(output), "snapshot")
    if is_special(place):  # a pipe or a device cannot be whole or not there
        raise UsageError(f"{output} is no file", "Name the file that the snapshot goes to.")
    workplace = Workplace(Options(config=config))
    repository = workplace.repository_if_any()
    object_format = repository.object_format if repository else "sha1"
    tree, labels = _tree(workplace, source, maps), _labels(workplace)
    with scan_progress(source) as progress:
        snapshot = take_fingerprint(tree, labels, object_format, progress)
    with whole_file(place, "snapshot") as stream:
        write_snapshot(stream, Saved(snapshot, object_format))
    _tell(snapshot, source, output, quiet)
    return 0 if snapshot.complete else 4


def _tree(workplace: "Workplace", name: str, maps: tuple[str, ...]) -> "Source":
    from driftaudit.cli.words import path_mapping
    from driftaudit.model.mapping import IDENTITY
    from driftaudit.sources.git import GitSource
    from driftaudit.sources.mapped import MappedSource
    from driftaudit.sources.worktree import WorktreeSource

    mapping = path_mapping(maps) if maps else IDENTITY
    source = workplace.source(name, mapping)
    is_mapped = mapping == IDENTITY or isinstance(source, GitSource | WorktreeSource)
    return source if is_mapped else MappedSource(source, mapping)


def _labels(workplace: "Workplace") -> "Labels":
    """Return what all packs and the project call a secret, the packs of every target included."""
    from driftaudit.cli.words import is_path
    from driftaudit.policy.packs import available_packs
    from driftaudit.policy.policy import load_policy

    settings = workplace.settings
    targets = settings.targets.values() if settings else ()
    own = [pack for target in targets for pack in target.packs or () if is_path(pack)]
    return load_policy([*available_packs(), *own], settings.labels if settings else {}, ()).labels


def _tell(snapshot: "Snapshot", source: str, output: str, quiet: bool) -> None:
    from driftaudit.render.printable import printable
    from driftaudit.render.wording import count_of

    problems = snapshot.problems
    if problems:
        count = count_of(len(problems), "problem")
        tell(f"driftaudit: incomplete: {count}; they are saved with it")
        named = [f"{each.kind.value} {each.path or 'the tree as a whole'}" for each in problems[:_NAMED]]
        tell(*(f"  {printable(line)}" for line in named))
    if not quiet:
        entries = count_of(len(snapshot.entries), "entry", "entries")
        tell(f"driftaudit: saved {entries} of {printable(source)} in {printable(output)}")
