"""A live tree put back to where it lies in the repository, seen from a parent commit. Pure."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from driftaudit.model.entry import MODE_EXECUTABLE, MODE_FILE, MODE_SUBMODULE, MODE_SYMLINK, Entry
from driftaudit.model.mapping import PathMapping, is_within
from driftaudit.model.reconciliation import UNMAPPED, Step
from driftaudit.plumbing.writing import Row

Rows = Mapping[str, Row]
"""What a tree holds, by path."""

_WITH_CONTENT = (MODE_FILE, MODE_EXECUTABLE, MODE_SYMLINK)


@dataclass(frozen=True, slots=True)
class Place:
    """A live path, where it belongs in the repository (None: nowhere), and what is live there.

    The id is that of the parent's blob where the live content is only another form of it.
    """

    live: str
    path: str | None
    row: Row


@dataclass(frozen=True, slots=True)
class Layout:
    """How a live tree lies in the repository.

    `mapping` is that of the parent (see `mapping_of`), `is_expected` tells what labels call expected,
    `is_unseen` where the live tree may hold more than was seen, `left_out` the parent's paths that a deploy
    need not bring.
    """

    parent: Rows
    mapping: PathMapping
    is_expected: Callable[[str], bool]
    is_unseen: Callable[[str], bool]
    left_out: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """The live files by where they go, and how many go nowhere."""

    places: tuple[Place, ...]
    unread: tuple[str, ...]
    expected: int
    without_content: int
    in_submodules: int


@dataclass(frozen=True, slots=True)
class Composed:
    """The tree, and the live paths that lie in it below UNMAPPED; `homeless` ones fit nowhere."""

    rows: Rows
    unmapped: tuple[str, ...]
    homeless: tuple[str, ...]


def mapping_of(mapping: PathMapping, parent: Rows) -> PathMapping:
    """Return the pairs that apply to a commit: of several FROM for one TO the first that it has."""
    folders = {folder for path in parent for folder in _above(path)}
    chosen: dict[str, str] = {}
    for source, destination in mapping.pairs:
        is_there = not source or source in parent or source in folders
        if destination not in chosen or (is_there and not _has(chosen[destination], parent, folders)):
            chosen[destination] = source
    return PathMapping(tuple((source, destination) for destination, source in chosen.items()))


def _has(path: str, parent: Rows, folders: Collection[str]) -> bool:
    return not path or path in parent or path in folders


def place(live: Iterable[Entry], layout: Layout) -> Placed:
    """Return where each live file belongs. Entries without a digest were not read."""
    submodules = [path for path, row in layout.parent.items() if row.mode == MODE_SUBMODULE]
    counts = {"expected": 0, "without_content": 0, "in_submodules": 0}
    places: list[Place] = []
    unread: list[str] = []
    for entry in live:
        path = _repository_path(entry.path, layout)
        if layout.is_expected(entry.path):
            counts["expected"] += 1
        elif entry.mode not in _WITH_CONTENT:
            counts["without_content"] += 1
        elif path is not None and any(is_within(path, submodule) for submodule in submodules):
            counts["in_submodules"] += 1
        elif entry.digest is None:
            unread.append(entry.path)
        else:
            places.append(Place(entry.path, path, Row(entry.mode, entry.digest)))
    return Placed(tuple(places), tuple(unread), **counts)


def _repository_path(live: str, layout: Layout) -> str | None:
    """Return the path that a live one comes from: one that the parent has, else the first."""
    paths = layout.mapping.to_repository(live)
    return next((path for path in paths if path in layout.parent), paths[0] if paths else None)


def compose(places: Iterable[Place], unread: Collection[str], layout: Layout) -> Composed:
    """Return the parent's tree with all that the mapping covers replaced by what is live.

    Of two live versions of one path the one that differs from the parent is taken. What has no path in the
    repository, or one that another file is in the way of, goes below UNMAPPED.
    """
    claims, rest = _claims(places, layout.parent)
    untold = {path for live in unread for path in layout.mapping.to_repository(live)}
    rows = {
        path: row
        for path, row in layout.parent.items()
        if path not in claims and (path in untold or _stays(path, row, layout))
    }
    tree = _Tree(rows)
    rest += [each for path, each in sorted(claims.items()) if not tree.take(path, each.row)]
    unmapped: list[str] = []
    homeless: list[str] = []
    for each in sorted(rest, key=lambda each: each.live):
        fits = tree.take(f"{UNMAPPED}/{each.live}", each.row)
        (unmapped if fits else homeless).append(each.live)
    return Composed(tree.rows, tuple(unmapped), tuple(homeless))


def _claims(places: Iterable[Place], parent: Rows) -> tuple[dict[str, Place], list[Place]]:
    """Return the live file of each path of the repository, and those that have none of their own."""
    claims: dict[str, Place] = {}
    rest: list[Place] = []
    for each in places:
        if each.path is None:
            rest.append(each)
            continue
        before = claims.setdefault(each.path, each)
        if before.row == each.row:
            continue
        original = parent.get(each.path)
        if before.row == original:
            claims[each.path] = each
        elif each.row != original:
            rest.append(each)
    return claims, rest


def _stays(path: str, row: Row, layout: Layout) -> bool:
    """Whether the parent's version stays where nothing that could be taken is live."""
    if is_within(path, UNMAPPED):
        return False
    places = layout.mapping.all_in_root(path)
    if not places or row.mode == MODE_SUBMODULE or path in layout.left_out:
        return True
    return any(layout.is_expected(place) or layout.is_unseen(place) for place in places)


@dataclass(slots=True)
class _Tree:
    """Rows in which no file is in the place of a folder."""

    rows: dict[str, Row]
    folders: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.folders = {folder for path in self.rows for folder in _above(path)}

    def take(self, path: str, row: Row) -> bool:
        """Take a row in, unless something else is in its way."""
        above = list(_above(path))
        if path in self.rows or path in self.folders or any(folder in self.rows for folder in above):
            return False
        self.rows[path] = row
        self.folders.update(above)
        return True


def steps(parent: Rows, tree: Rows) -> tuple[tuple[Step, str], ...]:
    """Return what leads from one tree to the other, sorted by path."""
    found = [(path, Step.DELETED) for path in parent.keys() - tree.keys()]
    found += [(path, Step.ADDED) for path in tree.keys() - parent.keys()]
    found += [(path, Step.MODIFIED) for path in parent.keys() & tree.keys() if parent[path] != tree[path]]
    return tuple((step, path) for path, step in sorted(found))


def without(places: Iterable[Place], lost: Collection[str]) -> tuple[Place, ...]:
    """Return the places whose content was not lost on the way."""
    return tuple(each for each in places if each.live not in lost)


def as_parent_has(places: Iterable[Place], forms: Mapping[str, str]) -> tuple[Place, ...]:
    """Return the places, with the ids of the blobs that live contents are other forms of, by live path."""
    return tuple(
        replace(each, row=replace(each.row, oid=forms[each.live])) if each.live in forms else each
        for each in places
    )


def _above(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
