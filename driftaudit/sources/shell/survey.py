"""What of a listed tree belongs to it, and what is to be read of it. Pure."""

import re
import stat
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field

from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.sources.agent.patterns import pattern_rows
from driftaudit.sources.agent.program.scope import Scope
from driftaudit.sources.agent.protocol import scope_words
from driftaudit.sources.base import ScanRequest
from driftaudit.sources.shell.frames import encoded
from driftaudit.sources.shell.records import Record, Stated, decoded, path_of, reason_in

DENIED = "Permission denied"
GIT = ".git"
LONGEST = 4096  # bytes of a path, PATH_MAX of Linux: no tool can name a longer one
_ESCAPES = {char: b"\\%c" % shown for char, shown in zip(b"\a\b\f\n\r\t\v\\'", b"abfnrtv\\'", strict=True)}
_FIND_SAYS = re.compile(rb"find: ['\"`]?(\./.*?|\.)['\"]?: ([^:]+)")


@dataclass(slots=True)
class Survey:
    """The tree as it was listed, less what is pruned. Paths to read in the order of the tree."""

    stated: dict[str, Stated] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    pruned: set[str] = field(default_factory=set)
    checkouts: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    to_hash: list[str] = field(default_factory=list)
    to_try: list[str] = field(default_factory=list)


def scope_of(request: ScanRequest) -> Scope:
    """Return the request as the agent's own rules for what is looked into and read."""
    return Scope(scope_words(request))


def names_not_entered(request: ScanRequest, scope: Scope) -> list[str]:
    """Return the names of folders that the host need not enter, wherever they lie.

    Only plain names that no later pattern takes back, and that no known path has above it: what is left is
    listed there, and dropped here.
    """
    above_known = {path.rpartition("/")[2] for path in scope.known_folders}
    last_undoing = max((number for number, _head in scope.prune.undoing), default=-1)
    rows = pattern_rows(request.prune)[last_undoing + 1 :]
    return sorted({text for _wanted, _folders, how, text in rows if how == "name"} - above_known - {GIT})


def survey(listing: Iterable[Record], scope: Scope) -> Survey:
    """Sort out a listing: S, V, U and at last L records. Raises ValueError where it is none."""
    found = Survey()
    stated: dict[str, Stated] = {}
    told: dict[str, Problem] = {}
    complaints: bytes | None = None
    for letter, text in listing:
        if letter == "S":
            path, state = Stated.parse(text)
            stated[path] = state
        elif letter in "VU":
            path = path_of(text)
            kind, detail = _missing(letter, len(text))
            told[path] = Problem(path, kind, detail)
        elif letter == "L":
            complaints = text.strip()
        else:
            raise ValueError(f"a record {letter!r} in a listing")
    if complaints is None or stated.pop("", None) is None:
        raise ValueError("a listing without its end, or without the root")
    _enter(found, stated, scope)
    for problem in (*_complaints(complaints, stated, told), *told.values()):
        if not _is_below(problem.path, found.pruned):
            found.problems.append(problem)
    return found


def _missing(letter: str, length: int) -> tuple[ProblemKind, str]:
    if length >= LONGEST:
        return ProblemKind.UNREADABLE, "File name too long"
    if letter == "V":
        return ProblemKind.VANISHED, "No such file or directory"
    return ProblemKind.UNREADABLE, DENIED


def _is_below(path: str, folders: Container[str]) -> bool:
    parts = path.split("/")
    return any("/".join(parts[:depth]) in folders for depth in range(1, len(parts) + 1))


def _complaints(text: bytes, stated: dict[str, Stated], told: dict[str, Problem]) -> Iterator[Problem]:
    """Make a problem of whatever find complained of and nobody else has told."""
    status, _space, said = text.partition(b" ")
    said = said.strip() + b"\n"
    expected = {b"find: %b: %b\n" % (shown, DENIED.encode()) for path in told for shown in _as_shown(path)}
    for line in expected:
        if line.count(b"\n") > 1:
            said = said.replace(line, b"")
    for line in dict.fromkeys(said.splitlines(keepends=True)):
        if line.strip() and line not in expected:
            yield from _complaint(line.strip(), stated, told)
    if status != b"0" and not text.partition(b" ")[2].strip():
        yield Problem("", ProblemKind.UNREADABLE, f"the listing ended with status {decoded(status)}")


def _complaint(line: bytes, stated: dict[str, Stated], told: dict[str, Problem]) -> Iterator[Problem]:
    """Yield the problem that a line tells of, of the whole tree where it names no path that is known.

    What lies in a folder that cannot be read is as unknown as the folder.
    """
    match = _FIND_SAYS.fullmatch(line)
    path = path_of(match[1]) if match else ""
    gone = line.endswith(b": No such file or directory")
    kind = ProblemKind.VANISHED if gone else ProblemKind.UNREADABLE
    if path in stated:
        yield Problem(path, kind, reason_in(line))
    elif not _is_below(path, told):
        yield Problem("", kind, decoded(line))


def _as_shown(path: str) -> tuple[bytes, bytes]:
    """Return a path as BusyBox shows it in a message, and as GNU find does."""
    name = encoded(path)
    escaped = b"".join(_ESCAPES.get(char) or _octal(char) for char in name)
    return name, b"'%b'" % escaped


def _octal(char: int) -> bytes:
    return b"%c" % char if 32 <= char < 127 else b"\\%03o" % char


def _enter(found: Survey, stated: dict[str, Stated], scope: Scope) -> None:
    """Go through the tree from the top down, and leave out what lies in a pruned folder."""
    unread = {"": False}
    for path in sorted(stated, key=lambda path: path.split("/")):
        state = stated[path]
        folder, _slash, name = path.rpartition("/")
        if folder not in unread:
            if folder in found.pruned or _is_below(folder, found.pruned):
                continue
            found.problems.append(Problem(path, ProblemKind.UNSTABLE, "the folder appeared during the scan"))
            unread[folder] = False
        found.stated[path] = state
        if stat.S_ISDIR(state.mode):
            _folder(found, scope, path, name, unread)
        elif stat.S_ISLNK(state.mode):
            found.links.append(path)
        elif stat.S_ISREG(state.mode) and not scope.skipped(path, name, unread[folder]):
            _file(found, scope, path, state)


def _folder(found: Survey, scope: Scope, path: str, name: str, unread: dict[str, bool]) -> None:
    if name == GIT:
        found.pruned.add(path)
        found.checkouts.append(path)
    elif scope.is_pruned(path, name):
        found.pruned.add(path)
    else:
        unread[path] = scope.is_unread(path, name, unread[path.rpartition("/")[0]])


def _file(found: Survey, scope: Scope, path: str, state: Stated) -> None:
    if not scope.read:
        found.to_try.append(path)
    elif state.size > scope.max_file_bytes:
        detail = f"{state.size} bytes are more than the limit of {scope.max_file_bytes}"
        found.problems.append(Problem(path, ProblemKind.TOO_LARGE, detail))
    else:
        found.to_hash.append(path)
