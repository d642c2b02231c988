"""What makes `make -n` itself run or write something: a makefile that has any of it is refused."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from driftaudit.errors import UsageError
from driftaudit.forms.files import named, read_text, shown
from driftaudit.forms.makefile_text import LineKind, MakeLine, make_lines

_MOST_FILES = 50
# A dollar sign that is not doubled, and what follows it.
_CALL = r"(?<!\$)(?:\$\$)*\$[({]\s*"
_BUILT_IN = "shell|eval|file|guile|info|warning|error|call|load"
_FORBIDDEN = (
    (re.compile(_CALL + r"(shell|eval|file|guile|info)\b"), "$({0} …)"),
    (re.compile(_CALL + rf"call[\s\\]+({_BUILT_IN})\s*[,)}}]"), "$(call {0} …)"),
    (re.compile(_CALL + r"call[\s\\]+[^\s,()${}]*(\$)"), "$(call …) of a name that is computed"),
    (re.compile(_CALL + r"(MAKE)\s*[)}]"), "$({0})"),
    (re.compile(_CALL + r"(\.RECIPEPREFIX|GNUMAKEFLAGS)\b"), "{0}"),
)
_FLAGS = re.compile(
    r"(?:-[rRsj\d]+|--(?:no-print-directory|no-builtin-(?:rules|variables)|silent|quiet|"
    r"warn-undefined-variables|jobs(?:=\d+)?|output-sync(?:=\w+)?)|-O\w*|\s)*"
)
_INCLUDE = re.compile(r"(-include|include|sinclude)\b(.*)", re.DOTALL)
_PLAIN_NAMES = re.compile(r"[\w./ \t-]*")


@dataclass(frozen=True, slots=True)
class Makefile:
    """A makefile and those that it includes, none of which runs anything when make reads it."""

    path: Path
    lines: dict[str, list[MakeLine]]  # by the name that make has for the file
    absent: tuple[str, ...] = ()  # included where they exist, which they do not

    def all_lines(self) -> list[MakeLine]:
        """Return the lines of all files."""
        return [line for lines in self.lines.values() for line in lines]


def load_makefile(path: Path) -> Makefile:
    """Read a makefile. Raises UsageError, naming file and line, where reading it would run something."""
    found: dict[str, list[MakeLine]] = {}
    waiting, absent = [path.name], []
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        if len(found) >= _MOST_FILES:
            raise UsageError(f"{shown(path)} includes more than {_MOST_FILES} files")
        file = path.parent / name
        found[name] = _checked_lines(file)
        for included, is_needed in _included(file, found[name]):
            if (path.parent / included).is_file():
                waiting.append(included)
            elif is_needed:
                raise UsageError(f"{shown(file)} includes {named(included)}, which is not there")
            else:
                absent.append(included)
    makefile = Makefile(path, found, tuple(absent))
    _check_remaking(makefile)
    return makefile


def _checked_lines(file: Path) -> list[MakeLine]:
    text = read_text(file)
    if "\r" in text:
        at = text.count("\n", 0, text.index("\r")) + 1
        raise UsageError(
            f"{shown(file)}:{at}: Windows line ends, which make hands to the shell", "Save it with LF."
        )
    lines = list(make_lines(text))
    for line in lines:
        _check(file, line)
    return lines


def _refuse(file: Path, line: MakeLine, what: str) -> UsageError:
    return UsageError(
        f"{shown(file)}:{line.number}: {what}: make would run or write something to read this",
        "Name a shell script instead, or write the deploy into a makefile without it.",
    )


def _check(file: Path, line: MakeLine) -> None:
    for pattern, name in _FORBIDDEN:
        if match := pattern.search(line.text):
            raise _refuse(file, line, name.format(match[1]))
    for check in _CHECKS:
        if what := check(line):
            raise _refuse(file, line, what)


def _plus(line: MakeLine) -> str:
    """Look for recipe lines that make runs even with -n."""
    text = line.text.lstrip("\t ")
    if line.kind is LineKind.RULE:
        _targets, semicolon, text = line.text.partition(";")
        text = text if semicolon else ""
    elif line.kind is LineKind.OTHER:
        return ""
    return "a recipe line with +" if re.match(r"[\s@-]*\+", text) else ""


def _shell_assignment(line: MakeLine) -> str:
    # In a recipe and in what is defined for one, `!=` is what the shell compares with.
    is_safe = line.kind in (LineKind.RECIPE, LineKind.DEFINED)
    is_condition = re.match(r"\s*(else\s+)?if(n?eq|n?def)\b", line.text)
    if re.match(r"\s*(?:(?:override|export|private)\s+)*define\b[^\n]*!=", line.text):
        return "!="
    return "!=" if "!=" in line.text and not is_safe and not is_condition else ""


def _directive(line: MakeLine) -> str:
    if line.kind is LineKind.RECIPE:
        return ""
    text = line.text.strip()
    if re.match(r"-?load\b", text):
        return "load"
    for name in (".RECIPEPREFIX", ".SECONDEXPANSION", "GNUMAKEFLAGS", "MAKEFILES"):
        if name in text:
            return name
    if re.search(r"\boverride\b", text) and not re.search(
        r"\boverride\s+(?:define\s+)?(?!SHELL\b)\w+\s*(?:$|[:?+]{0,3}=)", text
    ):
        return "override of what cannot be told, or of SHELL"
    flags = re.search(r"\bMAKEFLAGS\b\s*[:?+]{0,3}=(.*)", text, re.DOTALL)
    if flags and not _FLAGS.fullmatch(flags[1].partition("#")[0]):
        return "flags for make"
    return ""


_CHECKS: Sequence[Callable[[MakeLine], str]] = (_plus, _shell_assignment, _directive)


def _included(file: Path, lines: list[MakeLine]) -> Iterator[tuple[str, bool]]:
    """Yield the names of the files that are included, and whether they must be there."""
    for line in lines:
        match = _INCLUDE.match(line.text.strip())
        if not match or line.kind is LineKind.RECIPE:
            continue
        names = match[2].partition("#")[0].replace("\\\n", " ")
        if not _PLAIN_NAMES.fullmatch(names):
            raise _refuse(file, line, f"{match[1]} of what is no plain name")
        for name in names.split():
            yield name, match[1] == "include"


def _check_remaking(makefile: Makefile) -> None:
    """Refuse rules by which make would make its own files before it reads them."""
    own = (*makefile.lines, *makefile.absent)
    for file, lines in makefile.lines.items():
        for line in lines:
            targets = line.text.partition(":")[0].split() if line.kind is LineKind.RULE else []
            if any(_may_be(target, name) for target in targets for name in own):
                raise _refuse(makefile.path.parent / file, line, "a rule that makes a makefile")


def _may_be(target: str, name: str) -> bool:
    if "%" not in target:
        return target.removeprefix("./") == name.removeprefix("./")
    start, _percent, end = target.partition("%")
    # A rule for anything makes no makefile: make is told that the first one is old, and has no shell.
    return target != "%" and name.startswith(start) and name.endswith(end)
