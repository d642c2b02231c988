"""Contents as lines, and which lines of two contents are the same. Pure."""

from collections import Counter
from collections.abc import Sequence
from typing import Generic, TypeVar

_LOOKED_AT = 8000  # bytes; as many as git looks at
MOST_PAIRS = 20_000**2
"""Pairs of lines that are compared: at the most 0.2 s, and 100 MB for the way back."""

L = TypeVar("L", str, bytes)
Pair = tuple[int, int]


def is_binary(content: bytes) -> bool:
    """Whether git takes the content for binary: a NUL is among its first 8,000 bytes."""
    return b"\0" in content[:_LOOKED_AT]


def lines_of(content: bytes) -> list[bytes]:
    """Return the lines with their LF, as git counts them: nothing else ends one, and the last may lack it."""
    *lines, last = content.split(b"\n")
    return [line + b"\n" for line in lines] + ([last] if last else [])


def common_ends(before: Sequence[L], after: Sequence[L]) -> tuple[int, int]:
    """Return how many lines are the same at the beginning, and of the others how many at the end."""
    shorter = min(len(before), len(after))
    start = 0
    while start < shorter and before[start] == after[start]:
        start += 1
    end = 0
    while end < shorter - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return start, end


def common_length(before: Sequence[L], after: Sequence[L]) -> int | None:
    """Return how many lines a shortest way from one to the other keeps; None where they are too many.

    See `matching_pairs`.
    """
    start, end = common_ends(before, after)
    rows = _rows(before[start : len(before) - end], after[start : len(after) - end], keep=False)
    return None if rows is None else start + end + rows.width - rows.last.bit_count()


def matching_pairs(before: Sequence[L], after: Sequence[L]) -> list[Pair] | None:
    """Return the places, in `before` and in `after`, of the lines that a shortest way between them keeps.

    They are a longest common subsequence, in order. None where more than MOST_PAIRS are to be compared once
    the common beginning and end, and the lines that only one side has, are left out.

    A bit stands for each line of `before`, all of which are compared in one step (M. Crochemore and others,
    "A fast and practical bit-vector algorithm for the longest common subsequence problem", 2001).
    """
    start, end = common_ends(before, after)
    rows = _rows(before[start : len(before) - end], after[start : len(after) - end], keep=True)
    if rows is None:
        return None
    pairs = [(index, index) for index in range(start)]
    pairs += [(start + i, start + j) for i, j in rows.way_back()]
    return pairs + [(len(before) - left, len(after) - left) for left in range(end, 0, -1)]


class _Rows(Generic[L]):
    """The bit vectors of a comparison. After each line of `after` a bit is 0 where the length grows."""

    def __init__(self, before: Sequence[L], after: Sequence[L]) -> None:
        both = Counter(before) & Counter(after)
        self._before: list[tuple[int, L]] = [
            (index, line) for index, line in enumerate(before) if line in both
        ]
        self._after: list[tuple[int, L]] = [(index, line) for index, line in enumerate(after) if line in both]
        self.width = len(self._before)
        self.pairs = self.width * len(self._after)
        self.last = (1 << self.width) - 1
        self._kept: list[int] = []

    def compare(self, *, keep: bool) -> None:
        places: dict[L, int] = {}
        for bit, (_index, line) in enumerate(self._before):
            places[line] = places.get(line, 0) | 1 << bit
        every = self.last
        for _index, line in self._after:
            hit = self.last & places[line]
            self.last = (self.last + hit | self.last - hit) & every
            if keep:
                self._kept.append(self.last)

    def way_back(self) -> list[Pair]:
        """Return the lines that are kept, from the vectors of all lines."""
        i, j = self.width - 1, len(self._after) - 1
        pairs = []
        while i >= 0 and j >= 0:
            (left, line), (right, other) = self._before[i], self._after[j]
            if line == other:
                pairs.append((left, right))
                i, j = i - 1, j - 1
            elif self._kept[j] >> i & 1:  # the length is the same without this line of `before`
                i -= 1
            else:
                j -= 1
        return pairs[::-1]


def _rows(before: Sequence[L], after: Sequence[L], *, keep: bool) -> _Rows[L] | None:
    rows: _Rows[L] = _Rows(before, after)
    if rows.pairs > MOST_PAIRS:
        return None
    rows.compare(keep=keep)
    return rows
