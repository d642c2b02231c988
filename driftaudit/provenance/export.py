"""What git archive leaves out: where it is not live, nothing is missing."""

from collections.abc import Sequence

from driftaudit.model.change import Change
from driftaudit.model.mapping import PathMapping
from driftaudit.repo import Repository


def without_left_out(
    changes: Sequence[Change], repository: Repository, mapping: PathMapping, commit: str
) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """Return the changes without absent paths that the commit marks export-ignore, and a note of how many.

    A deploy by check-out brings them, one by `git archive` does not. What is there is judged as always.
    """
    absent = {change.path: mapping.to_repository(change.path) for change in changes if not change.deployed}
    sources = {source for paths in absent.values() for source in paths}
    marked = repository.attributes(commit).left_out_of_archives(sources)
    left_out = {path for path, paths in absent.items() if marked.intersection(paths)}
    if not left_out:
        return tuple(changes), ()
    count = "1 desired path is" if len(left_out) == 1 else f"{len(left_out):,} desired paths are"
    note = f"{count} marked export-ignore and not there: git archive leaves that out, so it is not missing."
    return tuple(change for change in changes if change.path not in left_out), (note,)
