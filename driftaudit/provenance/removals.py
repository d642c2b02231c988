"""Which commit took a path out of the desired history, and where that commit moved it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from driftaudit.plumbing.index import NOTHING
from driftaudit.provenance.history import History
from driftaudit.repo import Repository

_MOST_HOPS = 10  # from one move of a file to the next
_MOST_COMMITS = 100  # asked for renames, which costs git about 10 ms each


@dataclass(frozen=True, slots=True)
class Removal:
    """The number of the commit that removed a path, and where the base has the file now, if it has it."""

    commit: int
    moved_to: bytes | None = None


def removals(
    repository: Repository, history: History, paths: Iterable[bytes], kept: Collection[bytes]
) -> dict[bytes, Removal]:
    """Return what became of repository paths that the base once had; `kept` are those that it has now.

    What counts as a move is git's own judgement: a removed and an added file of one commit that are alike by
    half. A file that was moved again is followed.
    """
    found = _removing(history, set(paths))
    renames = _Renames(repository, history)
    return {
        path: Removal(commit, _followed(history, renames, path, commit, kept))
        for path, commit in found.items()
    }


def _followed(
    history: History, renames: "_Renames", path: bytes, commit: int, kept: Collection[bytes]
) -> bytes | None:
    for _hop in range(_MOST_HOPS):
        target = renames.of(commit).get(path)
        if target is None or target in kept:
            return target
        path, commit = target, _removing(history, {target}).get(target, -1)
        if commit < 0:
            return None
    return None


def _removing(history: History, paths: Collection[bytes]) -> dict[bytes, int]:
    """Return, by path, the last commit of the base's history that removed it.

    One with a single parent is preferred: a merge removes again what a commit that it brings did.
    """
    index = history.index
    wanted = {index.path_numbers[path]: path for path in paths if path in index.path_numbers}
    found: dict[bytes, int] = {}
    for commit in range(len(index.commits) if wanted else 0):
        if not history.ancestors[commit]:
            continue
        is_merge = len(index.commits[commit].parents) > 1
        for at in range(index.starts[commit], index.starts[commit + 1]):
            if index.after[at] == NOTHING and index.before[at] != NOTHING:
                path = wanted.get(index.changed[at])
                if path is not None and not (is_merge and path in found):
                    found[path] = commit
    return found


class _Renames:
    """Asks git for the renames of a commit, once each, and of no more than so many."""

    def __init__(self, repository: Repository, history: History) -> None:
        self._repository = repository
        self._index = history.index
        self._known: dict[int, Mapping[bytes, bytes]] = {}

    def of(self, commit: int) -> Mapping[bytes, bytes]:
        """Return old and new paths of the files that a commit moved."""
        if commit not in self._known:
            if len(self._known) >= _MOST_COMMITS:
                return {}
            row, parent = self._index.commits[commit], self._index.first_parents[commit]
            before = self._index.commits[parent].oid if parent >= 0 else None
            self._known[commit] = self._repository.renames(before, row.oid) if before else {}
        return self._known[commit]
