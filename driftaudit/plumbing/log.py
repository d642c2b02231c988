"""What `git log` is asked for an index of the history, and how its answer is read."""

from array import array
from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush

from driftaudit.model.entry import LINK
from driftaudit.plumbing.index import CommitRow, HistoryIndex

LOG = (
    "log",
    "-z",
    "--raw",
    "--root",
    "--diff-merges=first-parent",
    "--no-renames",
    "--no-abbrev",
    "--no-show-signature",
    "--ignore-submodules=none",
    "--no-relative",
    "-O/dev/null",  # no order of paths that the configuration names, were its file there or not
    "--encoding=UTF-8",
    "--format=%x01%H %T %ct %P%n%aN%n%s%n%(trailers:key=Driftaudit-Live-Tree,valueonly,separator=%x2C)",
)
"""Commits, the newest first, and what each changed beside its first parent.

In this order git finds the trees in a pack most quickly: the newest are whole, the older ones differences."""

_HEAD = b"\x01"  # no mode of a file begins with it
_SUBMODULE = b"160000"
_SYMLINK = b"120000"


def extended(index: HistoryIndex, fields: Iterator[bytes]) -> HistoryIndex:
    """Return the index with the commits of an answer to LOG, as NUL-separated fields, behind its own.

    A commit is a head, then a row and a path for each change.
    """
    paths, contents = _Numbered(index.path_numbers), _Numbered(index.content_numbers)
    commits: list[CommitRow] = []
    starts, changed, before, after = (array("I") for _column in range(4))
    for row in fields:
        if row[:1] == _HEAD:
            commits.append(_commit(row))
            starts.append(len(changed))
            continue
        changed.append(paths[next(fields)])
        mode, mode_after, old, new, _status = row.split(b" ")  # the first begins with a line end
        if _SYMLINK in row or _SUBMODULE in row:
            old, new = _content(mode[-6:], old), _content(mode_after, new)
        before.append(contents[old])
        after.append(contents[new])
    starts.append(len(changed))
    grown = HistoryIndex(
        list(index.commits),
        list(paths),
        list(contents),
        index.starts[:],
        index.changed[:],
        index.before[:],
        index.after[:],
    )
    for number in parents_first(commits):
        place = slice(starts[number], starts[number + 1])
        grown.commits.append(commits[number])
        for column, rows in ((grown.changed, changed), (grown.before, before), (grown.after, after)):
            column.extend(rows[place])
        grown.starts.append(len(grown.changed))
    return grown


def parents_first(commits: Sequence[CommitRow]) -> Iterator[int]:
    """Yield the numbers of the commits so that no child comes before a parent, and else by their time."""
    numbers = {commit.oid: number for number, commit in enumerate(commits)}
    waiting = [sum(parent in numbers for parent in set(commit.parents)) for commit in commits]
    children: dict[int, list[int]] = {}
    for number, commit in enumerate(commits):
        for parent in set(commit.parents) & numbers.keys():
            children.setdefault(numbers[parent], []).append(number)
    # Of the same second the one comes first that git names last: it is the older.
    ready = [(commit.committed, -number) for number, commit in enumerate(commits) if not waiting[number]]
    heapify(ready)
    while ready:
        number = -heappop(ready)[1]
        yield number
        for child in children.get(number, ()):
            waiting[child] -= 1
            if not waiting[child]:
                heappush(ready, (commits[child].committed, -child))


class _Numbered(dict[bytes, int]):
    """Gives each key that is new to it the next number."""

    def __missing__(self, key: bytes) -> int:
        self[key] = number = len(self)
        return number


def _content(mode: bytes, oid: bytes) -> bytes:
    """Return what is known of a content that is perhaps no file's; a submodule has none here."""
    if mode == _SUBMODULE:
        return b"0" * len(oid)
    return LINK.encode("ascii") + oid if mode == _SYMLINK else oid


def _commit(head: bytes) -> CommitRow:
    ids, author, subject, live_tree = head[1:].decode("utf-8", "replace").split("\n", 3)
    oid, tree, committed, *parents = ids.split()
    return CommitRow(oid, tree, tuple(parents), int(committed), author, subject, live_tree.strip())
