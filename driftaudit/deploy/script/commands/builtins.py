"""Built-in commands that change the shell, and not the trees."""

from driftaudit.deploy.script.call import Call, Programs
from driftaudit.deploy.script.conditions import test as condition_holds
from driftaudit.deploy.script.parameters import path_text, value
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.symbols import has_symbols
from driftaudit.deploy.script.tree import Folder, Parts, Unseen, find
from driftaudit.deploy.script.world import Flow, World

_LETTERS = {
    "e": "errexit",
    "u": "nounset",
    "f": "noglob",
    "a": "allexport",
    "n": "noexec",
    "C": "noclobber",
}
_PASSED = frozenset("bhmvxBEHTP")  # options of `set` that change nothing of what is done


def cd(call: Call) -> list[World]:
    """Go to another folder; both ways where it is not known whether it is there."""
    words = [word for word in call.words if word not in ("-P", "-L", "-e", "--")]
    path = words[0] if words else value(call.session, call.world, "HOME") or ""
    if path == "-":
        path = value(call.session, call.world, "OLDPWD") or ""
    if len(words) > 1 or not path:
        call.world.status = int(len(words) > 1 or words == ["-"])
        return [call.world]
    return _gone_to(call, _by_search_path(call, path))


def _by_search_path(call: Call, path: str) -> str:
    """Return where CDPATH leads, if the script has set one: it is asked before the folder itself."""
    if path.startswith(("/", ".")):
        return path
    for start in (call.world.variables.get("CDPATH") or "").split(":"):
        found = f"{start}/{path}" if start else path
        if isinstance(call.place(found).node, Folder) or (start and call.is_vague(found)):
            return found
    return path


def pushd(call: Call) -> list[World]:
    """Go to another folder, and remember this one."""
    if len(call.words) > 1:
        call.world.status = 1
        return [call.world]
    if not call.words or call.words[0].startswith(("+", "-")):
        call.problem(Trouble.UNMODELLED, "pushd without a folder", may_touch=True)
        call.world.status = None
        return [call.world]
    before = call.world.logical_cwd
    found = _gone_to(call, _by_search_path(call, call.words[0]))
    for world in found:
        if world.status == 0:
            world.stack = (*world.stack, before)
    return found


def popd(call: Call) -> list[World]:
    """Go back to the folder that was remembered."""
    if not call.world.stack:
        call.world.status = 1
        return [call.world]
    *rest, last = call.world.stack
    found = _gone_to(call, path_text(last))
    for world in found:
        if world.status == 0:
            world.stack = tuple(rest)
    return found


def _gone_to(call: Call, path: str) -> list[World]:
    world = call.world
    if call.session.symbols.unknown(path):
        return _both(world, (call.session.anything(path),), (call.session.anything(path),))
    logical = _joined(world, path)
    if logical is None:
        world.status = 1
        return [world]
    place = find(world.root, (), path_text(logical))
    if isinstance(place.node, Unseen) and not place.trouble:
        return _both(world, place.parts, logical)
    is_there = isinstance(place.node, Folder) and not place.trouble
    world.status = int(not is_there)
    if is_there:
        _settle(world, place.parts, logical)
    return [world]


def _both(world: World, parts: Parts, logical: Parts) -> list[World]:
    other = world.fork()
    world.status, other.status = 0, 1
    _settle(world, parts, logical)
    return [world, other]


def _settle(world: World, parts: Parts, logical: Parts) -> None:
    world.variables["OLDPWD"] = path_text(world.logical_cwd)
    world.cwd, world.logical_cwd = parts, logical


def _joined(world: World, path: str) -> Parts | None:
    """Return where a path leads by its words, None where `..` follows what is no folder."""
    found: list[str] = [] if path.startswith("/") else list(world.logical_cwd)
    for part in path.split("/"):
        if part == "..":
            place = find(world.root, (), path_text(tuple(found)))
            if place.trouble or not isinstance(place.node, Folder | Unseen):
                return None
            del found[-1:]
        elif part not in ("", "."):
            found.append(part)
    return tuple(found)


def set_options(call: Call) -> int:
    """`set -e -u -o pipefail`, `set -- words`."""
    words = list(call.words)
    while words:
        word = words.pop(0)
        if word in ("--", "-") or word[:1] not in ("-", "+"):
            call.world.arguments = tuple(words if word in ("--", "-") else [word, *words])
            return 0
        for letter in word[1:]:
            name = words.pop(0) if letter == "o" and words else _LETTERS.get(letter, letter)
            _switch(call.world, name, on=word[0] == "-")
    return 0


