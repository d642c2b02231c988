"""Copies files and folders in the model, as cp does: what is refused there is refused here."""

from dataclasses import dataclass, field

from driftaudit.deploy.script.call import Call, is_below
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.tree import (
    Editor,
    File,
    Folder,
    Gone,
    Link,
    Node,
    Parts,
    Place,
    Special,
    Unseen,
    walk,
)


@dataclass(frozen=True, slots=True)
class Manner:
    """How is copied. `follows_given` and `follows_below`: links among the operands, and in folders."""

    recursive: bool = False
    follows_given: bool = True
    follows_below: bool = False
    keeps_existing: bool = False
    only_newer: bool = False
    warns_of_twice: bool = False  # a source that is given twice is copied once, and that is no failure
    forced: bool = False  # what cannot be written to is replaced
    keeps_names: bool = False  # of one file: they become names of one file again
    unlinks: bool = False  # what is there goes first, so that nothing is written through a link


@dataclass(slots=True)
class Copier:
    """Copies between two trees, which may be the same."""

    call: Call
    manner: Manner
    source: Editor
    target: Editor
    made: set[Parts] = field(default_factory=set)
    given: set[Parts] = field(default_factory=set)  # sources: one that is given twice is copied once
    _given: set[Parts] = field(default_factory=set)  # folders that were: cp copies none of them again
    _names: dict[int, Parts] = field(default_factory=dict)  # where a file with more names was copied to
    _way: list[Parts] = field(default_factory=list)  # the folders that are being copied, from the one given
    _first: Parts | None = None  # the first folder that was made of the one given

    def copy(self, origin: Place, node: Node | None, parts: Parts) -> int | None:
        """Copy a node to a path whose folder is there; return 1 where that is refused."""
        match node:
            case None | Gone():
                return 1
            case Unseen():
                return self._copy_unseen(origin.parts, parts)
            case Folder() if not self.manner.recursive:
                return 1
            case Folder():
                return self._copy_folder(origin.parts, node, parts)
            case Link():
                return self._replace(origin.parts, node, parts)
            case File():
                return self._copy_file(origin.parts, node, parts)
            case Special():
                return self._replace(origin.parts, node, parts) if self.manner.recursive else None

    def _copy_unseen(self, origin: Parts, parts: Parts) -> int | None:
        call = self.call
        detail = f"{call.name} brings {'/'.join(origin)}, and what that is was not seen"
        call.problem(Trouble.UNSEEN, detail, may_touch=True)
        if not isinstance(self.target.get(parts), Folder):
            self.target.put(parts, File(call.session.contents.unknown()))
        return None

    def _copy_folder(self, origin: Parts, node: Folder, parts: Parts) -> int | None:
        there = self.target.get(parts)
        if self._way and origin in (self._way if self.manner.follows_below else self._given):
            return 1  # "cannot copy cyclic symbolic link", or given already
        if there is not None and not isinstance(there, Folder | Unseen):
            return 1
        if self.source is self.target and origin == parts:
            return 1  # "are the same file"
        if not self._way:
            self._given.add(origin)
            self._first = None
        if node.is_open:
            self._copy_unseen((*origin, "*"), (*parts, "*"))
        is_within = self.source is self.target and is_below(parts, origin)
        if is_within and isinstance(there, Folder):
            self._say_unsure(may_touch=True)
        is_plain = not is_within and not self._must_look(node) and not self._meets(origin)
        if not isinstance(there, Folder) and is_plain:
            self.target.put(parts, _copied(node))
            return 0
        if not isinstance(there, Folder):
            self.target.put(parts, Folder(is_open=isinstance(there, Unseen)))
            self._first = self._first or parts
        return self._copy_children(origin, node, parts)

    def _meets(self, origin: Parts) -> bool:
        """Whether below a folder lies one that was given already, or the first one that was made."""
        found = {*self._given, self._first or ()}
        return any(folder != origin and is_below(folder, origin) for folder in found)

    def _copy_children(self, origin: Parts, node: Folder, parts: Parts) -> int | None:
        status: int | None = 0
        self._way.append(origin)
        if self.source is self.target and self._first and self._first[:-1] == origin:
            status = 1  # cp comes to what it made itself, and gives up
            self._look_beside()
        for name in node.names():
            child: Node | None = node.children[name]
            below = (*origin, name)
            if self.source is self.target and below == self._first:
                continue
            if isinstance(child, Link) and self.manner.follows_below:
                place = self.source.find(origin, name)
                below, child = place.parts, None if place.trouble else place.node
            result = self.copy(Place(below, child), child, (*parts, name))
            status = 1 if result or status else None if None in (status, result) else 0
        self._way.pop()
        return status

    def _look_beside(self) -> None:
        """Note if anything lies beside the folder where cp gives up, or beside those that lead to it.

        It goes through a folder in the order in which the disk has it: what comes later is not copied.
        """
        ways = [*self._way[1:], self._first]
        for folder, taken in zip(self._way, ways, strict=True):
            node = self.source.get(folder)
            names = set(node.names()) if isinstance(node, Folder) else set()
            if taken is None or taken[:-1] != folder or names - {taken[-1]}:
                self._say_unsure(may_touch=False)

    def _say_unsure(self, *, may_touch: bool) -> None:
        detail = f"{self.call.name} copies a folder into itself: how much of it is not known"
        self.call.problem(Trouble.UNMODELLED, detail, may_touch=may_touch)

    def _must_look(self, node: Folder) -> bool:
        """Whether each entry of a new folder has to be looked at: for links to follow, and names to keep."""
        if self.manner.keeps_names and any(
            isinstance(below, File) and below.inode for _p, below in walk(node)
        ):
            return True
        return self.manner.follows_below and any(
            isinstance(child, Link | Folder) for child in node.children.values()
        )

    def _replace(self, origin: Parts, node: Node, parts: Parts) -> int | None:
        """Lay a link or a special file there, in the place of anything but a folder."""
        there = self.target.get(parts)
        is_itself = self.source is self.target and parts in (origin, self._end_of(origin))
        if isinstance(there, Folder) or (there is not None and is_itself and not self.manner.keeps_existing):
            return 1
        if self._was_made(parts):
            return 1
        if there is not None and self.manner.keeps_existing:
            return 0
        if there is not None and self.manner.only_newer:
            detail = f"{self.call.name} -u: which of two links is newer is not known"
            self.call.problem(Trouble.UNMODELLED, detail, may_touch=False)
        self.target.put(parts, node)
        return 0

    def _end_of(self, link: Parts) -> Parts:
        """Return where a link leads in the end."""
        return self.source.find(link[:-1], link[-1]).parts if link else ()

    def _was_made(self, parts: Parts) -> bool:
        """Whether a source that was given made it: cp writes over none of those, but over what lies below."""
        if self._way:
            return False
        if parts in self.made:
            return True
        self.made.add(parts)
        return False

    def _copy_file(self, origin: Parts, node: File, parts: Parts) -> int | None:
        there = self.target.get(parts)
        if there is not None and not isinstance(there, Unseen) and self.manner.keeps_existing:
            return int(isinstance(there, Link) and self.target.find(parts[:-1], parts[-1]).node is None)
        if isinstance(there, Link) and not self.manner.unlinks:
            return self._write_through(origin, node, parts)
        if isinstance(there, Folder):
            return 1
        if (self.source is self.target and origin == parts) or self._was_made(parts):
            return 1
        if self.manner.keeps_names and node.inode and self._is_named(node.inode, parts):
            return 0
        content = node.content
        if self.manner.only_newer and isinstance(there, File) and there.content != content:
            content = self.call.session.contents.unknown(unsure=True)
        if isinstance(there, File) and not self.manner.unlinks:
            if self.source is self.target and node.inode and node.inode == there.inode:
                return 1  # "are the same file"
            self.target.write(parts, content)
        else:
            self.target.put(parts, File(content, node.executable))
        return 0

    def _is_named(self, inode: int, parts: Parts) -> bool:
        """Whether a path became one more name of a copy that was made already."""
        origin = self._names.setdefault(inode, parts)
        shared = self.target.get(origin)
        if origin == parts or not isinstance(shared, File):
            return False
        self.target.link(origin, shared, parts)
        return True

    def _write_through(self, origin: Parts, node: File, parts: Parts) -> int | None:
        """Write a file to where a link leads; into a folder or into nothing that is refused."""
        place = self.target.find(parts[:-1], parts[-1])
        if place.trouble == "too many links" and self.manner.forced:
            self.target.put(parts, node.alone)
            return 0
        if place.trouble or not isinstance(place.node, File | Unseen):
            return 1
        if self.source is self.target and place.parts == origin:
            return 1
        if self._was_made(parts):
            return 1
        is_newer = not self.manner.only_newer or not isinstance(place.node, File)
        content = node.content if is_newer else self.call.session.contents.unknown(unsure=True)
        self.target.write(place.parts, content)
        return 0


def _copied(node: Folder) -> Folder:
    """Return a folder of its own with the same below it."""
    children: dict[str, Node] = {}
    for name, child in node.children.items():
        match child:
            case Folder():
                children[name] = _copied(child)
            case File():
                children[name] = child.alone
            case Link() | Special() | Unseen():
                children[name] = child
    return Folder(children)
