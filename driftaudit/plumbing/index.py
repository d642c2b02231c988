"""Every (path, content) that a history ever had, commit by commit, in columns of numbers. Pure."""

import json
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

NOTHING = 0
"""The number of the content of a path that is not there."""

_NUMBERS = "I"  # an array of these holds four bytes a number
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class CommitRow:
    """What the index keeps of a commit. `parents` are ids, `live_tree` is the tree that a trailer claims."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    committed: int  # seconds since the epoch
    author: str
    subject: str
    live_tree: str = ""


@dataclass(frozen=True)
class HistoryIndex:
    """Commits in an order in which parents come first, and what each changed beside its first parent.

    A commit's tree is that of its first parent with its own changes; a commit without parents begins with
    nothing. So the changes, in order, are all trees there ever were. The changes of commit n are those from
    `starts[n]` up to `starts[n + 1]`: `changed` has the number of the path, `before` and `after` those of its
    contents. Content 0 is none: the path is not there, or is a submodule.
    """

    commits: list[CommitRow] = field(default_factory=list)
    paths: list[bytes] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)  # hexadecimal; "link " before a link's
    starts: "array[int]" = field(default_factory=lambda: array(_NUMBERS, [0]))
    changed: "array[int]" = field(default_factory=lambda: array(_NUMBERS))
    before: "array[int]" = field(default_factory=lambda: array(_NUMBERS))
    after: "array[int]" = field(default_factory=lambda: array(_NUMBERS))

    @classmethod
    def empty(cls, object_format: str) -> Self:
        """Return the index of a history without commits."""
        return cls(contents=[b"0" * (64 if object_format == "sha256" else 40)])

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each commit by its id."""
        return {commit.oid: number for number, commit in enumerate(self.commits)}

    @cached_property
    def parents(self) -> Sequence[tuple[int, ...]]:
        """The numbers of each commit's parents; one that a shallow clone lacks is left out."""
        numbers = self.numbers
        return [
            tuple([numbers[parent] for parent in commit.parents if parent in numbers])
            for commit in self.commits
        ]

    @cached_property
    def first_parents(self) -> Sequence[int]:
        """The number of each commit's first parent, -1 where it has none."""
        numbers = self.numbers
        return [numbers.get(commit.parents[0], -1) if commit.parents else -1 for commit in self.commits]

    @cached_property
    def path_numbers(self) -> Mapping[bytes, int]:
        """The number of each path."""
        return {path: number for number, path in enumerate(self.paths)}

    @cached_property
    def content_numbers(self) -> Mapping[bytes, int]:
        """The number of each content (see Entry.contents)."""
        return {content: number for number, content in enumerate(self.contents)}

    def content(self, number: int) -> str:
        """Return a content as Entry.contents has it."""
        return self.contents[number].decode("ascii")

    def from_commits(self, tips: Iterable[str]) -> bytearray:
        """Return a byte for each commit: 1 where one of the tips is it, or descends from it."""
        reached = bytearray(len(self.commits))
        for tip in tips:
            if tip in self.numbers:
                reached[self.numbers[tip]] = 1
        parents = self.parents
        for number in range(len(reached) - 1, -1, -1):
            if reached[number]:
                for parent in parents[number]:
                    reached[parent] = 1
        return reached

    def dumped(self) -> bytes:
        """Return the index as bytes."""
        commits = [
            [row.oid, row.tree, row.parents, row.committed, row.author, row.subject, row.live_tree]
            for row in self.commits
        ]
        columns = [self.starts, self.changed, self.before, self.after]
        parts = [
            json.dumps([_FORMAT, sys.byteorder, commits]).encode("ascii"),
            b"\0".join(self.paths),
            b"\0".join(self.contents),
            *(column.tobytes() for column in columns),
        ]
        return b"".join(len(part).to_bytes(8, "big") + part for part in parts)

    @classmethod
    def loaded(cls, dumped: bytes) -> Self | None:
        """Return the index that was dumped, None where that was by another version or machine."""
        head, paths, contents, *columns = _parts(dumped)
        version, byteorder, commits = json.loads(head)
        if (version, byteorder) != (_FORMAT, sys.byteorder):
            return None
        return cls(
            [CommitRow(oid, tree, tuple(parents), *rest) for oid, tree, parents, *rest in commits],
            paths.split(b"\0") if paths else [],
            contents.split(b"\0"),
            *(_column(column) for column in columns),
        )


def _parts(dumped: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(dumped):
        size = int.from_bytes(dumped[at : at + 8], "big")
        yield dumped[at + 8 : at + 8 + size]
        at += 8 + size


def _column(numbers: bytes) -> "array[int]":
    column = array(_NUMBERS)
    column.frombytes(numbers)
    return column
