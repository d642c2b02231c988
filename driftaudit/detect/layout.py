"""Which repository folder lies where under the root, told from the names of files alone.

Each repository file votes: the longest run of last path parts that it shares with a live file says which
folder (`api`) stands for which (the root). The pairs with the most files are taken, each file once.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from driftaudit.config.paths import relative_path
from driftaudit.model.mapping import PathMapping, is_within

Pair = tuple[str, str]

_MOST_TWINS = 200  # live files of one name; more (index.js, __init__.py) tell nothing
_MOST_CANDIDATES = 30
_MOST_PAIRS = 5
_ENOUGH_OF_OURS = 1 / 3
_ENOUGH_OF_LIVE = 1 / 2
_NEARLY_ALL = 0.9
_LONGEST_NAME = 100  # characters: a key in YAML has 1,024 at most, and each may need ten


@dataclass(frozen=True, slots=True)
class Placement:
    """A repository folder, the folder under the root that it is, and how many of its files are there."""

    source: str
    destination: str
    live: int
    files: int


@dataclass(frozen=True, slots=True)
class Layout:
    """What is deployed where. `pairs` is empty where nothing matches.

    The first placement is the main one; `absent` are the children of its folder of which nothing is live.
    """

    pairs: tuple[Pair, ...] = ()
    placements: tuple[Placement, ...] = ()
    absent: tuple[str, ...] = ()

    @property
    def is_identity(self) -> bool:
        """Whether the repository lies under the root as it is."""
        return self.pairs == PathMapping().pairs


def find_layout(ours: Collection[str], live: Collection[str]) -> Layout:
    """Return where the files of the repository lie among the live ones; both are paths of files."""
    live = frozenset(live)
    pairs = _candidates(ours, live)
    explained: set[str] = set()  # live paths
    chosen: list[_Chosen] = []
    while len(chosen) < _MOST_PAIRS:
        found = (_chosen(pair, ours, live - explained) for pair in pairs)
        best = max(found, key=lambda one: len(one.seen), default=None)
        if best is None or not (best.is_a_part() if chosen else best.is_the_main_part(live)):
            break
        chosen.append(best)
        explained.update(best.moved[path] for path in best.seen)
        # What a placed folder holds lies where it lies: live files elsewhere are of the time before a move.
        ours = [path for path in ours if not is_within(path, best.pair[0])]
    return _layout(chosen)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A pair, where it leads our files (repository path -> path under the root), and which are live there."""

    pair: Pair
    moved: Mapping[str, str]
    seen: frozenset[str]

    def is_the_main_part(self, live: Collection[str]) -> bool:
        """Whether this is more than the names that any two projects share."""
        ours, number = len(self.moved), len(self.seen)
        below = sum(is_within(path, self.pair[1]) for path in live)
        enough = number >= ours * _ENOUGH_OF_OURS or number >= below * _ENOUGH_OF_LIVE
        return enough and number > 0 and (number > 1 or number >= ours / 2)

    def is_a_part(self) -> bool:
        """Whether a folder beside the main part, or some of its children, are deployed as well."""
        children = self.children().values()
        files = sum(len(child) for child in children if not self.seen.isdisjoint(child))
        return len(self.seen) > 1 and len(self.seen) >= files / 2

    def children(self) -> dict[str, list[str]]:
        """Return our files by the child of the pair's folder that they lie in."""
        found = defaultdict(list)
        start = len(self.pair[0]) + 1 if self.pair[0] else 0
        for path in self.moved:
            found[path[:start] + path[start:].partition("/")[0]].append(path)
        return dict(sorted(found.items()))


def _candidates(ours: Collection[str], live: Collection[str]) -> list[Pair]:
    twins = defaultdict(list)
    for path in live:
        parts = path.split("/")
        twins[parts[-1]].append(parts)
    votes: Counter[Pair] = Counter()
    for path in ours:
        parts = path.split("/")
        same_name = twins.get(parts[-1], [])
        if len(same_name) <= _MOST_TWINS:
            votes.update(_nearest(parts, same_name))
    ranked = sorted(votes.items(), key=lambda item: (-item[1], item[0]))
    pairs = [pair for pair, _votes in ranked if all(can_be_written(path) for path in pair)]
    return pairs[:_MOST_CANDIDATES]


def _nearest(parts: Sequence[str], twins: Sequence[Sequence[str]]) -> Iterator[Pair]:
    shared = [_shared_end(parts, twin) for twin in twins]
    for twin, length in zip(twins, shared, strict=True):
        if length == max(shared):
            yield "/".join(parts[: len(parts) - length]), "/".join(twin[: len(twin) - length])


def _shared_end(one: Sequence[str], other: Sequence[str]) -> int:
    length = 0
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if a != b:
            break
        length += 1
    return length


def _chosen(pair: Pair, ours: Collection[str], live: Collection[str]) -> _Chosen:
    mapping = PathMapping((pair,))
    moved = {path: to for path in ours if (to := mapping.to_root(path))}
    return _Chosen(pair, moved, frozenset(path for path, to in moved.items() if to in live))


def _layout(chosen: Sequence[_Chosen]) -> Layout:
    pairs: dict[str, str] = {}  # by destination: each has one source
    absent: list[str] = []
    for one in chosen:
        children = one.children()
        missing = [child for child, files in children.items() if one.seen.isdisjoint(files)]
        is_whole = one.pair == ("", "") and len(chosen) == 1
        if is_whole or _is_nearly_all(one, children, missing):
            found = dict([one.pair])
        else:
            mapping = PathMapping((one.pair,))
            led = {child: mapping.to_root(child) or "" for child in children if child not in missing}
            found = {child: to for child, to in led.items() if can_be_written(child) and can_be_written(to)}
        if one is chosen[0]:
            absent += missing
        for path, to in found.items():
            pairs.setdefault(to, path)
    placements = tuple(Placement(*one.pair, len(one.seen), len(one.moved)) for one in chosen)
    return Layout(tuple((path, to) for to, path in pairs.items()), placements, tuple(absent))


def _is_nearly_all(one: _Chosen, children: Mapping[str, Sequence[str]], missing: Sequence[str]) -> bool:
    lacking = sum(len(children[child]) for child in missing)
    return len(one.moved) - lacking >= len(one.moved) * _NEARLY_ALL


def can_be_written(path: str) -> bool:
    """Whether a configuration can hold the path."""
    try:
        path.encode("utf-8")
        return not path or (relative_path(path) == path and len(path) <= _LONGEST_NAME)
    except ValueError:  # UnicodeEncodeError is one
        return False
