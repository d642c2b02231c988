"""Redirections: what is opened before a command, and what it printed that goes there after it."""

from dataclasses import dataclass, field

from driftaudit.deploy.script.call import Call
from driftaudit.deploy.script.contents import EMPTY, FOLDER
from driftaudit.deploy.script.dialect import LITERAL
from driftaudit.deploy.script.session import Session
from driftaudit.deploy.script.syntax import Redirect
from driftaudit.deploy.script.tree import Editor, File, Folder, Link, Parts, node_at
from driftaudit.deploy.script.words import Words
from driftaudit.deploy.script.world import World

_NEW_FILE = (">", "&>", ">&")  # what is there is refused under `set -C`
_FIRST_FREE = 10  # the number that bash gives the first descriptor that it chooses itself
_NOWHERE: Parts = ("dev", "null")
_ELSEWHERE: Parts = ("dev", "fd")  # where an output went when a descriptor was made of it


@dataclass(slots=True)
class Opened:
    """Where the two outputs go, None for where they went before, and what was there before."""

    output: Parts | None = None
    errors: Parts | None = None
    given: str = ""
    out: tuple[str, ...] = ()
    sink: Parts | None = None
    given_line: int = 0
    source: Parts | None = None
    is_heard: bool = False
    descriptors: dict[str, Parts] = field(default_factory=dict)


def opened(session: Session, world: World, redirects: tuple[Redirect, ...], line: int) -> Opened | None:
    """Open the files of redirections, in order; None where that fails, and the command is not run."""
    found = Opened(given=world.given, out=world.out, sink=world.sink, given_line=world.given_line)
    found.is_heard, found.source = world.is_heard, world.source
    found.descriptors = dict(world.descriptors)
    before = dict(world.trees)
    for redirect in redirects:
        if not _open(session, world, redirect, found, line):
            session.step(line, before, world.trees)
            world.status, world.given, world.descriptors = 1, found.given, found.descriptors
            world.source = found.source
            return None
    _read_late(world, found)
    world.out = ()
    if found.output is not None:
        world.sink, world.is_heard = found.output, True
    session.step(line, before, world.trees)
    return found


def _read_late(world: World, found: Opened) -> None:
    """Read what a command is given only now: what is written to as well was emptied when it was opened."""
    node = node_at(world.root, world.source) if world.source and world.source != found.source else None
    if isinstance(node, File):
        world.given = node.content


def _open(session: Session, world: World, redirect: Redirect, found: Opened, line: int) -> bool:
    words = Words(session, world)
    operator, descriptor = redirect.operator, redirect.descriptor
    is_input = descriptor in ("", "0")
    if redirect.document is not None:
        content = session.contents.of_text(words.text(redirect.document))
        if is_input:
            world.given, world.given_line, world.source = content, redirect.document.line, None
        return True
    if operator == "<<<":
        content = session.contents.of_text(words.text(redirect.word) + "\n")
        if is_input:
            world.given, world.source = content, None
        return True
    is_literal = LITERAL in world.options
    fields = [words.text(redirect.word)] if is_literal else words.fields(redirect.word)
    if len(fields) != 1:
        return False  # "ambiguous redirect"
    text = fields[0]
    if operator in (">&", "<&") and (text.rstrip("-").isdigit() or text == "-"):
        _join(world, found, descriptor or ("1" if operator == ">&" else "0"), text)
        return True
    if operator == "<":
        return _open_input(Call(session, world, ["<", text], line), text, is_input=is_input)
    return _open_file(session, world, redirect, text, found, line)


def _open_input(call: Call, path: str, *, is_input: bool) -> bool:
    """Open a file to read it; a folder is opened as well, and not read."""
    content = call.content_of(path)
    place = call.place(path)
    if isinstance(place.node, Folder) and not place.trouble:
        content = FOLDER
    if content is not None and is_input:
        call.world.given = content
        is_plain = isinstance(place.node, File) and not call.is_vague(path)
        call.world.source = place.parts if is_plain else None
    return content is not None


