"""The history of a repository as an audit asks for it: an index that is kept from run to run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from driftaudit.cache import Cache
from driftaudit.errors import RepositoryError
from driftaudit.model.commit import CommitFacts, moment
from driftaudit.model.mapping import PathMapping
from driftaudit.plumbing.index import HistoryIndex
from driftaudit.repo import Repository

NOWHERE = b"\0"
"""The place of a path that is not deployed; no path has a NUL."""

_MOST_STALE = 0.5  # the share of unreachable commits from which on an index is made anew


@dataclass(frozen=True)
class History:
    """What was ever committed, and which of it counts.

    The `index` may hold commits that no ref reaches any more. `base` is the commit whose ancestors are older,
    `tips` are the commits that keep all the others, `branches` the names of some of them.
    """

    index: HistoryIndex
    base: str
    tips: tuple[str, ...]
    branches: tuple[tuple[str, str], ...] = ()

    @cached_property
    def reachable(self) -> bytearray:
        """A byte for each commit of the index: whether a ref holds it."""
        return self.index.from_commits(self.tips)

    @cached_property
    def ancestors(self) -> bytearray:
        """A byte for each commit of the index: whether it is the base, or came before."""
        return self.index.from_commits([self.base])

    def facts(self, number: int) -> CommitFacts:
        """Return what is told of a commit."""
        row = self.index.commits[number]
        return CommitFacts(row.oid, row.author, moment(row.committed), row.subject)

    def versions(self, paths: Iterable[bytes]) -> dict[bytes, list[str]]:
        """Return, by path, all contents that reachable commits had there, the newest first."""
        index = self.index
        numbers = {index.path_numbers[path]: path for path in paths if path in index.path_numbers}
        found: dict[bytes, dict[int, None]] = {path: {} for path in numbers.values()}
        for commit in range(len(index.commits) - 1 if numbers else -1, -1, -1):
            if self.reachable[commit]:
                for at in range(index.starts[commit], index.starts[commit + 1]):
                    if index.changed[at] in numbers and index.after[at]:
                        found[numbers[index.changed[at]]][index.after[at]] = None
        return {path: [index.content(number) for number in contents] for path, contents in found.items()}

    @cached_property
    def base_tree(self) -> dict[bytes, str]:
        """The paths of the base commit, with what the content of each is known by."""
        index, found = self.index, dict[int, int]()
        commit = index.numbers[self.base]
        while commit >= 0:
            for at in range(index.starts[commit], index.starts[commit + 1]):
                found.setdefault(index.changed[at], index.after[at])
            commit = index.first_parents[commit]
        return {index.paths[path]: index.content(content) for path, content in found.items() if content}

    def paths_in_root(self, mapping: PathMapping) -> bytes:
        """Return every path under the root that any commit ever had a file at, joined by NUL."""
        if mapping not in self._in_root:
            places = (places_of(self.index.paths, pair) for pair in mapping.pairs)
            self._in_root[mapping] = b"\0".join(
                place for each in places for place in each if place != NOWHERE
            )
        return self._in_root[mapping]

    @cached_property
    def _in_root(self) -> dict[PathMapping, bytes]:
        return {}


def places_of(paths: Sequence[bytes], pair: tuple[str, str]) -> Sequence[bytes]:
    """Return where each path of a repository lies under the root by one pair, NOWHERE if it does not."""
    source, destination = (text.encode("utf-8", "surrogateescape") for text in pair)
    above = destination + b"/" if destination else b""
    if not source:
        return [above + path for path in paths] if above else paths
    inside, start = source + b"/", len(source) + 1
    return [
        above + path[start:] if path.startswith(inside) else destination if path == source else NOWHERE
        for path in paths
    ]


def read_history(repository: Repository, base: str, cache: Cache) -> History:
    """Return the history of all that refs hold, and of `base`. Only new commits are read.

    Raises RepositoryError where git cannot read its history.
    """
    tips = repository.tips(base)
    key = (str(repository.objects), repository.object_format, *repository.cuts())
    kept = _kept(cache.kept("history", key))
    if kept and kept[0] == frozenset(tips):
        index = kept[1]
    else:
        index = (_grown(repository, tips, *kept) if kept else None) or _anew(repository, tips)
        dumped = " ".join(tips).encode("ascii") + b"\n" + index.dumped()
        cache.keep("history", key, dumped, packed=False)
    history = History(index, base, tips, repository.branches)
    repository.attributes(base).look_among(b"\0".join(index.paths))
    return history


def _kept(result: bytes | None) -> tuple[frozenset[str], HistoryIndex] | None:
    if result is None:
        return None
    tips, _end, dumped = result.partition(b"\n")
    index = HistoryIndex.loaded(dumped)
    return (frozenset(tips.decode("ascii").split()), index) if index else None


def _grown(
    repository: Repository, tips: Sequence[str], known: frozenset[str], index: HistoryIndex
) -> HistoryIndex | None:
    """Return the index with what has come since; None where too little of it still counts."""
    try:
        grown = repository.indexed(index, tips, sorted(known))
    except RepositoryError:  # a commit that was known is gone
        return None
    stale = grown.from_commits(tips).count(0)
    return grown if stale <= _MOST_STALE * len(grown.commits) else None


def _anew(repository: Repository, tips: Sequence[str]) -> HistoryIndex:
    return repository.indexed(HistoryIndex.empty(repository.object_format), tips, ())
