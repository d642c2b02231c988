"""How alike two contents are, and in how many lines they differ. Pure.

A content is seen as its set of shingles: each word together with the one before it, hashed with XXH3. Words
are what stands between blanks, so line ends and indentation do not count. A word of more than 64 bytes, and
the whole of a binary content, is cut into pieces of at most 64 bytes at bytes that it has itself: what is
inserted shifts no cut but the next.

The similarity of two sets is Dice's coefficient, twice the shingles that both have by the shingles of each
(L. R. Dice, 1945): 1 for the same shingles, 0 for none in common. Repetition and the order of far parts do
not count, so 1 does not mean the same bytes. `docs/similarity.md` has the same for users.
"""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import xxhash

from driftaudit.lines import common_ends, common_length, is_binary, lines_of

THRESHOLD = 0.5
"""From here on one content counts as a version of the other. Git finds renames by the same share."""

LOOKED_AT = 1024 * 1024  # bytes; of a longer content the rest is not looked at

_LONGEST_WORD = 64  # bytes
_PIECES_OF_WORD = re.compile(rb"(?s).{1,63}?[-,;:&=/+(){}\[\]<>]|.{1,64}")
_PIECES_OF_BINARY = re.compile(rb"(?s).{4,63}?[\x00-\x0f]|.{1,64}")

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Nearest(Generic[Key]):
    """The candidate that is most alike, and how much. `whole` is false where one was over LOOKED_AT."""

    key: Key
    similarity: float
    whole: bool


@dataclass(frozen=True, slots=True)
class LineChanges:
    """How many lines the new content has that the old one lacks, and the other way round."""

    added: int
    removed: int


def signature(content: bytes) -> frozenset[int]:
    """Return the hashes of the shingles of the first LOOKED_AT bytes; none for a blank content.

    It takes some 80 bytes of memory for each word.
    """
    words = [b"", *_words(content[:LOOKED_AT])]
    return frozenset(map(xxhash.xxh3_64_intdigest, map(b" ".join, itertools.pairwise(words))))


def similarity(one: frozenset[int], other: frozenset[int]) -> float:
    """Return how alike two contents are by their signatures, 0 to 1; a blank one is like nothing."""
    total = len(one) + len(other)
    return 2 * len(one & other) / total if total else 0.0


def nearest(content: bytes, candidates: Iterable[tuple[Key, bytes]]) -> Nearest[Key] | None:
    """Return the candidate that is most alike, None where none reaches THRESHOLD; of equals the first.

    One candidate is looked at after the other, so that an iterator need not hold them all.
    """
    wanted = signature(content)
    best: Nearest[Key] | None = None
    for key, candidate in candidates:
        alike = similarity(wanted, signature(candidate))
        if alike >= THRESHOLD and (best is None or alike > best.similarity):
            best = Nearest(key, alike, max(len(content), len(candidate)) <= LOOKED_AT)
    return best


def line_changes(old: bytes, new: bytes) -> LineChanges:
    """Return how many lines the shortest way from old to new adds and removes.

    It is what `git diff --numstat --minimal` counts; a last line without a line end differs from one with it.
    Where more than some 20,000 lines of each side are to be compared, all between the first and the last
    difference counts as replaced.
    """
    before, after = lines_of(old), lines_of(new)
    kept = common_length(before, after)
    if kept is None:
        kept = sum(common_ends(before, after))
    return LineChanges(len(after) - kept, len(before) - kept)


def _words(content: bytes) -> list[bytes]:
    if is_binary(content):
        return _PIECES_OF_BINARY.findall(content)
    words = content.split()
    if max(map(len, words), default=0) <= _LONGEST_WORD:
        return words
    return [piece for word in words for piece in _cut(word)]


def _cut(word: bytes) -> Sequence[bytes]:
    return (word,) if len(word) <= _LONGEST_WORD else _PIECES_OF_WORD.findall(word)
