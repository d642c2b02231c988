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
    _folders: set[Parts] = field(default_factory=set)  # that were copied: cp copies none of them twice
    _itself: Parts | None = None

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
                return self._replace(node, parts)
            case File():
                return self._copy_file(origin.parts, node, parts)
            case Special():
                return self._replace(node, parts) if self.manner.recursive else None

    def _copy_unseen(self, origin: Parts, parts: Parts) -> int | None:
        call = self.call
        detail = f"{call.name} brings {'/'.join(origin)}, and what that is was not seen"
        call.problem(Trouble.UNSEEN, detail, may_touch=True)
        if not isinstance(self.target.get(parts), Folder):
            self.target.put(parts, File(call.session.contents.unknown()))
        return None

    def _copy_folder(self, origin: Parts, node: Folder, parts: Parts) -> int | None:
        if self.source is self.target and parts[: len(origin)] == origin and parts != origin:
            return self._copy_into_itself(origin, node, parts)
        there = self.target.get(parts)
        if there is not None and not isinstance(there, Folder | Unseen):
            return 1
        if origin in self._folders:
            return 1
        self._folders.add(origin)
        if node.is_open:
            self._copy_unseen((*origin, "*"), (*parts, "*"))
        is_new = all(folder == origin or not is_below(folder, origin) for folder in self._folders)
        if not isinstance(there, Folder) and is_new and not self._must_look(node):
            self.target.put(parts, _copied(node))
            return 0
        if not isinstance(there, Folder):
            self.target.put(parts, Folder(is_open=isinstance(there, Unseen)))
        return self._copy_children(origin, node, parts)

    def _copy_into_itself(self, origin: Parts, node: Folder, parts: Parts) -> int:
        """Copy what was there before: at the copy itself cp gives up, but when that is is not known."""
        detail = f"{self.call.name} copies a folder into itself"
        self.call.problem(Trouble.UNMODELLED, detail, may_touch=True)
        there = self.target.get(parts)
        if there is not None and not isinstance(there, Folder):
            return 1
        if there is None:
            self.target.put(parts, Folder())
        self._itself = parts
        self._copy_children(origin, node, parts)
        return 1

    def _copy_children(self, origin: Parts, node: Folder, parts: Parts) -> int | None:
        status: int | None = 0
        for name in node.names():
            child: Node | None = node.children[name]
            below = (*origin, name)
            if below == self._itself:
                continue
            if isinstance(child, Link) and self.manner.follows_below:
                place = self.source.find(origin, name)
                child = None if place.trouble else place.node
            result = self.copy(Place(below, child), child, (*parts, name))
            status = 1 if result or status else None if None in (status, result) else 0
        return status

    def _must_look(self, node: Folder) -> bool:
        """Whether each entry of a new folder has to be looked at: for links to follow."""
        return self.manner.follows_below and any(
            isinstance(child, Link | Folder) for child in node.children.values()
        )

    def _replace(self, node: Node, parts: Parts) -> int | None:
        """Lay a link or a special file there, in the place of anything but a folder."""
        there = self.target.get(parts)
        if isinstance(there, Folder) or self._was_made(parts):
            return 1
        if there is not None and self.manner.keeps_existing:
            return 0
        self.target.put(parts, node)
        return 0

    def _was_made(self, parts: Parts) -> bool:
        if parts in self.made:
            return True
        self.made.add(parts)
        return False

    def _copy_file(self, origin: Parts, node: File, parts: Parts) -> int | None:
        there = self.target.get(parts)
        if there is not None and not isinstance(there, Unseen) and self.manner.keeps_existing:
            return 0
        if isinstance(there, Link) and not self.manner.unlinks:
            return self._write_through(origin, node, parts)
        if isinstance(there, Folder):
            return 1
        if (self.source is self.target and origin == parts) or self._was_made(parts):
            return 1
        content = node.content
        if self.manner.only_newer and isinstance(there, File) and there.content != content:
            content = self.call.session.contents.unknown(unsure=True)
        is_kept = isinstance(there, File) and not self.manner.unlinks
        executable = there.executable if is_kept and isinstance(there, File) else node.executable
        self.target.put(parts, File(content, executable))
        return 0

    def _write_through(self, origin: Parts, node: File, parts: Parts) -> int | None:
        """Write a file to where a link leads; into a folder or into nothing that is refused."""
        place = self.target.find(parts[:-1], parts[-1])
        if place.trouble or not isinstance(place.node, File | Unseen):
            return 1
        if self.source is self.target and place.parts == origin:
            return 1
        if self._was_made(parts):
            return 1
        executable = isinstance(place.node, File) and place.node.executable
        self.target.put(place.parts, File(node.content, executable))
        return 0


def _copied(node: Folder) -> Folder:
    """Return a folder of its own with the same below it."""
    children = {
        name: _copied(child) if isinstance(child, Folder) else child
        for name, child in node.children.items()
        if not isinstance(child, Gone)
    }
    return Folder(children)
