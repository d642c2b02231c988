"""`cp`, `mv`, `install`."""

from driftaudit.deploy.script.call import Call, Programs, worst
from driftaudit.deploy.script.commands.copier import Copier, Manner
from driftaudit.deploy.script.commands.making import made_with_parents
from driftaudit.deploy.script.options import Grammar, Options, options_of
from driftaudit.deploy.script.parameters import path_text
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.tree import File, Folder, Link, Parts, Place, Unseen

_SHARED = {"target-directory": "t", "no-target-directory": "T", "verbose": "v", "force": "f", "update": "u"}
_CP = Grammar(
    "rRafpdvnTuLPHxi",
    "t",
    {
        **_SHARED,
        "recursive": "r",
        "archive": "a",
        "no-clobber": "n",
        "dereference": "L",
        "no-dereference": "P",
        "preserve": "N",  # it may be asked for names
        "no-preserve": "",
        "remove-destination": "D",
        "one-file-system": "x",
        "reflink": "",
        "sparse": "",
    },
)
_MV = Grammar("fnvTui", "t", {**_SHARED, "no-clobber": "n"})
_INSTALL = Grammar(
    "dDvTpcCsZ", "mogt", {**_SHARED, "directory": "d", "mode": "m", "owner": "o", "group": "g"}
)


def cp(call: Call) -> int | None:
    """Copy files, and with -r folders."""
    options = options_of(call, _CP)
    recursive = bool(options.flags & {"r", "R", "a"})
    copier = Copier(call, _manner(options, recursive=recursive), call.files, call.files)
    destination = _destination(call, options)
    if destination is None:
        return 1
    sources, target = destination
    statuses = [_copied(copier, source, _place_for(call, source, target)) for source in sources]
    return worst(statuses)


def _manner(options: Options, *, recursive: bool) -> Manner:
    follows = not recursive if not options.flags & {"L", "P", "d", "a"} else "L" in options
    return Manner(
        recursive=recursive,
        follows_given=follows or "H" in options,
        follows_below=follows,
        keeps_existing="n" in options,
        only_newer="u" in options,
        keeps_names=bool(options.flags & {"a", "d", "N"}),
        forced="f" in options,
        unlinks="D" in options,
        warns_of_twice=True,
    )


class _Target:
    """Where a copy goes: into a folder, under each source's name, or to a path."""

    def __init__(self, path: str, *, is_folder: bool) -> None:
        self.path = path
        self.is_folder = is_folder


def _destination(call: Call, options: Options) -> tuple[list[str], _Target] | None:
    """Return the sources and where they go, None where the command is refused."""
    path = options.value("t")
    sources = options.operands
    if path is None:
        if len(sources) < 2:
            return None
        *sources, path = sources
    if not call.may_write(path):
        return [], _Target(path, is_folder=False)
    node = call.place(path).node
    is_folder = isinstance(node, Folder) and "T" not in options
    if isinstance(node, Unseen) and "T" not in options:
        is_folder = path.endswith("/") or len(sources) > 1
        is_sure = is_folder and not call.may_meet_root(call.place(path))  # or it fails
        detail = f"{call.name} to {path}: whether that is a folder was not seen"
        call.problem(Trouble.UNSEEN, detail, may_touch=call.is_target and not is_sure)
    needs_folder = options.value("t") is not None or len(sources) > 1
    if needs_folder and not is_folder:
        return None
    if isinstance(node, Folder) and is_folder:
        path = path_text(call.place(path).parts)  # it is opened once, whatever becomes of the way to it
    return sources, _Target(path, is_folder=is_folder)


def _place_for(call: Call, source: str, target: _Target) -> Place:
    """Return where one source goes, not followed."""
    if not target.is_folder:
        place = call.place(target.path.rstrip("/") or "/", follow=False)
        if target.path.endswith("/") and not isinstance(place.node, Folder):
            return Place(place.parts, place.node, place.trouble or "not a folder")
        return place
    name = source.rstrip("/").rpartition("/")[2]
    if name in ("", ".", ".."):
        return call.place(target.path)
    return call.place(f"{target.path}/{name}", follow=False)


