"""Which commits carry a content at a path: the oldest, the newest, on which branches. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from driftaudit.plumbing.index import NOTHING
from driftaudit.provenance.history import History

Pair = tuple[int, int]
"""The numbers of a path and of a content that was committed there."""

_AT_ONCE = 2048  # pairs, each a bit of one number a commit


@dataclass(frozen=True, slots=True)
class Carried:
    """The commits of one pair, by number. `in_base` tells whether the base, or an ancestor of it, carries it.

    `oldest` and `newest` are then such ancestors too. `branches` are those whose history has it, told only
    where the base's has not.
    """

    oldest: int
    newest: int
    in_base: bool
    branches: tuple[str, ...] = ()


def pairs_with(history: History, contents: Iterable[str]) -> dict[Pair, None]:
    """Return each pair of one of the contents and a path that it was ever committed at."""
    index = history.index
    known = (index.content_numbers.get(content.encode("ascii"), NOTHING) for content in contents)
    numbers = set(known) - {NOTHING}
    if not numbers:
        return {}
    return {(path, new): None for path, new in zip(index.changed, index.after, strict=True) if new in numbers}


def carriers(history: History, pairs: Collection[Pair]) -> dict[Pair, Carried]:
    """Return who carries each pair; one that no reachable commit has is left out.

    A commit carries what its first parent does, less what it lost, with what it gained: with a bit for each
    pair that is three operations a commit, for all pairs at once.
    """
    ordered = list(pairs)
    turns = _turns(history, {pair: bit for bit, pair in enumerate(ordered)})
    found: dict[Pair, Carried] = {}
    for start in range(0, len(ordered), _AT_ONCE):
        chunk = ordered[start : start + _AT_ONCE]
        for bit, carried in _carried(history, turns.get(start // _AT_ONCE, {})):
            found[chunk[bit]] = carried
    return found


_Turns = dict[int, list[int]]  # commit -> [bits gained, bits lost]


def _turns(history: History, bits: Mapping[Pair, int]) -> dict[int, _Turns]:
    """Return, by chunk of bits, which commits begin and which end to carry a pair."""
    index = history.index
    paths = {path for path, _content in bits}
    found: dict[int, _Turns] = {}
    for commit in range(len(index.commits)):
        for at in range(index.starts[commit], index.starts[commit + 1]):
            path = index.changed[at]
            if path not in paths or index.before[at] == index.after[at]:
                continue
            for side, content in enumerate((index.after[at], index.before[at])):
                bit = bits.get((path, content))
                if bit is not None:
                    turns = found.setdefault(bit // _AT_ONCE, {})
                    turns.setdefault(commit, [0, 0])[side] |= 1 << bit % _AT_ONCE
    return found


def _carried(history: History, turns: _Turns) -> Iterator[tuple[int, Carried]]:
    states = _states(history, turns)
    in_base = _first_with(states, history.ancestors, range(len(states)))
    newest_in_base = _first_with(states, history.ancestors, range(len(states) - 1, -1, -1))
    anywhere = _first_with(states, history.reachable, range(len(states)))
    newest = _first_with(states, history.reachable, range(len(states) - 1, -1, -1))
    branches = _branches(history, states, anywhere.keys() - in_base.keys())
    for bit in anywhere:
        if bit in in_base:
            yield bit, Carried(in_base[bit], newest_in_base[bit], in_base=True)
        else:
            yield bit, Carried(anywhere[bit], newest[bit], in_base=False, branches=tuple(branches[bit]))


def _states(history: History, turns: _Turns) -> list[int]:
    """Return for each commit the bits of what it carries. Those of a commit that changed none are shared."""
    states: list[int] = []
    for commit, parent in enumerate(history.index.first_parents):
        state = states[parent] if parent >= 0 else 0
        if commit in turns:
            gained, lost = turns[commit]
            state = state & ~lost | gained
        states.append(state)
    return states


def _first_with(states: list[int], counts: bytearray, commits: Iterable[int]) -> dict[int, int]:
    """Return, by bit, the first of the commits that counts and carries it."""
    found: dict[int, int] = {}
    seen, last = 0, 0
    for commit in commits:
        state = states[commit]
        if state is last or not counts[commit]:
            continue
        last = state
        for bit in _bits(state & ~seen):
            found[bit] = commit
        seen |= state
    return found


def _branches(history: History, states: list[int], bits: Collection[int]) -> dict[int, list[str]]:
    """Return, by bit, the names of the branches whose history carries it."""
    found: dict[int, list[str]] = {bit: [] for bit in bits}
    if not bits:
        return found
    wanted = sum(1 << bit for bit in bits)
    ever: list[int] = []
    for commit, parents in enumerate(history.index.parents):
        state = states[commit] & wanted
        for parent in parents:
            state |= ever[parent]
        ever.append(state)
    for name, tip in history.branches:
        for bit in _bits(ever[history.index.numbers[tip]] if tip in history.index.numbers else 0):
            found[bit].append(name)
    return found


def _bits(number: int) -> Iterator[int]:
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest
