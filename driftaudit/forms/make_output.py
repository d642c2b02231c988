"""What `make -n --trace` prints, taken apart into the lines that make would hand to a shell. Pure."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from driftaudit.forms.makefile_text import LineKind, MakeLine, assignments, ends_open

_HEADER = re.compile(
    r"(?P<file>[^:\n]+):(?P<line>\d+): (?:update target '.*' due to: .*|target '.*' does not exist)"
)
_BUILT_IN = re.compile(r"<builtin>: (?:update target '.*' due to: .*|target '.*' does not exist)")
_REFERENCE = re.compile(r"\$\([^()]*(?:\([^()]*\)[^()]*)*\)|\$\{[^{}]*\}|\$.", re.DOTALL)
_SPACE = re.compile(r"(?:\\\n|\s)+")
_DOLLAR = "\0"  # stands for a dollar sign that make hands on: no text has it


@dataclass(frozen=True, slots=True)
class ShellLine:
    """A text for one shell, and the makefile line it comes from. `ignores_failure` is None if unknown."""

    text: str
    file: str
    line: int
    ignores_failure: bool | None


def shell_lines(
    output: str, files: Mapping[str, Sequence[MakeLine]], *, one_shell: bool
) -> Iterator[ShellLine]:
    """Yield the shell lines, in the order in which make runs them."""
    recipe: list[str] = []
    file, line = "", 0
    for text in _logical(output):
        header = None if one_shell and recipe and ends_open(recipe[-1]) else _HEADER.fullmatch(text)
        if header and (header["file"] in files):
            yield from _recipe(recipe, files.get(file, ()), file, line, one_shell=one_shell)
            file, line, recipe = header["file"], int(header["line"]), []
        elif _BUILT_IN.fullmatch(text):
            yield from _recipe(recipe, files.get(file, ()), file, line, one_shell=one_shell)
            file, line, recipe = "<builtin>", 0, []
        elif file:
            recipe.append(text)
    yield from _recipe(recipe, files.get(file, ()), file, line, one_shell=one_shell)


def _logical(output: str) -> Iterator[str]:
    held: list[str] = []
    for line in output.removesuffix("\n").split("\n"):
        held.append(line)
        if not ends_open(line):
            yield "\n".join(held)
            held = []
    if held:
        yield "\n".join(held)


def _recipe(
    recipe: Sequence[str], lines: Sequence[MakeLine], file: str, start: int, *, one_shell: bool
) -> Iterator[ShellLine]:
    said = [text for text in recipe if not re.match(r"make(\[\d+\])?: ", text)]
    written = [line for line in lines if line.number >= start]
    written = [each for line in written for each in (_defined(line, lines) or [line])]
    if one_shell:
        if said:
            yield ShellLine("\n".join(said), file, start, _ignores(written[0], lines) if written else None)
        return
    end, at = _end(written), 0
    for text in said:
        found = [n for n in range(at, end) if _may_come_of(text, written[n])]
        chosen = found[0] if found else None
        if chosen is not None and _is_all_reference(written[chosen]):  # anything may come of it
            chosen = next((n for n in found if "$" not in _command(written[n])), chosen)
        if chosen is None:
            yield ShellLine(text, file, written[min(at, len(written) - 1)].number if written else start, None)
            continue
        doubts = {_ignores(written[n], lines) for n in found if n <= chosen}
        at = chosen if _is_all_reference(written[chosen]) else chosen + 1
        yield ShellLine(text, file, written[chosen].number, doubts.pop() if len(doubts) == 1 else None)


def _defined(line: MakeLine, lines: Sequence[MakeLine]) -> list[MakeLine]:
    """Return the lines of the `define` that a recipe line is, none where it is not one alone."""
    name = re.fullmatch(r"[\s@]*\$[({](\w+)[)}]\s*", _command(line))
    if line.kind is not LineKind.RECIPE or not name:
        return []
    heads = [n for n, each in enumerate(lines) if re.match(rf"\s*define\s+{name[1]}\s*=?\s*$", each.text)]
    if len(heads) != 1 or assignments(list(lines), name[1]):
        return []
    body = itertools.takewhile(lambda each: each.kind is LineKind.DEFINED, lines[heads[0] + 1 :])
    return [replace(each, text=f"\t{each.text}", kind=LineKind.RECIPE) for each in body][:-1]


def _end(written: Sequence[MakeLine]) -> int:
    """Return how many of the lines belong to the recipe that begins with the first of them."""
    if written and written[0].kind is LineKind.RULE:
        return 1
    rules = (n for n, line in enumerate(written) if line.kind is LineKind.RULE)
    return next(rules, len(written))


def _command(line: MakeLine) -> str:
    return line.text.partition(";")[2] if line.kind is LineKind.RULE else line.text.removeprefix("\t")


def _may_come_of(text: str, line: MakeLine) -> bool:
    """Whether make can have printed a text for a recipe line: anything may stand for its variables."""
    if line.kind is LineKind.OTHER:
        return False
    command = _command(line)
    start = re.match(r"(?:[\s@+-]|\$[({]\w+[)}])*", command)  # make takes `@`, `-` and `+` away
    before = start[0] if start else ""
    pieces = [
        _SPACE.sub(" ", piece.replace(_DOLLAR, "$"))
        for piece in _REFERENCE.split(command[len(before) :].replace("$$", _DOLLAR))
    ]
    if "$" in before:
        pieces.insert(0, "")
    told = _SPACE.sub(" ", text).strip()
    first, last = pieces[0].lstrip(), pieces[-1].rstrip()
    if len(pieces) == 1:
        return told == first.strip()
    return told.startswith(first) and told.endswith(last) and _in_order(told, first, pieces[1:-1], last)


def _in_order(told: str, first: str, middle: Sequence[str], last: str) -> bool:
    at = len(first)
    for piece in middle:
        at = told.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return at <= len(told) - len(last)


def _is_all_reference(line: MakeLine) -> bool:
    """Whether several lines may come of one: it is nothing but a variable."""
    return re.fullmatch(r"[\s@+-]*\$[({].*[)}]\s*", _command(line), re.DOTALL) is not None


def _ignores(line: MakeLine, lines: Sequence[MakeLine]) -> bool | None:
    """Whether the failure of a recipe line is ignored, as a dash before it says; None where it may be."""
    rest = _command(line)
    while True:
        prefix = re.match(r"[\s@+-]*", rest)
        rest = rest[prefix.end() :] if prefix else rest
        if prefix and "-" in prefix[0]:
            return None if _is_all_reference(line) else True
        name = re.match(r"\$[({](\w+)[)}]", rest)
        if not name:
            return None if re.match(r"\$(?![$@<^?*])", rest) else False
        values = [value for _line, value in assignments(list(lines), name[1])]
        if len(values) == 1 and re.fullmatch(r"[@+\s]*-[@+\s-]*", values[0]):
            return True
        if not _is_without_dash(name[1], lines):
            return None
        rest = rest[name.end() :]


def _is_without_dash(name: str, lines: Sequence[MakeLine]) -> bool:
    """Whether no value of a variable begins with a dash, or with what may be one."""
    if any(re.match(rf"(?:\w+\s+)*define\s+{name}\b", line.text) for line in lines):
        return False
    values = (value for _line, value in assignments(list(lines), name))
    return not any(re.match(r"[\s@+]*[-$]", value) for value in values)