def shopt(call: Call) -> int:
    """`shopt -s nullglob`."""
    for word in call.words:
        if not word.startswith("-"):
            _switch(call.world, word, on="-s" in call.words)
            if word in ("globstar", "extglob", "failglob", "nocaseglob", "expand_aliases"):
                widens = "-s" in call.words and word in ("globstar", "nocaseglob", "expand_aliases")
                call.problem(Trouble.UNMODELLED, f"shopt {word}", may_touch=widens)
    return 0


def _switch(world: World, name: str, *, on: bool) -> None:
    world.options = world.options | {name} if on else world.options - {name}


def leave(call: Call) -> int | None:
    """`exit` and `return`."""
    world = call.world
    if call.name == "return" and not (world.functions_deep or world.sources_deep):
        if world.is_bash:
            return 1  # "can only `return' from a function or sourced script"
        detail = "return, out of a function: bash goes on, and dash ends there"
        call.problem(Trouble.UNMODELLED, detail, may_touch=True)
    call.world.flow = Flow.EXIT if call.name == "exit" else Flow.RETURN
    if not call.words:
        return call.world.status
    return int(call.words[0]) & 0xFF if call.words[0].isdigit() else None


def leave_loop(call: Call) -> int:
    """`break` and `continue`."""
    call.world.flow = Flow.BREAK if call.name == "break" else Flow.CONTINUE
    call.world.levels = int(call.words[0]) if call.words and call.words[0].isdigit() else 1
    return 0


def shift(call: Call) -> int | None:
    """Drop arguments."""
    if call.world.arguments is None:
        return None
    count = int(call.words[0]) if call.words and call.words[0].isdigit() else 1
    if count > len(call.world.arguments):
        return 1
    call.world.arguments = call.world.arguments[count:]
    return 0


def unset(call: Call) -> int:
    """Unset variables and functions."""
    for word in call.words:
        if has_symbols(word):
            call.session.forget_variables(call.world, with_own=True)
        elif not word.startswith("-") and call.session.may_set(call.world, word, call.line):
            call.world.variables[word] = None
            call.world.arrays.pop(word, None)
            call.world.functions.pop(word, None)
    return 0


def read(call: Call) -> None:
    """Read a line: what it is, and whether there is one, is not known."""
    skips, names = False, []
    for word in call.words:
        if word.startswith("-"):
            skips = word[-1] in "pdntNu"
        elif skips:
            skips = False
        else:
            names.append(word)
    for word in names or ["REPLY"]:
        if has_symbols(word):
            call.session.forget_variables(call.world, with_own=True)
        elif call.session.may_set(call.world, word, call.line):
            call.world.arrays.pop(word, None)
            call.world.variables[word] = call.session.anything(f"${word}")


def test(call: Call) -> int | None:
    """`test` and `[`."""
    words = call.words[:-1] if call.name == "[" else call.words
    found = condition_holds(call.session, call.world, words)
    if found and "==" in words and not call.world.is_bash:
        return None  # which dash has not got
    return None if found is None else int(not found)


def getopts(call: Call) -> None:
    """Read an option: which one is not known."""
    for name in (*call.words[1:2], "OPTARG", "OPTIND"):
        call.world.variables[name] = call.session.anything(f"${name}")


def alias(call: Call) -> int:
    """Give a name to words; bash takes it for them only where somebody sits at it, dash always."""
    if not call.world.is_bash and any("=" in word for word in call.words):
        call.problem(Trouble.UNMODELLED, "alias", may_touch=True)
    return 0


def done(_call: Call) -> int:
    """Do nothing to a tree, and succeed."""
    return 0


def failed(_call: Call) -> int:
    """Fail."""
    return 1


BUILTINS: Programs = {
    **dict.fromkeys((":", "true", "sleep", "wait", "umask", "ulimit", "hash", "sync", "clear"), done),
    "false": failed,
    "alias": alias,
    "set": set_options,
    "shopt": shopt,
    "exit": leave,
    "return": leave,
    "break": leave_loop,
    "continue": leave_loop,
    "shift": shift,
    "unset": unset,
    "read": read,
    "test": test,
    "[": test,
    "getopts": getopts,
}
