"""The parts of a shell script, as far as its meaning depends on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Json: TypeAlias = object
"""What shfmt prints of a part that is only looked into where its value is asked for."""


@dataclass(frozen=True, slots=True)
class Literal:
    """Text outside of quotes, or between double quotes: its backslashes are still in it."""

    text: str


@dataclass(frozen=True, slots=True)
class Single:
    """Text between single quotes; with `escapes` it was written $'…'."""

    text: str
    escapes: bool = False


@dataclass(frozen=True, slots=True)
class Double:
    """What stands between double quotes, or with `is_document` in a here-document."""

    parts: tuple["Part", ...]
    is_document: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """`$name` or `${name…}`; `index` is that of an array: a number, `@` or `*`.

    `unmodelled` marks a form whose value is not worked out: slices, names of names.
    """

    name: str
    operator: str = ""
    argument: "Word | None" = None
    replacement: "Word | None" = None
    length: bool = False
    unmodelled: bool = False
    index: str = ""


@dataclass(frozen=True, slots=True)
class Substitution:
    """`$(…)`, or with `process` the file that `<(` or `>(` stands for."""

    statements: tuple["Statement", ...]
    process: str = ""


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`$((…))`."""

    expression: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class ExtendedGlob:
    """`!(a|b)` and the like, which need `shopt -s extglob`."""

    text: str


Part: TypeAlias = Literal | Single | Double | Parameter | Substitution | Arithmetic | ExtendedGlob


@dataclass(frozen=True, slots=True)
class Word:
    """One word before it is expanded, and the line on which it starts."""

    parts: tuple[Part, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """`name=value`; without a value in `export name`. Of an `array` the `elements` are known or nothing."""

    name: str
    value: Word | None
    append: bool = False
    array: bool = False
    elements: tuple[Word, ...] | None = None


@dataclass(frozen=True, slots=True)
class Redirect:
    """`2> file` and its kind. A here-document is its text."""

    operator: str
    descriptor: str
    word: Word
    document: Word | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A simple command: assignments and words."""

    assignments: tuple[Assignment, ...]
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Declaration:
    """`export`, `local`, `readonly`, `declare`, `typeset`."""

    variant: str
    assignments: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class Binary:
    """Two statements joined by `&&`, `||`, `|` or `|&`."""

    operator: str
    left: "Statement"
    right: "Statement"


@dataclass(frozen=True, slots=True)
class Group:
    """`{ …; }`, or with `subshell` `(…)`."""

    statements: tuple["Statement", ...]
    subshell: bool = False


@dataclass(frozen=True, slots=True)
class If:
    """Conditions with their bodies, and what is done where none holds."""

    branches: tuple[tuple[tuple["Statement", ...], tuple["Statement", ...]], ...]
    otherwise: tuple["Statement", ...]


@dataclass(frozen=True, slots=True)
class While:
    """A loop as long as a condition holds, or with `until` until it does."""

    condition: tuple["Statement", ...]
    body: tuple["Statement", ...]
    until: bool


@dataclass(frozen=True, slots=True)
class For:
    """A loop over words; None stands for the arguments, or with `unmodelled` for a loop that counts."""

    name: str
    words: tuple[Word, ...] | None
    body: tuple["Statement", ...]
    unmodelled: bool = False


@dataclass(frozen=True, slots=True)
class CaseItem:
    """Patterns, what is done where one of them fits, and how it ends: `;;`, `;&` or `;;&`."""

    patterns: tuple[Word, ...]
    statements: tuple["Statement", ...]
    end: str


@dataclass(frozen=True, slots=True)
class Case:
    """A word held against patterns."""

    word: Word
    items: tuple[CaseItem, ...]


@dataclass(frozen=True, slots=True)
class Function:
    """A function's declaration; with `reserved` it was written `function name`."""

    name: str
    body: "Statement"
    reserved: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """`[[ … ]]`."""

    expression: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Calculation:
    """`((…))` and `let`."""

    expressions: tuple[Mapping[str, Json], ...]


@dataclass(frozen=True, slots=True)
class Unmodelled:
    """A construct whose meaning is not modelled."""

    name: str


Command: TypeAlias = (
    Call
    | Declaration
    | Binary
    | Group
    | If
    | While
    | For
    | Case
    | Function
    | Condition
    | Calculation
    | Unmodelled
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A command with its redirections, and the line on which it starts."""

    command: Command | None
    line: int
    redirects: tuple[Redirect, ...] = ()
    negated: bool = False
    background: bool = False
