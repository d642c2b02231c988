"""`find … -delete` and `find … -exec rm`: what is found is a path of the model that fits."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from driftaudit.deploy.script.call import Call
from driftaudit.deploy.script.commands.wrappers import Named
from driftaudit.deploy.script.patterns import compiled
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.tree import File, Folder, Link, Node, Parts, Place, Unseen
from driftaudit.deploy.script.world import World

_KINDS = {"f": File, "d": Folder, "l": Link}
_DEPTHS = ("-maxdepth", "-mindepth")
_UNKNOWN = (  # they ask for what the model has not got: what they ask may hold, or not
    "-mtime -mmin -atime -amin -ctime -cmin -newer -size -user -group -perm -links -inum -used -uid -gid"
)
_UNKNOWN_TESTS = frozenset(_UNKNOWN.split())


@dataclass(frozen=True, slots=True)
class _Found:
    path: str
    node: Node
    depth: int
    parts: Parts  # the real path: links on the way to the start may be gone by the time that it is deleted


Test = Callable[[_Found], bool]


@dataclass(slots=True)
class _Line:
    """A command line of find: tests that must all hold, and what is done then."""

    starts: list[str] = field(default_factory=list)
    tests: list[Test] = field(default_factory=list)
    least: int = 0
    most: int = 1 << 30
    deletes: bool = False
    runs: list[str] = field(default_factory=list)
    each: bool = False
    unknown: str = ""
    is_vague: bool = False


def find(call: Call, named: Named) -> list[World]:
    """Find paths, and print, delete or give them to a command."""
    line = _read(list(call.words))
    world = call.world
    acts = line.deletes or bool(line.runs)
    if line.unknown and acts:
        call.problem(Trouble.UNMODELLED, f"find {line.unknown}", may_touch=call.is_target)
    if line.is_vague and acts:
        detail = "find chooses by times, sizes or owners: all that it may find is taken for found"
        call.problem(Trouble.UNSEEN, detail, may_touch=False)
    if acts and not all(call.may_remove(start) for start in line.starts):
        world.status = None
        return [world]
    if line.deletes and not line.runs:
        _delete_all(call, line)
        return [world]
    found = [each for start in line.starts for each in _matches(call, start, line)]
    world.status = int(not all(_is_there(call, start) for start in line.starts))
    if line.runs:
        return _run(call, line, [each.path for each in found], named)
    if not line.is_vague and not line.unknown and "-print0" not in call.words:
        call.print("".join(f"{each.path}\n" for each in found))
    else:
        call.print_content(call.session.contents.unknown())
    return [world]


def _read(words: list[str]) -> _Line:
    line = _Line()
    while words and words[0] in ("-L", "-H", "-P"):
        words.pop(0)
    while words and not words[0].startswith(("-", "(", "!", "\\")):
        line.starts.append(words.pop(0))
    line.starts = line.starts or ["."]
    negated = False
    while words:
        word = words.pop(0)
        if word in ("!", "-not"):
            negated = True
            continue
        if not _read_action(word, words, line):
            _read_test(word, words, line, negated=negated)
        negated = False
    return line


def _read_action(word: str, words: list[str], line: _Line) -> bool:
    if word in ("-delete", "-print", "-print0", "-depth", "-d", "-xdev", "-mount", "-a", "-and"):
        line.deletes = line.deletes or word == "-delete"
        return True
    if word in ("-exec", "-execdir", "-ok"):
        while words and words[0] not in (";", "\\;", "+"):
            line.runs.append(words.pop(0))
        line.each = bool(words) and words.pop(0) != "+"
        return True
    if word in _DEPTHS:
        number = words.pop(0) if words else "0"
        if number.isdigit():
            setattr(line, "most" if word == "-maxdepth" else "least", int(number))
        return True
    return False


def _read_test(word: str, words: list[str], line: _Line, *, negated: bool) -> None:
    test: Test | None = None
    if word in ("-name", "-iname", "-path", "-wholename") and words:
        test = _named(word, words.pop(0))
    elif word == "-type" and words and words[0] in _KINDS:
        kind = _KINDS[words.pop(0)]
        test = lambda found: isinstance(found.node, kind)  # noqa: E731
    elif word == "-empty":
        test = lambda found: isinstance(found.node, Folder) and not found.node.names()  # noqa: E731
    elif word in _UNKNOWN_TESTS and words:
        words.pop(0)
        line.is_vague = True
        return
    if test is None:
        line.unknown = word
        return
    line.tests.append((lambda found: not test(found)) if negated else test)


def _named(word: str, pattern: str) -> Test:
    fits = compiled(pattern.lower() if word == "-iname" else pattern).fullmatch
    if word in ("-path", "-wholename"):
        return lambda found: fits(found.path) is not None
    if word == "-iname":
        return lambda found: fits(_last(found.path).lower()) is not None
    return lambda found: fits(_last(found.path)) is not None


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2] or path


def _matches(call: Call, start: str, line: _Line) -> Iterator[_Found]:
    place = call.place(start, follow=start.endswith("/"))
    if place.node is None or place.trouble:
        return
    for found in _walk(_Found(start, place.node, 0, place.parts), line.most):
        is_unseen = isinstance(found.node, Unseen) or (isinstance(found.node, Folder) and found.node.is_open)
        if is_unseen and (line.deletes or line.runs):
            detail = f"find goes through {found.path}, of which not all was seen"
            call.problem(Trouble.UNSEEN, detail, may_touch=call.is_target)
        if found.depth >= line.least and (line.deletes or all(test(found) for test in line.tests)):
            yield found


def _is_there(call: Call, start: str) -> bool:
    place = call.place(start, follow=start.endswith("/"))
    return place.node is not None and not place.trouble


def _walk(found: _Found, most: int) -> Iterator[_Found]:
    yield found
    if isinstance(found.node, Folder) and found.depth < most:
        for name in found.node.names():
            path = found.path + name if found.path.endswith("/") else f"{found.path}/{name}"
            below = _Found(path, found.node.children[name], found.depth + 1, (*found.parts, name))
            yield from _walk(below, most)


def _delete_all(call: Call, line: _Line) -> None:
    """Delete what fits below one start after the other: the first may take the next away."""
    status = 0
    for start in line.starts:
        if not _is_there(call, start):
            status = 1
            continue
        call.world.status = 0
        _delete(call, line, list(_matches(call, start, line)))
        status = status or call.world.status
    call.world.status = status
    before = dict(call.world.trees)
    call.finish()
    call.session.step(call.line, before, call.world.trees)


def _delete(call: Call, line: _Line, found: list[_Found]) -> None:
    """Delete what fits, from below upwards: a folder may be empty by then; one that is not stays."""
    for each in reversed(found):
        place = Place(each.parts, call.files.get(each.parts))
        if each.path == "." or place.node is None:
            continue
        if not all(test(replace(each, node=place.node)) for test in line.tests):
            continue
        if _last(each.path) in (".", ".."):
            call.world.status = 1  # "Invalid argument"
            continue
        if isinstance(place.node, Folder) and place.node.names():
            call.world.status = 1
            continue
        call.removing(place)
        call.files.remove(place.parts)


def _run(call: Call, line: _Line, paths: list[str], named: Named) -> list[World]:
    words = line.runs
    if line.each:
        lines = [[path if word == "{}" else word.replace("{}", path) for word in words] for path in paths]
    else:
        lines = [[each for word in words for each in (paths if word == "{}" else [word])]] if paths else []
    worlds, failed = [call.world], call.world.status
    for each in lines:
        worlds = [end for world in worlds for end in named(world, each, call.line)]
    for world in worlds:
        world.status = failed or (0 if world.status == 0 or line.each else None)
    return worlds
