"""`sftp`: a batch of commands, of a file or of what is read, on the target's tree and on the one here."""

import shlex
from collections.abc import Callable
from typing import TypeAlias

from driftaudit.deploy.script.call import Call, Programs, worst
from driftaudit.deploy.script.commands.remote import End
from driftaudit.deploy.script.commands.transfer import Side, transferred
from driftaudit.deploy.script.options import Grammar, Options, parsed
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.symbols import has_symbols
from driftaudit.deploy.script.tree import File, Folder, Link, Unseen

_SFTP = Grammar("46AaCfNpqrv", "BbcDFiJloPRSsX")
_FLAGS = Grammar("afhlprRPs1Snt")
_HARMLESS = frozenset(
    "? chgrp chmod chown df help lls lpwd ls lumask progress pwd version dir ldir".split()  # noqa: SIM905
)
_Command: TypeAlias = Callable[[Options], int | None]
_ENDING = ("bye", "exit", "quit")


def sftp(call: Call) -> int | None:
    """Run a batch. With -b the first command that fails ends it, unless `-` stands before it."""
    options = parsed(call.words, _SFTP)
    if not options.operands:
        return 1
    name = options.operands[0]
    target = End(call, name if ":" in name else f"{name}:")
    batch = options.value("b")
    content = call.world.given if batch is None else call.content_of(batch)
    if content is None:
        return 1
    text = call.session.contents.text(content)
    if text is None or target.is_vague:
        detail = "sftp runs a batch that is not known" if text is None else f"sftp goes to {name}"
        call.problem(Trouble.UNKNOWN_COMMAND, detail, may_touch=True)
        return None
    there = Side(call, target.host, target.host.home, is_local=False)
    here = Side(call, call.world.host, call.world.cwd, is_local=True)
    return _Batch(call, here, there).run(target.path, text.split("\n"), stops=batch is not None)


