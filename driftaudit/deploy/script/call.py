"""One simple command as it is given to the model of a program."""

from collections.abc import Callable, Iterable
from typing import Protocol

from driftaudit.deploy.script.contents import FOLDER
from driftaudit.deploy.script.parameters import path_text
from driftaudit.deploy.script.session import Session, Trouble
from driftaudit.deploy.script.symbols import Knowledge
from driftaudit.deploy.script.tree import Editor, File, Folder, Parts, Place, Unseen, find, node_at
from driftaudit.deploy.script.world import Host, World

_TEMPORARY: tuple[Parts, ...] = (("tmp",), ("var", "tmp"), ("dev", "shm"))


def is_below(parts: Parts, folder: Parts) -> bool:
    """Whether a real path is a folder's or lies below it."""
    return parts[: len(folder)] == folder


class Call:
    """The words of a command, and the hands with which it changes the trees of its world."""

    def __init__(self, session: Session, world: World, words: list[str], line: int) -> None:
        self.session = session
        self.world = world
        self.path = words[0]
        self.name = words[0].rpartition("/")[2]
        self.words = words[1:]
        self.line = line
        self._editors: dict[str, Editor] = {}

    def editor(self, host: Host) -> Editor:
        """Return what changes the tree of a host."""
        if host.name not in self._editors:
            self._editors[host.name] = Editor(self.world.trees[host.name])
        return self._editors[host.name]

    @property
    def files(self) -> Editor:
        """What changes the tree of the host that the command runs on."""
        return self.editor(self.world.host)

    def finish(self) -> None:
        """Lay the changed trees into the world."""
        for host, editor in self._editors.items():
            self.world.trees[host] = editor.root

    def place(self, path: str, *, follow: bool = True) -> Place:
        """Return where a path leads."""
        return self.files.find(self.world.cwd, path, follow=follow) if path else Place((), None, "no path")

    def print(self, text: str) -> None:
        """Print a text."""
        self.print_content(self.session.contents.of_text(text))

    def print_content(self, content: str) -> None:
        """Print a content."""
        if not self.world.is_heard:
            return
        self.world.out = (*self.world.out, content)

    def problem(self, trouble: Trouble, detail: str, *, may_touch: bool) -> None:
        """Note what is not known of this command."""
        self.session.problem(trouble, self.line, detail, may_touch=may_touch)

    def is_vague(self, path: str) -> bool:
        """Whether it is not known which path is meant; the host's own cannot be told then."""
        return self.session.symbols.unknown(path + path_text(self.world.cwd) * (path[:1] != "/")) is not None

    def note_absent(self, path: str, host: Host | None = None, start: Parts | None = None) -> None:
        """Note that what is to be brought is not there, unless the script has taken it away itself."""
        setting = self.session.setting
        host = host or self.world.host
        before = find(setting.trees[host.name], self.world.cwd if start is None else start, path)
        if before.node is None or isinstance(before.node, Unseen):
            detail = f"{self.name} {path}: that is not there, and what it would bring is not known"
            self.problem(Trouble.NOTHING_TO_BRING, detail, may_touch=True)

    def may_write(self, path: str) -> bool:
        """Whether it is known what is written to; noted where not."""
        if not self.is_vague(path):
            return True
        detail = f"{self.name} writes to {path}, and what that is is not known"
        self.problem(Trouble.UNKNOWN_DESTINATION, detail, may_touch=self.is_target)
        return False

    @property
    def is_target(self) -> bool:
        """Whether the command runs on the target's host."""
        return self.world.host.name == self.session.setting.there.name

    def may_meet_root(self, place: Place) -> bool:
        """Whether a place on the target's host lies below its root, or above it."""
        root = self.session.setting.root
        return self.is_target and (is_below(place.parts, root) or is_below(root, place.parts))

    def may_remove(self, path: str) -> bool:
        """Whether it is known what is removed; noted where not."""
        if not self.is_vague(path) and not self._is_new_name(path):
            return True
        detail = f"{self.name} removes {path}, and what that is is not known"
        self.problem(Trouble.UNKNOWN_PATH, detail, may_touch=self.is_target)
        return False

    def _is_new_name(self, path: str) -> bool:
        """Whether a path has a time or the like in it, and is not what the script made itself."""
        symbols = self.session.symbols.within(path)
        is_fresh = any(symbol.knowledge is Knowledge.FRESH for symbol in symbols)
        return is_fresh and isinstance(self.place(path, follow=False).node, Unseen | None)

    def removing(self, place: Place, host: Host | None = None) -> None:
        """Note the removal of the target's root, of what is above it, and of what lies outside of it."""
        setting = self.session.setting
        host = host or self.world.host
        if host.name != setting.there.name or place.node is None:
            return
        if is_below(setting.root, place.parts):
            detail = f"{self.name} removes {path_text(place.parts)}, which is or holds the root"
            self.problem(Trouble.REMOVES_ROOT, detail, may_touch=True)
        elif not is_below(place.parts, setting.root) and not self._is_own(place):
            detail = f"{self.name} removes {path_text(place.parts)}, outside of the root"
            self.problem(Trouble.OUTSIDE_ROOT, detail, may_touch=False)

    def _is_own(self, place: Place) -> bool:
        """Whether the script made it itself, or it lies where nothing is kept."""
        if self.session.setting.here.name == self.session.setting.there.name and is_below(
            place.parts, self.session.setting.cwd
        ):
            return True
        if any(is_below(place.parts, folder) and place.parts != folder for folder in _TEMPORARY):
            return True
        before = node_at(self.session.setting.trees[self.session.setting.there.name], place.parts)
        return not isinstance(place.node, Unseen) and (before is None or isinstance(before, Unseen))

    def content_of(self, path: str) -> str | None:
        """Return the content of the file that a path leads to, None where there is none."""
        if path in ("-", "/dev/stdin"):
            return None if self.world.given == FOLDER else self.world.given
        if path in self.session.pipes:
            return self.session.pipes[path]
        if path == "/dev/null":
            return self.session.contents.of_text("")
        if self.is_vague(path):
            return self.session.contents.unknown()
        place = self.place(path)
        if isinstance(place.node, Unseen):
            return self.session.contents.unknown()
        return place.node.content if isinstance(place.node, File) and not place.trouble else None

    def write_file(self, place: Place, content: str, *, host: Host | None = None) -> bool:
        """Write a content to a place that was found by following links; whether that could be done."""
        editor = self.editor(host or self.world.host)
        if place.trouble or isinstance(place.node, Folder) or not self.has_folder(place, editor):
            return False
        editor.write(place.parts, content)
        return True

    def has_folder(self, place: Place, editor: Editor | None = None) -> bool:
        """Whether there is, or may be, a folder to lay something in."""
        if not place.parts:
            return False
        return isinstance((editor or self.files).get(place.parts[:-1]), Folder | Unseen)


class Program(Protocol):
    """The model of a program: changes the trees, and returns its exit status, None if not known."""

    def __call__(self, call: Call) -> int | None:
        """Run on the model."""
        ...


Programs = dict[str, Callable[[Call], int | None]]


def worst(statuses: Iterable[int | None]) -> int | None:
    """Return the status of a program that goes on after a failure: failed, not known, or 0."""
    found = list(statuses)
    if any(found):
        return 1
    return None if None in found else 0
