"""`find … -delete` and `find … -exec rm`: what is found is a path of the model that fits."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from driftaudit.deploy.script.call import Call
from driftaudit.deploy.script.commands.wrappers import Named
from driftaudit.deploy.script.contents import EMPTY, is_unknown
from driftaudit.deploy.script.patterns import compiled
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.symbols import Knowledge
from driftaudit.deploy.script.tree import File, Folder, Link, Node, Parts, Place, Unseen
from driftaudit.deploy.script.world import World

_KINDS = {"f": File, "d": Folder, "l": Link}
_DEPTHS = ("-maxdepth", "-mindepth")
_ATTRIBUTES = {"chmod", "chown", "chgrp", "setfacl", "chcon"}  # they change no content, and print no names
_REMOVERS = {"rm", "unlink", "rmdir"}
_FILES = {"-fprint": 1, "-fprint0": 1, "-fls": 1, "-fprintf": 2}  # they write one: how many words follow
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


@dataclass(frozen=True, slots=True)
class _Run:
    """A command that is given what is found, one by one or all at once."""

    words: tuple[str, ...]
    each: bool

    @property
    def program(self) -> str:
        """The name of the program."""
        words = self.words[1:] if self.words[:1] == ("sudo",) else self.words
        return words[0].rpartition("/")[2] if words else ""

    @property
    def is_about_found(self) -> bool:
        """Whether the program is given nothing but what was found."""
        words = self.words[1:] if self.words[:1] == ("sudo",) else self.words
        return all(word == "{}" or word.startswith("-") for word in words[1:])

    def on(self, *paths: str) -> list[str]:
        """Return the words of the command for some paths."""
        if self.each:
            return [word.replace("{}", paths[0]) for word in self.words]
        return [each for word in self.words for each in (paths if word == "{}" else (word,))]


_DELETION = _Run(("/bin/rm", "-d", "{}"), each=True)  # by its path: it is no function of the script


@dataclass(slots=True)
class _Line:
    """A command line of find: tests that must all hold, and what is done then."""

    starts: list[str] = field(default_factory=list)
    tests: list[Test] = field(default_factory=list)
    least: int = 0
    most: int = 1 << 30
    runs: list[_Run] = field(default_factory=list)
    writes: bool = False
    follows: bool = False  # a link that is a start
    unknown: str = ""
    is_vague: bool = False
    unseen: list[Parts] = field(default_factory=list)  # folders that may have more in them that is removed

    @property
    def deletes(self) -> bool:
        return _DELETION in self.runs

    @property
    def acts(self) -> bool:
        """Whether more is done than to print: what is asked after that chooses nothing any more."""
        return self.writes or bool(self.runs)


def find(call: Call, named: Named) -> list[World]:
    """Find paths, and print, delete or give them to a command."""
    line = _read(list(call.words), call.session.contents.of_text(EMPTY))
    world = call.world
    if line.unknown and line.acts:
        call.problem(Trouble.UNMODELLED, f"find {line.unknown}", may_touch=True)
    if line.is_vague and line.acts:
        detail = "find chooses by times, sizes or owners: all that it may find is taken for found"
        call.problem(Trouble.UNSEEN, detail, may_touch=False)
    if line.acts and not all(call.may_remove(start) for start in line.starts):
        world.status = None
        return [world]
    if line.runs == [_DELETION]:
        _delete_all(call, line)
        return [world]
    found = [each for start in line.starts for each in _matches(call, start, line)]
    world.status = int(not all(_is_there(call, start, line) for start in line.starts))
    _touch(call, line)
    if line.runs:
        return _run(call, line, [each.path for each in found], named)
    if not line.is_vague and not line.unknown and "-print0" not in call.words:
        call.print("".join(f"{path}\n" for path in [*(each.path for each in found), *_others(call, line)]))
    else:
        call.print_content(call.session.contents.unknown())
    return [world]


def _read(words: list[str], empty: str) -> _Line:
    line = _Line()
    while words and words[0] in ("-L", "-H", "-P"):
        line.follows = words[0] == "-H"
        line.unknown = "-L" if words.pop(0) == "-L" else ""
    while words and not words[0].startswith(("-", "(", "!", "\\")):
        line.starts.append(words.pop(0))
    line.starts = line.starts or ["."]
    negated = is_late = False
    while words:
        word = words.pop(0)
        if word in ("!", "-not"):
            negated = True
            continue
        count = len(line.runs)
        if not _read_action(word, words, line):
            test = _read_test(word, words, line, empty)
            if test and not line.acts:
                line.tests.append(_not(test) if negated else test)
            is_late = is_late or line.acts
        if (negated or is_late) and len(line.runs) > count:
            line.unknown = word
        negated = False
    return line


def _not(test: Test) -> Test:
    return lambda found: not test(found)


def _read_action(word: str, words: list[str], line: _Line) -> bool:
    if word in ("-print", "-print0", "-depth", "-d", "-xdev", "-mount", "-a", "-and"):
        return True
    if word == "-delete":
        line.runs.append(_DELETION)
        return True
    if word in ("-exec", "-execdir", "-ok", "-okdir"):
        _read_run(word, words, line)
        return True
    if word in _FILES:
        del words[: _FILES[word]]
        line.writes, line.unknown = True, word
        return True
    if word in _DEPTHS:
        number = words.pop(0) if words else "0"
        if number.isdigit():
            setattr(line, "most" if word == "-maxdepth" else "least", int(number))
        return True
    return False


def _read_run(word: str, words: list[str], line: _Line) -> None:
    given: list[str] = []
    while words and words[0] not in (";", "\\;", "+"):
        given.append(words.pop(0))
    run = _Run(tuple(given), each=not words or words.pop(0) != "+")
    has_own = any(each != "{}" and not each.startswith("-") for each in given[1:])
    if word.endswith("dir") and has_own:  # a path from the folder of what is found
        line.unknown = word
    if line.runs and not (run.each and line.runs[-1].each):
        line.unknown = f"{word} … +"
    line.runs.append(run)


def _read_test(word: str, words: list[str], line: _Line, empty: str) -> Test | None:
    if word in ("-name", "-iname", "-path", "-wholename") and words:
        return _named(word, words.pop(0))
    if word == "-type" and words and words[0] in _KINDS:
        kind = _KINDS[words.pop(0)]
        return lambda found: isinstance(found.node, kind)
    if word == "-empty":
        return lambda found: _is_empty(found.node, empty)
    if word in _UNKNOWN_TESTS and words:
        words.pop(0)
        line.is_vague = True
    else:
        line.unknown = word
    return None


def _is_empty(node: Node, empty: str) -> bool:
    if isinstance(node, Folder):
        return not node.names()
    return isinstance(node, File) and (node.content == empty or is_unknown(node.content))


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
    place = call.place(start, follow=line.follows or start.endswith("/"))
    if place.node is None or place.trouble:
        return
    for found in _walk(_Found(start, place.node, 0, place.parts), line.most):
        _heed_unseen(call, line, found)
        is_later = line.runs == [_DELETION]  # a folder that is empty by then may fit as well
        if found.depth >= line.least and (is_later or all(test(found) for test in line.tests)):
            yield found


def _heed_unseen(call: Call, line: _Line, found: _Found) -> None:
    """Note where more may be found than is known, and be given to a command."""
    is_open = isinstance(found.node, Folder) and found.node.is_open and found.depth < line.most
    programs = {run.program for run in line.runs}
    if not (is_open or isinstance(found.node, Unseen)) or programs <= _ATTRIBUTES:
        return
    if is_open and programs <= _REMOVERS and all(run.is_about_found for run in line.runs):
        line.unseen.append(found.parts)
        return
    detail = f"find goes through {found.path}, of which not all was seen"
    call.problem(Trouble.UNSEEN, detail, may_touch=call.is_target)


def _others(call: Call, line: _Line) -> Iterator[str]:
    """Yield a name for what else may be found in each folder that nobody saw whole."""
    for start in line.starts:
        place = call.place(start, follow=line.follows or start.endswith("/"))
        for found in _walk(_Found(start, place.node, 0, place.parts), line.most) if place.node else ():
            if isinstance(found.node, Folder) and found.node.is_open and found.depth < line.most:
                others = call.session.symbols.new(f"all else in {found.path}", Knowledge.OTHERS)
                yield f"{found.path}/{others}"


def _touch(call: Call, line: _Line) -> None:
    """Take what nobody has seen in folders for removed, all of it or some."""
    before = dict(call.world.trees)
    for parts in line.unseen:
        node = call.files.get(parts)
        if isinstance(node, Folder):
            call.files.put(parts, Folder(node.children, is_open=True))
    if line.unseen:
        call.finish()
        call.session.step(call.line, before, call.world.trees)


def _is_there(call: Call, start: str, line: _Line) -> bool:
    place = call.place(start, follow=line.follows or start.endswith("/"))
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
        if not _is_there(call, start, line):
            status = 1
            continue
        call.world.status = 0
        _delete(call, line, list(_matches(call, start, line)))
        status = status or call.world.status
    call.world.status = status
    _touch(call, line)
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
    """Give what was found to commands: a path goes to the next one where the one before succeeded."""
    runs = [run for run in line.runs if run.each]
    worlds, failed = [call.world], call.world.status
    for path in reversed(paths) if line.deletes else paths:
        ended: list[World] = []
        for n, run in enumerate(runs):
            for world in worlds:
                if n and world.status is None:
                    detail = f"find {run.words[0]}: all that it may be done to is taken for done to"
                    call.problem(Trouble.UNSEEN, detail, may_touch=False)
            going = [world for world in worlds if not n or world.status in (0, None)]
            ended += [world for world in worlds if world not in going]
            worlds = [end for world in going for end in named(world, run.on(path), call.line)]
        worlds = [*ended, *worlds]
    for run in line.runs:
        if not run.each and paths:
            worlds = [end for world in worlds for end in named(world, run.on(*paths), call.line)]
    for world in worlds:
        world.status = failed or (0 if world.status == 0 or runs else None)
    return worlds