class _Batch:
    """One connection: where it stands on both hosts."""

    def __init__(self, call: Call, here: Side, there: Side) -> None:
        self._call = call
        self._here = here
        self._there = there
        self._stops = False  # at the first path of a command that fails
        self._commands: dict[str, _Command] = {
            "cd": lambda options: self._gone(there, options),
            "lcd": lambda options: self._gone(here, options),
            "chdir": lambda options: self._gone(there, options),
            "lchdir": lambda options: self._gone(here, options),
            "mkdir": lambda options: _made(there, options),
            "lmkdir": lambda options: _made(here, options),
            "rm": self._removed,
            "delete": self._removed,
            "rmdir": self._removed_folder,
            "rename": self._renamed,
            "ln": self._linked,
            "symlink": lambda options: self._linked(options, symbolic=True),
            "put": lambda options: transferred(here, there, options),
            "get": lambda options: transferred(there, here, options),
            "mget": lambda options: transferred(there, here, options),
            "mput": lambda options: transferred(here, there, options),
            "reput": lambda options: transferred(here, there, options, resumes=True),
            "reget": lambda options: transferred(there, here, options, resumes=True),
            "cp": self._copied,
            "copy": self._copied,
        }

    def run(self, start: str, lines: list[str], *, stops: bool) -> int | None:
        """Run lines, and return the status of the program."""
        if start != "." and self._gone(self._there, Options(operands=[start])):
            return transferred(self._there, self._here, Options(operands=[start]))
        status: int | None = 0
        for line in lines:
            plain = line.strip().lstrip("@").lstrip()
            may_fail = plain.startswith("-")
            words = _words(plain.removeprefix("-").removeprefix("@"))
            if words == []:
                continue
            if words and words[0].lower() in _ENDING:
                return status
            self._stops = stops and not may_fail
            found = 1 if words is None else self._one(words)
            if found and stops and not may_fail:
                return 1
            status = None if found is None and stops and not may_fail else status
        return status

    def _one(self, words: list[str]) -> int | None:
        name = words[0].lower()
        run = self._commands.get(name)
        if run:
            options = parsed(words[1:], _FLAGS)
            return run(options) if options.operands else 1
        if name in _HARMLESS:
            return 0
        if name.startswith("!") or has_symbols(name):
            detail = f"sftp runs {' '.join(words)}, and what that does is not known"
            self._call.problem(Trouble.UNKNOWN_COMMAND, detail, may_touch=True)
            return None
        return 1  # "Invalid command"

    def _gone(self, side: Side, options: Options) -> int | None:
        path = options.operands[0]
        if side.is_vague(path):
            side.cwd = (self._call.session.anything(path),)
            return None
        place = side.find(path)
        if not isinstance(place.node, Folder | Unseen) or place.trouble:
            return 1
        side.cwd = place.parts
        return None if isinstance(place.node, Unseen) else 0

    def _removed(self, options: Options) -> int | None:
        statuses = []
        for path in self._there.expanded(options.operands[0]):
            statuses.append(self._removed_one(path))
            if statuses[-1] and self._stops:
                break
        return worst(statuses)

    def _removed_one(self, path: str) -> int | None:
        if not self._there.may_remove(path):
            return None
        place = self._there.find(path, follow=path.endswith("/"))
        if place.node is None or place.trouble or isinstance(place.node, Folder):
            return 1
        self._there.remove(place)
        return None if isinstance(place.node, Unseen) else 0

    def _removed_folder(self, options: Options) -> int | None:
        path = options.operands[0]
        if not self._there.may_remove(path):
            return None
        place = self._there.find(path.rstrip("/") or "/", follow=False)
        if isinstance(place.node, Unseen):
            self._there.remove(place)
            return None
        if not isinstance(place.node, Folder) or place.trouble or place.node.names():
            return 1
        if place.node.is_open:
            return None  # it goes only if nobody saw nothing in it, and then nothing is lost
        self._there.remove(place)
        return 0

    def _renamed(self, options: Options) -> int | None:
        """Move a path; what is at the new one is replaced, as POSIX says, but for -l."""
        if len(options.operands) < 2:
            return 1
        old, new = options.operands[:2]
        if not self._there.may_remove(old) or not self._there.may_write(new):
            return None
        origin = self._there.find(old.rstrip("/") or "/", follow=False)
        place = self._there.find(new.rstrip("/") or "/", follow=False)
        if origin.node is None or origin.trouble or place.trouble or not self._there.has_folder(place):
            return 1
        if place.parts == origin.parts:
            return 1 if "l" in options else 0
        if place.parts[: len(origin.parts)] == origin.parts:
            return 1
        if place.node is not None and ("l" in options or not _gives_way(origin.node, place.node)):
            return 1
        self._there.remove(origin)
        self._there.editor.put(place.parts, origin.node)
        return None if isinstance(origin.node, Unseen) else 0

    def _linked(self, options: Options, *, symbolic: bool = False) -> int | None:
        if len(options.operands) < 2:
            return 1
        source, new = options.operands[:2]
        if not self._there.may_write(new):
            return None
        place = self._there.find(new, follow=False)
        if place.node is not None or place.trouble or not self._there.has_folder(place):
            return None if isinstance(place.node, Unseen) else 1
        if symbolic or "s" in options:
            self._there.editor.put(place.parts, Link(source))
            return 0
        found = self._there.find(source, follow=False)
        if not isinstance(found.node, File) or found.trouble:
            return None if isinstance(found.node, Unseen | Link) else 1
        self._there.editor.link(found.parts, found.node, place.parts)
        return 0

    def _copied(self, options: Options) -> int | None:
        """Copy a file on the target."""
        if len(options.operands) < 2:
            return 1
        return transferred(self._there, self._there, options)


def _made(side: Side, options: Options) -> int | None:
    path = options.operands[0]
    if not side.may_write(path):
        return None
    place = side.find(path.rstrip("/") or "/", follow=False)
    if isinstance(place.node, Unseen):
        side.editor.put(place.parts, Folder(is_open=True))
        return None
    if place.node is not None or place.trouble or not side.has_folder(place):
        return 1
    side.editor.put(place.parts, Folder())
    return 0


def _gives_way(node: object, there: object) -> bool:
    """Whether what lies at a new name lets itself be replaced by rename."""
    if isinstance(there, Folder):
        return isinstance(node, Folder) and not there.names() and not there.is_open
    return not isinstance(node, Folder)


def _words(line: str) -> list[str] | None:
    """Return the words of a line; None where a quote has no end."""
    if line.startswith("#"):
        return []
    if line.startswith("!"):
        return [line]
    try:
        return shlex.split(line)
    except ValueError:
        return None


SFTP: Programs = {"sftp": sftp}
