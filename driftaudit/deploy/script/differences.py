"""What a tree lost, got and changed against an earlier one."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from driftaudit.deploy.script.tree import File, Folder, Gone, Node, Unseen, walk


@dataclass(slots=True)
class Differences:
    """Paths by what became of them. `unseen` are those where something may have been lost that nobody saw."""

    deleted: set[str] = field(default_factory=set)
    overwritten: set[str] = field(default_factory=set)
    created: set[str] = field(default_factory=set)
    unseen: set[str] = field(default_factory=set)

    def add(self, other: "Differences") -> None:
        """Take in what another world, or another line, did."""
        self.deleted |= other.deleted
        self.overwritten |= other.overwritten
        self.created |= other.created
        self.unseen |= other.unseen

    def __bool__(self) -> bool:
        return bool(self.deleted or self.overwritten or self.created or self.unseen)


def differences(before: Node | None, after: Node | None, path: str = "") -> Differences:
    """Return what changed at a path and below it. What both trees share costs nothing."""
    found = Differences()
    _compare(before, after, path, found)
    return found


def same(before: Node | None, after: Node | None) -> bool:
    """Whether two trees have the same in the same places."""
    return before is after or not differences(before, after)


def _compare(before: Node | None, after: Node | None, path: str, found: Differences) -> None:
    if before is after:
        return
    match before, after:
        case Folder(), Folder():
            _compare_folders(before, after, path, found)
        case ((None | Gone()), _):
            found.created |= _paths(after, path)
        case Unseen(), Folder():
            found.created |= _paths(after, path) - {path}
        case Unseen(), _:
            found.unseen.add(path)
        case _, (None | Gone()):
            found.deleted |= _paths(before, path)
            found.unseen |= _open_paths(before, path)
        case Folder(), _:
            found.deleted |= _paths(before, path) - {path}
            found.unseen |= _open_paths(before, path)
            found.overwritten.add(path)
        case _, Folder():
            found.overwritten.add(path)
            found.created |= _paths(after, path) - {path}
        case _ if _is_changed(before, after):
            found.overwritten.add(path)


def _is_changed(before: Node | None, after: Node | None) -> bool:
    """Whether one takes the place of the other; the executable bit is no content."""
    if isinstance(before, File) and isinstance(after, File):
        return before.content != after.content
    return before != after


def _compare_folders(before: Folder, after: Folder, path: str, found: Differences) -> None:
    if before.is_open and before.serial != after.serial:
        found.unseen.add(path)
    old, new = before.children, after.children
    names = after.changed_since(before)
    for name in old if names is None else names & old.keys():
        node, other = old[name], new.get(name)
        if other is not node:
            _compare(node, other, _join(path, name), found)
    for name in new.keys() - old.keys() if names is None else (names & new.keys()) - old.keys():
        node = new[name]
        if before.is_open:
            found.unseen |= _may_have_been(node, _join(path, name))
        found.created |= _paths(node, _join(path, name))


def _may_have_been(node: Node, path: str) -> set[str]:
    """Return where something may have been in a folder that nobody saw whole; one in it may be assumed."""
    if not (isinstance(node, Folder) and node.is_open):
        return {path}
    below = (_may_have_been(child, _join(path, name)) for name, child in node.children.items())
    return set().union(*below)


def _paths(node: Node | None, path: str) -> set[str]:
    if node is None or isinstance(node, Gone | Unseen):
        return set()
    return {at for at, _node in walk(node, path)}


def _open_paths(node: Node | None, path: str) -> set[str]:
    if node is None:
        return set()
    return {at for at, below in _all(node, path) if isinstance(below, Folder) and below.is_open}


def _all(node: Node, path: str) -> Iterator[tuple[str, Node]]:
    return walk(node, path)


def _join(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name
