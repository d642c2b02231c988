"""Which lines of two contents are the same."""

import itertools
import random
import time

from hypothesis import given
from hypothesis import strategies as st

from driftaudit.lines import common_length, lines_of, matching_pairs

_LINES = st.lists(st.sampled_from("abcde"), max_size=30)


def longest(before: list[str], after: list[str]) -> int:
    rows = [0] * (len(after) + 1)
    for line in before:
        new = [0]
        for index, other in enumerate(after):
            new.append(rows[index] + 1 if line == other else max(rows[index + 1], new[-1]))
        rows = new
    return rows[-1]


@given(_LINES, _LINES)
def test_pairs_are_a_longest_common_subsequence(before: list[str], after: list[str]) -> None:
    pairs = matching_pairs(before, after)
    assert pairs is not None
    assert all(before[i] == after[j] for i, j in pairs)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in itertools.pairwise(pairs))
    assert len(pairs) == longest(before, after) == common_length(before, after)


@given(st.binary())
def test_lines_make_the_content_again(content: bytes) -> None:
    lines = lines_of(content)
    assert b"".join(lines) == content
    assert all(line.count(b"\n") <= 1 for line in lines)


def test_too_many_lines_are_refused_at_once() -> None:
    lines = [str(number) for number in range(30_000)]
    shuffled = random.Random(1).sample(lines, len(lines))
    started = time.perf_counter()
    assert matching_pairs(lines, shuffled) is None
    assert time.perf_counter() - started < 2
    assert matching_pairs(lines, lines) == [(index, index) for index in range(30_000)]