def _copied(copier: Copier, source: str, target: Place) -> int | None:
    call = copier.call
    if call.is_vague(source):
        detail = f"{call.name} brings {source}, and what that is is not known"
        call.problem(Trouble.UNSEEN, detail, may_touch=call.is_target)
        copier.target.put(target.parts, File(call.session.contents.unknown()))
        return None
    origin = call.place(source, follow=copier.manner.follows_given)
    is_found = isinstance(origin.node, File) and not origin.trouble
    if is_found and copier.manner.unlinks and _is_same_link(call, source, target):
        copier.target.remove(target.parts)  # and with it the way to what was to be copied
        return 1
    if origin.node is not None and not (isinstance(origin.node, Folder) and not copier.manner.recursive):
        name = call.place(source, follow=False).parts  # a link to it is not the same name
        if copier.manner.warns_of_twice and name in copier.given:
            return 0
        copier.given.add(name)
    if origin.node is None and not call.is_target:
        call.note_absent(source)
    new_folder = isinstance(origin.node, Folder) and target.trouble == "not a folder" and target.node is None
    if origin.trouble or (target.trouble and not new_folder) or not call.has_folder(target):
        return 1
    return copier.copy(origin, origin.node, target.parts)


def _is_same_link(call: Call, source: str, target: Place) -> bool:
    return isinstance(target.node, Link) and call.place(source, follow=False).parts == target.parts


def mv(call: Call) -> int | None:
    """Move files and folders."""
    options = options_of(call, _MV)
    destination = _destination(call, options)
    if destination is None:
        return 1
    made: set[Parts] = set()
    sources, target = destination
    return worst(_moved(call, source, _place_for(call, source, target), options, made) for source in sources)


def _moved(call: Call, source: str, target: Place, options: Options, made: set[Parts]) -> int | None:
    if not call.may_remove(source):
        return None
    origin = call.place(source, follow=False)
    if source.endswith("/") and isinstance(call.place(source.rstrip("/"), follow=False).node, Link):
        return 1
    name = source.rstrip("/").rpartition("/")[2]
    if origin.node is None or origin.trouble:
        return int(not _is_left(origin, target, options))
    if name in (".", "..", ""):
        return int("n" not in options or target.node is None)  # what it would be moved to is there
    if target.node is not None and "n" in options:
        return 0
    new_folder = isinstance(origin.node, Folder) and target.trouble == "not a folder" and target.node is None
    if (target.trouble and not new_folder) or not call.has_folder(target):
        return 1
    if target.parts[: len(origin.parts)] == origin.parts or not _gives_way(origin, target):
        return 1
    is_same = isinstance(origin.node, Link) and call.place(source).parts == target.parts
    if target.parts in made or (is_same and target.node is not None):
        return 1  # just made, or "are the same file"
    if isinstance(origin.node, Unseen) or ("u" in options and target.node is not None):
        call.problem(Trouble.UNSEEN, f"mv {source}: what happens is not known", may_touch=call.is_target)
    made.add(target.parts)
    call.removing(origin)
    call.files.remove(origin.parts)
    node = origin.node
    call.files.put(target.parts, File(call.session.contents.unknown()) if isinstance(node, Unseen) else node)
    return 0


def _is_left(origin: Place, target: Place, options: Options) -> bool:
    """Whether mv -n sees what is there before it sees the slash after a file."""
    is_file = origin.node is not None and origin.trouble == "not a folder"
    return is_file and "n" in options and target.node is not None and not target.trouble


def _gives_way(origin: Place, target: Place) -> bool:
    """Whether what lies at the target lets itself be replaced."""
    match target.node:
        case None | Unseen():
            return True
        case Folder():
            return isinstance(origin.node, Folder) and not target.node.names() and not target.node.is_open
        case _:
            return not isinstance(origin.node, Folder)


def install(call: Call) -> int | None:
    """Copy files and make folders."""
    options = options_of(call, _INSTALL)
    if "d" in options:
        return worst(made_with_parents(call, path) for path in options.operands)
    if "D" in options and len(options.operands) == 2:
        path = options.operands[1]
        was_missing = call.place(path).node is None
        above = path.rstrip("/").rpartition("/")[0]
        if above and made_with_parents(call, above):
            return 1
        if was_missing and isinstance(call.place(path).node, Folder):
            return 1  # `folder/.`: "cannot overwrite directory with non-directory"
    if "D" in options and (folder := options.value("t")):
        made_with_parents(call, folder)
    destination = _destination(call, options)
    if destination is None:
        return 1
    copier = Copier(call, Manner(unlinks=True), call.files, call.files)
    sources, target = destination
    return worst(_copied(copier, source, _place_for(call, source, target)) for source in sources)


COPYING: Programs = {"cp": cp, "mv": mv, "install": install}
