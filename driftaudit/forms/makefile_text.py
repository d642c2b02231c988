"""The lines of a makefile, as far as one can read them without running make. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

_DIRECTIVE = re.compile(r"(ifeq|ifneq|ifdef|ifndef|else|endif)\b")
_DEFINE = re.compile(r"(?:(?:override|export|private)\s+)*define\b")
_ASSIGNMENT = re.compile(
    r"(?:(?:override|export|private)\s+)*(?P<name>[^\s:#=!?+]+)\s*(?P<how>[?+!]|:{1,3})?=(?P<value>.*)",
    re.DOTALL,
)
_RULE = re.compile(r"(?:[^=#:$]|\$\([^()]*\)|\$\{[^{}]*\}|\$[^({])+:(?![:=])[^=]*$|[^=#]+:[^=]*;", re.DOTALL)


class LineKind(Enum):
    """What a line is to make."""

    RECIPE = auto()
    UNSURE = auto()  # begins with a tab, but may be no recipe
    DEFINED = auto()  # inside define … endef: may become a part of a recipe
    RULE = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class MakeLine:
    """A line with those that continue it. `number` counts from 1."""

    number: int
    text: str
    kind: LineKind


def make_lines(text: str) -> Iterator[MakeLine]:
    """Yield the lines of a makefile that mean something to make: comments outside of recipes do not."""
    in_rule, depth = False, 0
    for number, line in _logical(text):
        bare = line.strip()
        if depth:
            depth += bool(_DEFINE.match(bare)) - bool(re.match(r"endef\b", bare))
            yield MakeLine(number, line, LineKind.DEFINED)
        elif line.startswith("\t"):
            yield MakeLine(number, line, LineKind.RECIPE if in_rule else LineKind.UNSURE)
        elif bare and not bare.startswith("#"):
            depth = int(bool(_DEFINE.match(bare)))
            in_rule = bool(_RULE.match(line)) and not _DIRECTIVE.match(bare) and not _ASSIGNMENT.match(bare)
            yield MakeLine(number, line, LineKind.RULE if in_rule else LineKind.OTHER)


def _logical(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines with those joined to them that a backslash continues, which stays in the text."""
    held: list[str] = []
    start = 1
    for number, line in enumerate(text.split("\n"), 1):
        if not held:
            start = number
        held.append(line)
        if not ends_open(line):
            yield start, "\n".join(held)
            held = []
    if held:
        yield start, "\n".join(held)


def ends_open(line: str) -> bool:
    """Whether a backslash at its end makes the next line a part of this one."""
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


def assignments(lines: list[MakeLine], name: str) -> list[tuple[MakeLine, str]]:
    """Return the lines that set a variable, for all targets or for some, and what each sets it to."""
    found = []
    for line in lines:
        if line.kind is not LineKind.RECIPE:
            text = line.text.strip()
            for candidate in (text, text.partition(":")[2].strip()):
                match = _ASSIGNMENT.match(candidate)
                if match and match["name"] == name:
                    found.append((line, match["value"].strip()))
                    break
    return found


def defined_names(lines: list[MakeLine]) -> frozenset[str]:
    """Return the names of the variables that conditions look at."""
    tests = (line.text for line in lines if _DIRECTIVE.match(line.text.strip()))
    return frozenset(name for text in tests for name in re.findall(r"[\w.-]+", text))
