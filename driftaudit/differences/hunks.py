"""The lines on which two texts differ, with three lines around them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from driftaudit.differences.masking import masked
from driftaudit.lines import common_ends, lines_of, matching_pairs
from driftaudit.model.difference import HIDDEN, Hunk, Line

_AROUND = 3  # lines before and after, as git shows

Gap = tuple[int, int, int, int]
"""Where lines differ: from, to in the live text; from, to in the desired one."""


@dataclass(frozen=True, slots=True)
class TextDifference:
    """Hunks, and how many lines they add and remove; not `exact` where too many were to be compared."""

    hunks: tuple[Hunk, ...]
    added: int
    removed: int
    masked: bool
    exact: bool


def text_difference(path: str, live: bytes, desired: bytes) -> TextDifference:
    """Return on which lines two texts differ, secrets hidden."""
    sides = _Side(path, live), _Side(path, desired)
    gaps, exact = _gaps(sides[0].raw, sides[1].raw)
    hunks = tuple(_hunk(group, *sides) for group in _grouped(gaps))
    return TextDifference(
        hunks,
        added=sum(end - start for _a, _b, start, end in gaps),
        removed=sum(end - start for start, end, _a, _b in gaps),
        masked=any(HIDDEN in line.text for hunk in hunks for line in hunk.lines),
        exact=exact,
    )


class _Side:
    """One text: its lines as they are, and as they may be shown."""

    def __init__(self, path: str, content: bytes) -> None:
        self.raw = lines_of(content)
        texts = [line.removesuffix(b"\n").decode("utf-8", "surrogateescape") for line in self.raw]
        self._shown = masked(texts, path)

    def line(self, sign: str, index: int) -> Line:
        return Line(sign, self._shown[index], self.raw[index].endswith(b"\n"))


def _gaps(live: Sequence[bytes], desired: Sequence[bytes]) -> tuple[list[Gap], bool]:
    pairs = matching_pairs(live, desired)
    if pairs is None:
        start, end = common_ends(live, desired)
        return [(start, len(live) - end, start, len(desired) - end)], False
    gaps = []
    i = j = 0
    for left, right in [*pairs, (len(live), len(desired))]:
        if (i, j) != (left, right):
            gaps.append((i, left, j, right))
        i, j = left + 1, right + 1
    return gaps, True


def _grouped(gaps: Sequence[Gap]) -> Iterator[list[Gap]]:
    """Yield together what is no more than twice _AROUND lines apart."""
    group: list[Gap] = []
    for gap in gaps:
        if group and gap[0] - group[-1][1] > 2 * _AROUND:
            yield group
            group = []
        group.append(gap)
    if group:
        yield group


def _hunk(group: Sequence[Gap], live: _Side, desired: _Side) -> Hunk:
    first, last = group[0], group[-1]
    before = min(_AROUND, first[0])
    after = min(_AROUND, len(live.raw) - last[1])
    i, j = first[0] - before, first[2] - before
    counts = last[1] + after - i, last[3] + after - j
    lines: list[Line] = []
    at, beside = i, j
    for start, end, other_start, other_end in [*group, (last[1] + after, 0, last[3] + after, 0)]:
        lines += [_common(live, index, desired, beside + index - at) for index in range(at, start)]
        lines += [live.line("-", index) for index in range(start, end)]
        lines += [desired.line("+", index) for index in range(other_start, other_end)]
        at, beside = end, other_end
    return Hunk(*_place(i, counts[0]), *_place(j, counts[1]), tuple(lines))


def _place(start: int, count: int) -> tuple[int, int]:
    """Return where a hunk begins, counted from 1; where it has no lines, the line before, as git has it."""
    return (start + 1 if count else start), count


def _common(live: _Side, index: int, desired: _Side, other: int) -> Line:
    """Return a line of both sides; where only one of them may not show it whole, nothing of it is shown."""
    line, same = live.line(" ", index), desired.line(" ", other)
    if line == same:
        return line
    hidden = [each for each in (line, same) if HIDDEN in each.text]
    return hidden[0] if len(hidden) == 1 else Line(" ", HIDDEN, line.ended)
