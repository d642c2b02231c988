"""A model of one host's file system, made of values: a changed tree shares all that did not change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import TypeAlias

Parts: TypeAlias = tuple[str, ...]
"""An absolute path, as the names between its slashes."""

_MOST_LINKS = 40  # followed on one way, as Linux does
_LONGEST_LINEAGE = 8  # generations of a folder that it knows what was changed since
_serials = count(1)
_versions = count(1)


@dataclass(frozen=True, slots=True)
class File:
    """A file. `content` tells it from other contents: a digest, or a mark of its own where it is unknown.

    Those with the same `inode` are one file under several names; 0 is that of each that has only one.
    """

    content: str
    executable: bool = False
    inode: int = 0

    @property
    def alone(self) -> "File":
        """The same file as a copy, which shares its content with no other name."""
        return File(self.content, self.executable) if self.inode else self


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link and the text of its target."""

    target: str


@dataclass(frozen=True, slots=True)
class Special:
    """A socket, a FIFO or a device."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """Nobody looked: there may be nothing, a file, or a folder."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Nothing, in a folder that was not seen whole: what may have been there is not there any more."""


class Folder:
    """A folder. In an open one there may be more than its children. Its `serial` outlives every change.

    In a built one what is known is taken for all that matters, but a name that is not may be there too.
    Each copy has a `version`; its `lineage` are the versions that it comes from, the last one first, each
    with the names that were changed after it. So two copies are compared without a look at all names.
    """

    __slots__ = ("_owner", "children", "is_built", "is_open", "lineage", "serial", "version")

    def __init__(
        self,
        children: Mapping[str, "Node"] | None = None,
        *,
        is_open: bool = False,
        is_built: bool = False,
        serial: int = 0,
        owner: object = None,
    ) -> None:
        self.children: dict[str, Node] = dict(children or {})
        self.is_open = is_open
        self.is_built = is_built
        self.serial = serial or next(_serials)
        self.version = next(_versions)
        self.lineage: tuple[tuple[int, set[str]], ...] = ()
        self._owner = owner

    def child(self, name: str) -> "Node | None":
        """Return what is there by that name, None where nothing is."""
        node = self.children.get(name)
        if node is None:
            return UNSEEN if self.is_open or self.is_built else None
        return None if isinstance(node, Gone) else node

    def names(self) -> list[str]:
        """Return the names of all that is known to be there, in order."""
        return sorted(name for name, node in self.children.items() if not isinstance(node, Gone))

    def owned_by(self, owner: object) -> "Folder":
        """Return this folder where the owner may change it, a copy of the owner's where it may not."""
        if self._owner is owner:
            return self
        found = Folder(
            self.children, is_open=self.is_open, is_built=self.is_built, serial=self.serial, owner=owner
        )
        found.lineage = ((self.version, set()), *self.lineage[: _LONGEST_LINEAGE - 1])
        return found

    def lay(self, name: str, node: "Node") -> None:
        """Lay a node into the folder, by its owner."""
        self.children[name] = node
        self._change(name)

    def take(self, name: str) -> None:
        """Take a node out of the folder, by its owner."""
        self.children.pop(name, None)
        self._change(name)

    def _change(self, name: str) -> None:
        if self.lineage:
            self.lineage[0][1].add(name)

    def changed_since(self, other: "Folder") -> set[str] | None:
        """Return names outside of which both copies have the same; None where they are no close kin."""
        if self.lineage and self.lineage[0][0] == other.version:
            return self.lineage[0][1]
        own = dict(self._generations())
        for version, names in other._generations():
            if version in own:
                return names | own[version]
        return None

    def _generations(self) -> Iterator[tuple[int, set[str]]]:
        names: set[str] = set()
        yield self.version, names
        for version, changed in self.lineage:
            names = names | changed
            yield version, names


Node: TypeAlias = File | Link | Special | Folder | Unseen | Gone

UNKNOWN_TARGET = ""
"""The target of a link whose text nobody read."""

