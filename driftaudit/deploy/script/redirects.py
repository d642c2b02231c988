"""Redirections: what is opened before a command, and what it printed that goes there after it."""

from dataclasses import dataclass

from driftaudit.deploy.script.call import Call
from driftaudit.deploy.script.contents import EMPTY
from driftaudit.deploy.script.dialect import LITERAL
from driftaudit.deploy.script.session import Session
from driftaudit.deploy.script.syntax import Redirect
from driftaudit.deploy.script.tree import Editor, File, Folder, Parts
from driftaudit.deploy.script.words import Words
from driftaudit.deploy.script.world import World

_TO_FILE = (">", ">|", ">>", "&>", "&>>", "<>")
_NOWHERE: Parts = ("dev", "null")


@dataclass(slots=True)
class Opened:
    """Where the two outputs go, None for where they went before, and what was there before."""

    output: Parts | None = None
    errors: Parts | None = None
    given: str = ""
    out: tuple[str, ...] = ()
    sink: Parts | None = None
    given_line: int = 0
    is_heard: bool = False


def opened(session: Session, world: World, redirects: tuple[Redirect, ...], line: int) -> Opened | None:
    """Open the files of redirections, in order; None where that fails, and the command is not run."""
    found = Opened(given=world.given, out=world.out, sink=world.sink, given_line=world.given_line)
    found.is_heard = world.is_heard
    before = dict(world.trees)
    for redirect in redirects:
        if not _open(session, world, redirect, found, line):
            session.step(line, before, world.trees)
            world.status, world.given = 1, found.given
            return None
    world.out = ()
    if found.output is not None:
        world.sink, world.is_heard = found.output, True
    session.step(line, before, world.trees)
    return found


def _open(session: Session, world: World, redirect: Redirect, found: Opened, line: int) -> bool:
    words = Words(session, world)
    operator, descriptor = redirect.operator, redirect.descriptor
    if redirect.document is not None:
        world.given = session.contents.of_text(words.text(redirect.document))
        world.given_line = redirect.document.line
        return True
    if operator == "<<<":
        world.given = session.contents.of_text(words.text(redirect.word) + "\n")
        return True
    is_literal = LITERAL in world.options
    fields = [words.text(redirect.word)] if is_literal else words.fields(redirect.word)
    if len(fields) != 1:
        return False  # "ambiguous redirect"
    text = fields[0]
    if operator in (">&", "<&") and (text.isdigit() or text == "-"):
        _join(found, descriptor, text)
        return True
    if operator == "<":
        content = Call(session, world, ["<", text], line).content_of(text)
        world.given = content if content is not None else world.given
        return content is not None
    return _open_file(session, world, redirect, text, found, line)


def _join(found: Opened, descriptor: str, text: str) -> None:
    if descriptor == "2" and text == "1":
        found.errors = found.output
    elif descriptor in ("", "1") and text == "2":
        found.output = found.errors or _NOWHERE


def _open_file(
    session: Session, world: World, redirect: Redirect, text: str, found: Opened, line: int
) -> bool:
    operator, descriptor = redirect.operator, redirect.descriptor
    call = Call(session, world, [operator, text], line)
    if text.startswith("/dev/") or not call.may_write(text):
        parts = _NOWHERE
    else:
        place = call.place(text)
        is_kept = operator.endswith(">>") or operator == "<>"
        content = place.node.content if is_kept and isinstance(place.node, File) else None
        if content is None:
            content = session.contents.unknown() if is_kept and place.node else session.contents.of_text("")
        if not call.write_file(place, content):
            return False
        call.finish()
        parts = place.parts
    if operator in ("&>", "&>>", ">&") or descriptor in ("", "1"):
        found.output = parts
    if operator in ("&>", "&>>", ">&") or descriptor == "2":
        found.errors = parts
    return True


def closed(session: Session, world: World, found: Opened, line: int) -> None:
    """Write what a command printed to where it goes."""
    printed = world.out
    failed = world.status != 0
    before = dict(world.trees)
    if found.output is None:
        world.out = (*found.out, *printed)
    else:
        world.out = found.out
        _append(session, world, found.output, printed)
    if found.errors and failed:
        _append(session, world, found.errors, (session.contents.unknown(),))
    world.given, world.sink = found.given, found.sink
    world.given_line, world.is_heard = found.given_line, found.is_heard
    session.step(line, before, world.trees)


def _append(session: Session, world: World, parts: Parts, printed: tuple[str, ...]) -> None:
    if parts == _NOWHERE or not printed:
        return
    editor = Editor(world.root)
    node = editor.get(parts)
    if isinstance(node, Folder) or not isinstance(node, File):
        return
    content = session.contents.joined((node.content, *printed))
    if content != node.content and session.contents.text(content) != EMPTY:
        editor.write(parts, content)
        world.trees[world.host.name] = editor.root
