"""What sftp's `put` and `get` bring from one host to the other."""

from dataclasses import dataclass

from driftaudit.deploy.script.call import Call, worst
from driftaudit.deploy.script.globs import OTHERS, expanded
from driftaudit.deploy.script.options import Options
from driftaudit.deploy.script.parameters import path_text
from driftaudit.deploy.script.patterns import is_pattern, unescaped
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.symbols import Knowledge
from driftaudit.deploy.script.tree import Editor, File, Folder, Node, Parts, Place, Unseen
from driftaudit.deploy.script.world import Host


@dataclass(slots=True)
class Side:
    """One of the two hosts of a connection, and where the connection stands on it."""

    call: Call
    host: Host
    cwd: Parts
    is_local: bool

    @property
    def editor(self) -> Editor:
        """What changes the tree of the host."""
        return self.call.editor(self.host)

    @property
    def is_target(self) -> bool:
        """Whether it is the target's host."""
        return self.host.name == self.call.session.setting.there.name

    def find(self, path: str, *, follow: bool = True) -> Place:
        """Return where a path leads."""
        return self.editor.find(self.cwd, path, follow=follow)

    def expanded(self, pattern: str) -> list[str]:
        """Return the paths that a pattern stands for; one that fits nothing stands for itself."""
        if not is_pattern(pattern):
            return [unescaped(pattern)]
        found = expanded(self.editor.root, self.cwd, pattern)
        others = self.call.session.symbols.new(f"all else that {pattern} fits", Knowledge.OTHERS)
        return [path.replace(OTHERS, others) for path in found] or [pattern]

    def is_vague(self, path: str) -> bool:
        """Whether it is not known which path is meant."""
        whole = path if path.startswith("/") else path_text(self.cwd) + path
        return self.call.session.symbols.unknown(whole) is not None

    def may_write(self, path: str) -> bool:
        """Whether it is known what is written to; noted where not."""
        return self._is_known(path, Trouble.UNKNOWN_DESTINATION, "writes to")

    def may_remove(self, path: str) -> bool:
        """Whether it is known what is removed; noted where not."""
        return self._is_known(path, Trouble.UNKNOWN_PATH, "removes")

    def _is_known(self, path: str, trouble: Trouble, verb: str) -> bool:
        if self.is_vague(path):
            detail = f"{self.call.name} {verb} {path}, and what that is is not known"
            self.call.problem(trouble, detail, may_touch=self.is_target)
            return False
        return True

    def remove(self, place: Place) -> None:
        """Remove what lies at a place."""
        self.call.removing(place, self.host)
        self.editor.remove(place.parts)

    def has_folder(self, place: Place) -> bool:
        """Whether there is, or may be, a folder to lay something in."""
        return self.call.has_folder(place, self.editor)


def transferred(source: Side, target: Side, options: Options, *, resumes: bool = False) -> int | None:
    """Copy what a pattern fits to the other side, under its own name or to a path there.

    With `resumes` a file that is there gets only what it lacks: its content is not known then.
    """
    pattern, *rest = options.operands
    paths = source.expanded(pattern)
    last = rest[0] if rest else ""
    if last and not target.may_write(last):
        return None
    is_folder = bool(last) and isinstance(target.find(last).node, Folder)
    if len(paths) > 1 and last and not is_folder:
        return 1  # "Multiple paths match, but destination is not a directory"
    recursive = bool(options.flags & {"r", "R"})
    statuses = []
    for path in paths:
        name = path.rstrip("/").rpartition("/")[2]
        into = f"{last.rstrip('/') or '/'}/{name}" if is_folder else last or name
        statuses.append(_copied(source, target, path, into, recursive=recursive, resumes=resumes))
    return worst(statuses)


def _copied(
    source: Side, target: Side, path: str, into: str, *, recursive: bool, resumes: bool
) -> int | None:
    call = source.call
    origin = source.find(path)
    if source.is_vague(path) or isinstance(origin.node, Unseen):
        detail = f"{call.name} brings {path}, and what that is is not known"
        call.problem(Trouble.UNSEEN, detail, may_touch=True)
        place = target.find(into)
        if not isinstance(place.node, Folder) and not place.trouble:
            call.write_file(place, call.session.contents.unknown(), host=target.host)
        return None
    if origin.node is None and not source.is_target:
        call.note_absent(path, source.host, source.cwd)
    if origin.node is None or origin.trouble:
        return 1
    if isinstance(origin.node, Folder):
        return _folder(target, origin.node, into, is_sent=not target.is_local) if recursive else 1
    return _file(target, origin.node, into, resumes=resumes)


def _file(target: Side, node: Node, into: str, *, resumes: bool) -> int | None:
    if not isinstance(node, File):
        return 1
    place = target.find(into)
    content = node.content
    if resumes and isinstance(place.node, File) and place.node.content != content:
        content = target.call.session.contents.unknown(unsure=True)
    if into.endswith("/"):
        return 1
    return int(not target.call.write_file(place, content, host=target.host))


def _folder(target: Side, node: Folder, into: str, *, is_sent: bool) -> int | None:
    """Copy a folder: what is neither a file nor a folder in it is left out.

    One that `is_sent` goes to where a link at its new path leads, there or not; those below it do not.
    """
    place = target.find(into)
    if node.is_open:
        detail = f"{target.call.name} brings a folder of which not all was seen"
        target.call.problem(Trouble.UNSEEN, detail, may_touch=True)
    if isinstance(place.node, Unseen):
        target.editor.put(place.parts, Folder(is_open=True))
    elif target.is_local and target.find(into.rstrip("/"), follow=False).node is not None:
        pass  # whatever it is: what cannot be laid into it is refused then
    elif place.node is None:
        link = target.find(into.rstrip("/"), follow=False).node
        is_in_way = link is not None and not is_sent
        if place.trouble not in ("", "no such folder") or is_in_way or not target.has_folder(place):
            return 1
        target.editor.put(place.parts, Folder())
    elif not isinstance(place.node, Folder):
        return 1
    statuses: list[int | None] = []
    for name in node.names():
        child = node.children[name]
        path = f"{into.rstrip('/')}/{name}"
        if isinstance(child, Folder):
            statuses.append(_folder(target, child, path, is_sent=False))
        elif isinstance(child, File):
            statuses.append(_file(target, child, path, resumes=False))
    return worst(statuses)
