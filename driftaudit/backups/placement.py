"""Where a backup lies in a tree: which folder of the archive is which folder under the root."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from driftaudit.model.entry import Entry, Kind
from driftaudit.model.mapping import PathMapping

_MOST_ALIKE = 8  # places of one name; what lies in more says nothing of where a folder is
_MOST_TRIED = 6  # placements that are counted out
_OVERLAP = 0.5  # of the paths of a backup must be known, where no content is

Pair = tuple[str, str]
"""A folder of the archive, and the folder under the root that it is."""


@dataclass(frozen=True, slots=True)
class Placement:
    """A folder of an archive, and where it lies under the root. `same` and `shared` count what agrees."""

    strip: str
    under: str
    same: int = 0  # files with the same content at their path
    shared: int = 0  # paths of files that both have
    files: int = 0  # of the backup, as it is placed

    @property
    def is_of_this_tree(self) -> bool:
        """Whether the backup is one of the tree: some content is the same, or most paths are."""
        return bool(self.same) or self.shared >= max(1, _OVERLAP * self.files)

    def placed(self, entries: Sequence[Entry]) -> dict[str, Entry]:
        """Return the entries by the path that they have under the root; what lies outside is left out."""
        mapping = PathMapping(((self.strip, self.under),))
        found = ((mapping.to_root(entry.path), entry) for entry in entries)
        return {path: entry for path, entry in found if path}


def best_placement(backup: Sequence[Entry], tree: Sequence[Entry]) -> Placement:
    """Return where most of a backup agrees with a tree: in contents first, then in paths.

    The archive's own top, and the one folder that holds all of it, win over what agrees as well.
    """
    known = {entry.path: entry for entry in tree if entry.has_content}
    files = [entry for entry in backup if entry.has_content]
    voted = _votes(files, known).most_common(_MOST_TRIED)
    pairs = dict.fromkeys([("", ""), (_only_folder(backup), ""), *(pair for pair, _votes in voted)])
    tried = [_counted(pair, files, known) for pair in pairs]
    return max(tried, key=lambda each: (each.same, each.shared))


def _counted(pair: Pair, files: Sequence[Entry], known: Mapping[str, Entry]) -> Placement:
    placed = Placement(*pair).placed(files)
    both = [(entry, known[path]) for path, entry in placed.items() if path in known]
    # That both have an empty file at a path says nothing: so have trees of other projects.
    same = sum(bool(a.digest and a.size) and a.contents == b.contents for a, b in both)
    return Placement(*pair, same, len(both), len(placed))


def _only_folder(entries: Sequence[Entry]) -> str:
    tops = {entry.path.partition("/")[0] for entry in entries}
    is_file = any(entry.path in tops and entry.kind is not Kind.DIRECTORY for entry in entries)
    return next(iter(tops)) if len(tops) == 1 and not is_file else ""


def _votes(files: Sequence[Entry], known: Mapping[str, Entry]) -> Counter[Pair]:
    """Let each file vote for the placements that would bring it to one of its name; a content counts more."""
    by_name: dict[str, list[str]] = {}
    by_content: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for entry in known.values():
        by_name.setdefault(_name(entry.path), []).append(entry.path)
        by_content.setdefault((_name(entry.path), entry.contents), []).append(entry.path)
    votes: Counter[Pair] = Counter()
    for entry in files:
        alike = by_name.get(_name(entry.path), [])
        same = by_content.get((_name(entry.path), entry.contents), []) if entry.digest else []
        for others, weight in ((alike, 1), (same, 10)):
            for other in others if len(others) <= _MOST_ALIKE else ():
                votes[_without_common_end(entry.path, other)] += weight
    return votes


def _without_common_end(path: str, other: str) -> Pair:
    """Return what differs of two paths once the parts that their ends have in common are gone."""
    mine, theirs = path.split("/"), other.split("/")
    while mine and theirs and mine[-1] == theirs[-1]:
        mine.pop()
        theirs.pop()
    return "/".join(mine), "/".join(theirs)


def _name(path: str) -> str:
    return path.rpartition("/")[2]