UNSEEN = Unseen()
GONE = Gone()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path leads: the real path, what is there (None for nothing), and why it leads nowhere.

    `trouble` is "" where something is, or could be made, at the path.
    """

    parts: Parts
    node: Node | None
    trouble: str = ""


class _Way:
    """One walk along a path."""

    def __init__(self, root: Folder, *, follow: bool) -> None:
        self.root = root
        self.follow = follow
        self.links = 0

    def walk(self, start: Parts, path: str) -> Place:
        at: list[str] = [] if path.startswith("/") else list(start)
        rest = [part for part in path.split("/") if part not in ("", ".")]
        must_be_folder = path.endswith(("/", "/."))
        rest.reverse()
        while rest:
            part = rest.pop()
            if part == "..":
                is_start = tuple(at) == start and not path.startswith("/")  # gone or not, there is a way up
                trouble = "" if is_start else self._trouble_above(at)
                if trouble:
                    return Place((*at, part), None, trouble)
                del at[-1:]
                continue
            node = self._child(at, part)
            if isinstance(node, str):
                return Place((*at, part), None, node)
            is_last = not rest
            if isinstance(node, Link) and (not is_last or self.follow or must_be_folder):
                if node.target == UNKNOWN_TARGET:
                    return Place((*at, part, *reversed(rest)), UNSEEN)
                self.links += 1
                if self.links > _MOST_LINKS:
                    return Place((*at, part), None, "too many links")
                self._turn(at, rest, node.target)
                must_be_folder = must_be_folder or (is_last and node.target.endswith("/"))
                continue
            at.append(part)
            if node is None and not is_last:
                return Place((*at, *reversed(rest)), None, "no such folder")
        return self._end(tuple(at), must_be_folder=must_be_folder)

    def _child(self, at: list[str], part: str) -> "Node | str | None":
        folder = node_at(self.root, tuple(at))
        if isinstance(folder, Unseen):
            return UNSEEN
        if folder is None:
            return "no such folder"
        return folder.child(part) if isinstance(folder, Folder) else "not a folder"

    def _trouble_above(self, at: list[str]) -> str:
        """Return why there is no way up from here: only a folder has one."""
        match node_at(self.root, tuple(at)):
            case None:
                return "no such folder"
            case Folder() | Unseen():
                return ""
            case _:
                return "not a folder"

    def _turn(self, at: list[str], rest: list[str], target: str) -> None:
        if target.startswith("/"):
            at.clear()
        rest.extend(part for part in reversed(target.split("/")) if part not in ("", "."))

    def _end(self, at: Parts, *, must_be_folder: bool) -> Place:
        node = node_at(self.root, at)
        if must_be_folder and node is not None and not isinstance(node, Folder | Unseen):
            return Place(at, node, "not a folder")
        return Place(at, node, "no such folder" if must_be_folder and node is None else "")


def node_at(root: Folder, parts: Parts) -> Node | None:
    """Return what lies at a real path; what lies below the unseen is unseen."""
    node: Node | None = root
    for part in parts:
        if isinstance(node, Unseen):
            return UNSEEN
        node = node.child(part) if isinstance(node, Folder) else None
    return node


def built(folder: Folder) -> Folder:
    """Return a folder in which, and in those below it, a program may have made what is not known."""
    children = {
        name: built(node) if isinstance(node, Folder) and not node.is_open else node
        for name, node in folder.children.items()
    }
    return Folder(children, is_open=folder.is_open, is_built=True, serial=folder.serial)


def find(root: Folder, start: Parts, path: str, *, follow: bool = True) -> Place:
    """Return where a path leads from a folder; a link at its end is followed if `follow` says so."""
    return _Way(root, follow=follow).walk(start, path)


class Editor:
    """Changes a tree: the tree that it began with stays as it is, and so does each that it handed out."""

    def __init__(self, root: Folder) -> None:
        self._root = root
        self._token: object = object()

    @property
    def root(self) -> Folder:
        """The tree as it is now; later changes do not reach it."""
        self._token = object()
        return self._root

    def get(self, parts: Parts) -> Node | None:
        """Return what lies at a real path."""
        return node_at(self._root, parts)

    def find(self, start: Parts, path: str, *, follow: bool = True) -> Place:
        """Return where a path leads."""
        return find(self._root, start, path, follow=follow)

    def put(self, parts: Parts, node: Node) -> None:
        """Lay a node at a real path, in the place of what is there; unseen folders above it are assumed."""
        if not parts:
            self._root = node if isinstance(node, Folder) else self._root
            return
        self._parent(parts).lay(parts[-1], node)

    def write(self, parts: Parts, content: str) -> None:
        """Write to a file, or make one: what lies there gets the content, under all the names that it has."""
        node = self.get(parts)
        if not isinstance(node, File):
            self.put(parts, File(content))
            return
        written = File(content, node.executable, node.inode)
        for name in self.names_of(parts, node):
            self.put(name, written)

    def names_of(self, parts: Parts, node: File) -> list[Parts]:
        """Return all names of a file that lies at a real path."""
        if not node.inode:
            return [parts]
        return [tuple(path.split("/")) for path, other in walk(self._root) if _is_one(other, node)]

    def link(self, parts: Parts, node: File, name: Parts) -> None:
        """Give a file one more name."""
        shared = node if node.inode else File(node.content, node.executable, next(_serials))
        self.put(parts, shared)
        self.put(name, shared)

    def remove(self, parts: Parts) -> None:
        """Take away what lies at a real path."""
        parent = self._parent(parts)
        if parent.is_open or parent.is_built:
            parent.lay(parts[-1], GONE)
        else:
            parent.take(parts[-1])

    def _parent(self, parts: Parts) -> Folder:
        self._root = folder = self._root.owned_by(self._token)
        for part in parts[:-1]:
            below = folder.children.get(part)
            if not isinstance(below, Folder):
                below = Folder(is_open=True)
            below = below.owned_by(self._token)
            if folder.children.get(part) is not below:
                folder.lay(part, below)
            folder = below
        return folder


def _is_one(node: Node, other: File) -> bool:
    return isinstance(node, File) and node.inode == other.inode


def walk(node: Node, path: str = "") -> Iterator[tuple[str, Node]]:
    """Yield a node and all that lies below it, with their paths."""
    yield path, node
    if isinstance(node, Folder):
        for name, child in node.children.items():
            if not isinstance(child, Gone):
                yield from walk(child, f"{path}/{name}" if path else name)
