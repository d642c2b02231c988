"""What a shell that need not be bash makes of a script.

`sh` is dash on many hosts, and so may a login shell be. Where dash does otherwise both ways are taken.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from driftaudit.deploy.script.syntax import (
    Assignment,
    Call,
    Condition,
    Declaration,
    Function,
    Literal,
    Parameter,
    Single,
    Statement,
    Substitution,
    Word,
)

LITERAL = "literal"
"""The option of a world whose shell takes `{a,b}` for a name, and `*` after `>` for one too."""

# Commands that dash has not got.
ONLY_BASH = frozenset("compgen declare disown let mapfile popd pushd readarray shopt source typeset".split())  # noqa: SIM905
_ONLY_BASH_OPERATORS = ("/", "//", "^", "^^", ",", ",,")


def is_sh(text: str) -> bool:
    """Whether the first line of a script has it run by `sh`, whichever shell that is."""
    first = text.partition("\n")[0]
    words = first[2:].split() if first.startswith("#!") else []
    return bool(words) and any(word.rpartition("/")[2] in ("sh", "dash", "ash") for word in words[:2])


def is_refused(statement: Statement) -> bool:
    """Whether dash ends at a statement with an error, before it does anything of it."""
    if any(redirect.operator == "<<<" for redirect in statement.redirects):
        return True
    return any(_is_strange(part) for part in _parts(statement))


def has_names(statement: Statement) -> bool:
    """Whether a statement has words that are names for dash as they stand: `{a,b}`, and `*` after `>`."""
    command = statement.command
    words: tuple[Word, ...] = command.words if isinstance(command, Call) else ()
    targets = tuple(redirect.word for redirect in statement.redirects)
    return _has(words, "{") or _has(targets, "{*?[")


def _has(words: tuple[Word, ...], marks: str) -> bool:
    texts = [part.text for word in words for part in word.parts if isinstance(part, Literal)]
    return any(mark in text for text in texts for mark in marks)


def reads_escapes(statement: Statement) -> bool:
    """Whether a statement has `$'…'`, which is another text for dash."""
    return any(isinstance(part, Single) and part.escapes for part in _parts(statement))


def _is_strange(part: object) -> bool:
    match part:
        case Parameter():
            return part.unmodelled or bool(part.index) or part.operator in _ONLY_BASH_OPERATORS
        case Substitution():
            return bool(part.process)
        case Assignment():
            return part.array
        case _:
            return False


def _parts(statement: Statement) -> Iterator[object]:
    """Yield the parts of a simple command and of its redirections, but not the statements below it."""
    command = statement.command
    if isinstance(command, Call | Declaration | Condition | Function):
        yield from _below((command if not isinstance(command, Function) else None, statement.redirects))


def _below(node: Any) -> Iterator[object]:
    if isinstance(node, tuple):
        for each in node:
            yield from _below(each)
    elif is_dataclass(node) and not isinstance(node, Statement):
        yield node
        for each in fields(node):
            yield from _below(getattr(node, each.name))
