"""Which commit is live: the one whose tree, mapped into the root, is nearest to the deployed one. Pure."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from driftaudit.model.commit import DeployedCommit
from driftaudit.model.mapping import PathMapping
from driftaudit.plumbing.index import NOTHING, HistoryIndex
from driftaudit.provenance.history import NOWHERE, History, places_of
from driftaudit.provenance.live_tree import KnownTree

_NEAR = 0.5
"""The least share of what is compared that must match."""

_TYPICAL = 0.1
"""The least number that must match, as a share of the files of the smaller of desired and live tree.

A licence that two projects share is no sign that one is a commit of the other."""

_MOST_TIES = 20

_ASIDE = -1  # a path that this pair of the mapping does not bring under the root, or that does not count
_OTHER = -2  # something is live there, but no content that was ever committed
_NOT_COUNTED = (NOTHING, _ASIDE)


def deployed_commit(history: History, mapping: PathMapping, live: KnownTree) -> DeployedCommit | None:
    """Return the commit that the live tree matches in most entries, None where none is near.

    Of those that match as many, the one that differs in the fewest others is nearest; of the nearest an
    ancestor of the base comes first, then the newest. What is live at a path that no commit knows does not
    count, and a commit that `reconcile` made of the live tree is a candidate only as the base itself.
    """
    index = history.index
    known, counts = _counted(index, mapping, live)
    best = _nearest(history, counts, known)
    if not best:
        return None
    first = best[0]
    matching, compared = counts.matching[first], counts.compared(first, known)
    base = index.numbers[history.base]
    smaller = min(len(live.contents), counts.files[base] or len(live.contents))
    if matching == 0 or matching < _NEAR * compared or matching < _TYPICAL * smaller:
        return None
    own = index.from_commits([index.commits[first].oid])
    return DeployedCommit(
        history.facts(first),
        behind=sum(a and not b for a, b in zip(history.ancestors, own, strict=True)),
        ahead=sum(b and not a for a, b in zip(history.ancestors, own, strict=True)),
        matching_entries=matching,
        compared_entries=compared,
        ties=tuple(index.commits[number].oid for number in best[1 : _MOST_TIES + 1]),
    )


@dataclass(frozen=True, slots=True)
class _Counts:
    """By commit: how many files its mapped tree has, where something is live, and where the same is live."""

    files: Sequence[int]
    occupied: Sequence[int]
    matching: Sequence[int]

    def compared(self, commit: int, known: int) -> int:
        """Return how many places either tree has something at; `known` are those of the live tree."""
        return self.files[commit] + known - self.occupied[commit]


def _nearest(history: History, counts: _Counts, known: int) -> list[int]:
    """Return the numbers of the nearest commits, best first."""
    commits = history.index.commits
    base = history.index.numbers[history.base]
    candidates = [
        number
        for number, reachable in enumerate(history.reachable)
        if reachable
        and (
            number == base
            or not (commits[number].live_tree and commits[number].live_tree == commits[number].tree)
        )
    ]
    if not candidates:
        return []

    def nearness(number: int) -> tuple[int, int]:
        return counts.matching[number], -counts.compared(number, known)

    nearest = max(map(nearness, candidates))
    ties = [number for number in candidates if nearness(number) == nearest]
    return sorted(ties, key=lambda n: (n != base, not history.ancestors[n], -commits[n].committed, -n))


def _counted(index: HistoryIndex, mapping: PathMapping, live: KnownTree) -> tuple[int, _Counts]:
    """Return how many live files lie where some commit has a file, and the counts of every commit.

    Of several FROM for one TO the first that a commit has counts, so each pair is counted by itself.
    """
    known: set[bytes] = set()
    chosen: dict[str, list[_Counts]] = {}
    for pair in mapping.pairs:
        places = places_of(index.paths, pair)
        there = _looked_up(index, places, live)
        known.update(place for place, live in zip(places, there, strict=True) if live not in _NOT_COUNTED)
        chosen.setdefault(pair[1], []).append(_of_pair(index, there))
    everything = [_first_that_has(alternatives) for alternatives in chosen.values()]
    columns = (
        [sum(numbers) for numbers in zip(*column, strict=True)]
        for column in zip(*((each.files, each.occupied, each.matching) for each in everything), strict=True)
    )
    return len(known), _Counts(*columns)


def _first_that_has(alternatives: Sequence[_Counts]) -> _Counts:
    if len(alternatives) == 1:
        return alternatives[0]
    size = len(alternatives[0].files)
    which = [next((a for a in alternatives if a.files[n]), alternatives[0]) for n in range(size)]
    return _Counts(
        [each.files[n] for n, each in enumerate(which)],
        [each.occupied[n] for n, each in enumerate(which)],
        [each.matching[n] for n, each in enumerate(which)],
    )


def _looked_up(index: HistoryIndex, places: Sequence[bytes], live: KnownTree) -> list[int]:
    """Return for each path of the index the number of what is live at its place."""
    numbers, contents = index.content_numbers, live.contents
    found = [
        (NOTHING if content is None else numbers.get(content, _OTHER) if content else _ASIDE)
        for content in map(contents.get, places)
    ]
    if live.also or live.expected or places is not index.paths:
        for number, place in enumerate(places):
            if place == NOWHERE or place in live.expected:
                found[number] = _ASIDE
            elif found[number] == _OTHER and place in live.also:
                names = (numbers[name] for name in live.also[place] if name in numbers)
                found[number] = next(names, _OTHER)
    return found


def _of_pair(index: HistoryIndex, there: Sequence[int]) -> _Counts:
    """Carry the counts from each first parent to its child: one look at each change of the history."""
    files, occupied, matching = (array("i") for _ in range(3))
    starts, first_parents = index.starts, index.first_parents
    changed, before, after = index.changed, index.before, index.after
    for commit, parent in enumerate(first_parents):
        has, lives, same = (0, 0, 0) if parent < 0 else (files[parent], occupied[parent], matching[parent])
        for at in range(starts[commit], starts[commit + 1]):
            live = there[changed[at]]
            if live == _ASIDE:
                continue
            old, new = before[at], after[at]
            if live:
                lives += (new != NOTHING) - (old != NOTHING)
                same += (new == live) - (old == live)
            has += (new != NOTHING) - (old != NOTHING)
        files.append(has)
        occupied.append(lives)
        matching.append(same)
    return _Counts(files, occupied, matching)