def _join(world: World, found: Opened, descriptor: str, text: str) -> None:
    """Let a descriptor lead to where another one does; "-" closes it."""
    outputs = {"1": found.output, "2": found.errors, "-": _NOWHERE}
    target = outputs.get(text, world.descriptors.get(text.rstrip("-")))
    if descriptor == "2":
        found.errors = target
    elif descriptor == "1":
        found.output = _NOWHERE if text == "2" and target is None else target
    else:
        world.descriptors[descriptor] = target or _ELSEWHERE


def _open_file(
    session: Session, world: World, redirect: Redirect, text: str, found: Opened, line: int
) -> bool:
    operator = redirect.operator
    call = Call(session, world, [operator, text], line)
    if text.startswith("/dev/") or not call.may_write(text):
        parts = _NOWHERE
    else:
        place = call.place(text)
        if "noclobber" in world.options and operator in _NEW_FILE and _is_in_the_way(call, text):
            return False
        is_kept = operator.endswith(">>") or operator == "<>"
        content = place.node.content if is_kept and isinstance(place.node, File) else None
        if content is None:
            content = session.contents.unknown() if is_kept and place.node else session.contents.of_text("")
        if not call.write_file(place, content):
            return False
        call.finish()
        parts = place.parts
    _lead(session, world, redirect, found, parts)
    return True


def _is_in_the_way(call: Call, path: str) -> bool:
    """Whether `set -C` refuses to write: to a file that is there, or through a link that leads nowhere."""
    nodes = call.place(path).node, call.place(path, follow=False).node
    return isinstance(nodes[0], File) or (nodes[0] is None and isinstance(nodes[1], Link))


def _lead(session: Session, world: World, redirect: Redirect, found: Opened, parts: Parts) -> None:
    """Let the descriptor of a redirection lead to a file."""
    operator, descriptor = redirect.operator, redirect.descriptor
    is_both = operator in ("&>", "&>>", ">&")
    descriptor = descriptor or ("0" if operator == "<>" else "1")
    if descriptor == "0":
        world.given = session.contents.unknown()
        return
    if is_both or descriptor == "1":
        found.output = parts
    if is_both or descriptor == "2":
        found.errors = parts
    if descriptor.startswith("{"):  # the shell gives it a number, and the variable that
        number = str(_FIRST_FREE + len(world.descriptors))
        world.variables[descriptor.strip("{}")] = number
        descriptor = number
    if descriptor not in ("1", "2"):
        world.descriptors[descriptor] = parts


def kept(session: Session, world: World, found: Opened, line: int) -> None:
    """Leave open what `exec` has opened: all that follows may print to it."""
    before = dict(world.trees)
    for parts in (found.output, found.errors):
        if parts is not None:
            _append(session, world, parts, (session.contents.unknown(unsure=True),))
    world.out = found.out
    if found.output is not None and found.is_heard:
        world.out = (*found.out, session.contents.unknown())
    world.is_heard = found.is_heard
    session.step(line, before, world.trees)


def closed(session: Session, world: World, found: Opened, line: int, *, is_quiet: bool) -> None:
    """Write what a command printed to where it goes; one that is quiet says nothing unless it fails."""
    printed = world.out
    failed = world.status != 0
    before = dict(world.trees)
    if found.output is None:
        world.out = (*found.out, *printed)
    elif found.output == _ELSEWHERE:  # that may be where it goes all the same
        world.out = (*found.out, session.contents.unknown()) if printed else found.out
    else:
        world.out = found.out
        _append(session, world, found.output, printed)
    if found.errors and (failed or not is_quiet):
        said = session.contents.unknown(unsure=world.status != 1)
        _append(session, world, found.errors, (said,))
    world.given, world.sink, world.source = found.given, found.sink, found.source
    world.given_line, world.is_heard = found.given_line, found.is_heard
    world.descriptors = found.descriptors
    session.step(line, before, world.trees)


def _append(session: Session, world: World, parts: Parts, printed: tuple[str, ...]) -> None:
    if parts in (_NOWHERE, _ELSEWHERE) or not printed:
        return
    editor = Editor(world.root)
    node = editor.get(parts)
    if isinstance(node, Folder) or not isinstance(node, File):
        return
    content = session.contents.joined((node.content, *printed))
    if content != node.content and session.contents.text(content) != EMPTY:
        editor.write(parts, content)
        world.trees[world.host.name] = editor.root
