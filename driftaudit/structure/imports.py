"""An import as it stands in a source, and what a source says of itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """How a module is asked for, which decides by which rules it is looked for."""

    IMPORT = "import"  # ES modules
    IMPORT_CALL = "import()"  # ES modules, also from CommonJS
    REQUIRE = "require"  # CommonJS
    ENTRY = "entry"  # package.json `main`: as require, from its folder
    FILE = "file"  # a path that is taken as it is: `bin`, PM2's `script`
    PYTHON = "python"


@dataclass(frozen=True, slots=True)
class Import:
    """A module, as it is written, and its line, counted from 1.

    `names` are what a Python source takes out of the module. One that is `optional` may be missing: the
    program catches that. What a `dynamic` one names is an expression: it cannot be known.

    `attempt` numbers a `try` in the source: n for what is tried in it, -n for what is imported in its place
    where that fails, so that one of the two must be there; 0 for all else.
    """

    module: str
    line: int
    form: Form
    names: tuple[str, ...] = ()
    optional: bool = False
    dynamic: bool = False
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a quick look at a source found: at least all that it imports, and perhaps more.

    Where it is not `enough` only the grammar can tell.
    """

    imports: tuple[Import, ...]
    enough: bool = True


@dataclass(frozen=True, slots=True)
class Parsed:
    """What the grammar found in a source; `error` says why it could not be parsed.

    `names` are those that a Python module binds, None where others may be bound in ways that are not seen.
    """

    imports: tuple[Import, ...] = ()
    error: str = ""
    names: frozenset[str] | None = None


def places_of(text: str, words: Iterable[str]) -> list[int]:
    """Return where words stand in a text, in order: many times quicker than an expression that seeks them."""
    found = []
    for word in words:
        at = text.find(word)
        while at >= 0:
            found.append(at)
            at = text.find(word, at + len(word))
    return sorted(found)
