"""`mkdir`, `touch`, `ln`, `chmod`: what makes entries, or changes nothing of their content."""

from posixpath import relpath

from driftaudit.deploy.script.call import Call, Programs, worst
from driftaudit.deploy.script.options import Grammar, options_of, parsed
from driftaudit.deploy.script.parameters import path_text
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.tree import File, Folder, Link, Place, Unseen

_MKDIR = Grammar("pv", "m", {"parents": "p", "verbose": "v", "mode": "m"})
_TOUCH = Grammar("acmh", "dtr", {"no-create": "c", "date": "d", "reference": "r", "no-dereference": "h"})
_LN = Grammar(
    "sfnvTrPLi",
    "tS",
    {
        "symbolic": "s",
        "force": "f",
        "no-dereference": "n",
        "no-target-directory": "T",
        "target-directory": "t",
        "relative": "r",
        "verbose": "v",
    },
)


def mkdir(call: Call) -> int | None:
    """Make folders."""
    options = options_of(call, _MKDIR)
    make = made_with_parents if "p" in options else _made
    return worst(make(call, path) for path in options.operands) if options.operands else 1


def _made(call: Call, path: str) -> int | None:
    if not call.may_write(path):
        return None
    place = call.place(path.rstrip("/") or "/", follow=False)
    if isinstance(place.node, Unseen):
        call.files.put(place.parts, Folder(is_open=True))
        return None
    if place.node is not None or place.trouble or not call.has_folder(place):
        return 1
    call.files.put(place.parts, Folder())
    return 0


def made_with_parents(call: Call, path: str) -> int | None:
    """Make a folder and those above it; return 1 where something else is in the way."""
    if not call.may_write(path):
        return None
    parts = path.rstrip("/").split("/")
    for n in range(len(parts)):
        above = "/".join(parts[: n + 1]) or "/"
        place = call.place(above)
        if isinstance(place.node, Folder):
            continue
        if isinstance(place.node, Unseen):
            call.files.put(place.parts, Folder(is_open=True))
        elif place.node is None and not place.trouble and call.has_folder(place):
            if isinstance(call.place(above, follow=False).node, Link):
                return 1
            call.files.put(place.parts, Folder())
        else:
            return 1
    return 0


def touch(call: Call) -> int | None:
    """Make empty files of those that are not there."""
    options = options_of(call, _TOUCH)
    reference = options.value("r")
    if reference is not None and not call.is_vague(reference):
        place = call.place(reference)
        if place.node is None or place.trouble:
            return 1  # "failed to get attributes"
    return worst(_touched(call, path, creates="c" not in options) for path in options.operands)


def _touched(call: Call, path: str, *, creates: bool) -> int | None:
    if not call.may_write(path):
        return None
    place = call.place(path)
    if isinstance(place.node, Unseen):
        return None
    if place.trouble:
        return int(creates or place.trouble != "no such folder")
    if place.node is not None or not creates:
        return 0
    if path.endswith("/"):
        return 1
    return int(not call.write_file(place, call.session.contents.of_text("")))


def ln(call: Call) -> int | None:
    """Make links."""
    options = options_of(call, _LN)
    *sources, last = options.operands or [""]
    target = options.value("t")
    if target is not None:
        sources, last = options.operands, target
    elif not sources:
        sources, last = [last], "."
    if not call.may_write(last):
        return None
    keeps_link = "n" in options and isinstance(call.place(last.rstrip("/"), follow=False).node, Link)
    is_folder = isinstance(call.place(last).node, Folder) and "T" not in options and not keeps_link
    if len(sources) > 1 and not is_folder:
        return 1
    statuses = []
    for source in sources:
        name = source.rstrip("/").rpartition("/")[2]
        path = f"{last.rstrip('/')}/{name}" if is_folder else last
        statuses.append(_linked(call, source, path, options.flags))
    return worst(statuses)


def _linked(call: Call, source: str, path: str, flags: set[str]) -> int | None:
    place = call.place(path, follow=False)
    node: Link | None = None
    shared = None
    if "s" in flags:
        text = source
        if "r" in flags:
            above = path_text(place.parts[:-1])
            text = relpath(path_text(call.place(source).parts), above)
        node = Link(text)
    else:
        shared = call.place(source, follow="L" in flags)
        if call.is_vague(source):
            shared = Place(shared.parts, File(call.session.contents.unknown()))
        if shared.trouble or not isinstance(shared.node, File | Link):
            return None if isinstance(shared.node, Unseen) else 1
    if place.node is not None and not isinstance(place.node, Unseen) and not _gives_way(place, flags):
        return 1
    if place.trouble or path.endswith("/") or not call.has_folder(place):
        return 1
    found = call.place(source, follow="s" in flags)
    if place.node is not None and not found.trouble and place.parts == found.parts:
        return 1  # "are the same file"
    if shared and isinstance(shared.node, File):
        call.files.link(shared.parts, shared.node, place.parts)
    else:
        call.files.put(place.parts, node or (shared and shared.node) or Link(""))
    return 0


def _gives_way(place: Place, flags: set[str]) -> bool:
    return "f" in flags and not isinstance(place.node, Folder)


def change_mode(call: Call) -> int | None:
    """`chmod`, `chown`, `chgrp`: no content."""
    paths = [word for word in call.words if not word.startswith("-")][1:]
    nodes = [call.place(path) for path in paths]
    if any(call.is_vague(path) for path in paths) or any(isinstance(place.node, Unseen) for place in nodes):
        return None
    return int(any(place.node is None or place.trouble for place in nodes))


def truncate(call: Call) -> int | None:
    """Change the length of files."""
    options = options_of(call, Grammar("c", "sr", {"size": "s", "no-create": "c", "reference": "r"}))
    empties = options.value("s") == "0"
    statuses: list[int | None] = []
    for path in options.operands:
        place = call.place(path)
        if "c" in options and place.node is None and not call.is_vague(path):
            statuses.append(int(place.trouble not in ("", "no such folder")))
        elif call.may_write(path):
            content = call.session.contents.of_text("") if empties else call.session.contents.unknown()
            statuses.append(int(not call.write_file(call.place(path), content)))
    return worst(statuses)


def mktemp(call: Call) -> int:
    """Make a file or folder with a new name, and print it."""
    options = parsed(call.words, Grammar("duqt", "p", {"directory": "d", "tmpdir": "", "dry-run": "u"}))
    name = call.session.fresh("$(mktemp)")
    if not options.operands or "p" in options or "t" in options:
        path = f"{options.value('p') or '/tmp'}/{name}"  # noqa: S108 # of the model
    else:
        path = options.operands[0].rstrip("X") + name
    if "u" not in options and not call.is_vague(path):
        parts = call.place(path).parts
        is_folder = "d" in options
        call.files.put(parts, Folder() if is_folder else File(call.session.contents.of_text("")))
    call.print(path + "\n")
    return 0


def dd(call: Call) -> int | None:
    """Write what nobody knows to a file."""
    for word in call.words:
        if word.startswith("of=") and call.may_write(word[3:]):
            call.write_file(call.place(word[3:]), call.session.contents.unknown())
            call.problem(Trouble.UNKNOWN_EFFECT, "dd", may_touch=False)
    return None


MAKING: Programs = {
    "mkdir": mkdir,
    "touch": touch,
    "ln": ln,
    "chmod": change_mode,
    "chown": change_mode,
    "chgrp": change_mode,
    "truncate": truncate,
    "mktemp": mktemp,
    "dd": dd,
}
