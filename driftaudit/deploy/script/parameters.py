"""The values of variables, and what `${name…}` makes of them."""

import re
from collections.abc import Callable

from driftaudit.deploy.script.patterns import compiled, translated
from driftaudit.deploy.script.session import Session
from driftaudit.deploy.script.symbols import has_symbols
from driftaudit.deploy.script.tree import Parts
from driftaudit.deploy.script.world import World

_FRESH = frozenset(
    {"$", "!", "RANDOM", "SECONDS", "EPOCHSECONDS", "-", "UID", "EUID", "PPID", "BASHPID", "SRANDOM"}
)


class ExpansionError(Exception):
    """A value is missing that the script insists on: the shell ends here."""


def path_text(parts: Parts) -> str:
    """Return an absolute path as a text."""
    return "/" + "/".join(parts)


def value(session: Session, world: World, name: str) -> str | None:
    """Return the value of a variable, None where it is not set; what is not known is a symbol."""
    if name in _FRESH:
        return session.fresh(f"${name}")
    if name.isdigit():
        return world.name if name == "0" else _argument(session, world, int(name))
    if name in ("#", "@", "*"):
        return _of_all_arguments(session, world, name)
    if name == "?":
        return str(world.status) if world.status is not None else session.fresh("$?")
    if name == "PWD":
        return path_text(world.logical_cwd)
    if name in world.variables:
        return world.variables[name]
    if name == "BASH_SOURCE":
        return world.name
    return session.environment(world.host, name)


def _argument(session: Session, world: World, n: int) -> str | None:
    if world.arguments is None:
        return session.environment(world.host, str(n))
    return world.arguments[n - 1] if n <= len(world.arguments) else None


def _of_all_arguments(session: Session, world: World, name: str) -> str | None:
    if world.arguments is None:
        return session.environment(world.host, name)
    return str(len(world.arguments)) if name == "#" else " ".join(world.arguments)


def is_set(session: Session, text: str | None, *, and_not_empty: bool) -> bool | None:
    """Whether a value is there; None where that is not known."""
    if text is None:
        return False
    empty = session.symbols.may_be_empty(text)
    if empty is None:
        return None
    return not (empty and and_not_empty)


def trimmed(operator: str, text: str, pattern: str) -> str:
    """Return what `${x#p}`, `##`, `%` and `%%` leave of a text."""
    fits = compiled(pattern).fullmatch
    lengths: range | list[int] = range(len(text) + 1)
    if len(operator) == 2:
        lengths = list(reversed(lengths))
    for length in lengths:
        if operator[0] == "#" and fits(text[:length]):
            return text[length:]
        if operator[0] == "%" and fits(text[len(text) - length :]):
            return text[: len(text) - length]
    return text


def replaced(operator: str, text: str, pattern: str, new: str) -> str:
    """Return what `${x/p/new}` and `${x//p/new}` make of a text."""
    anchor = pattern[:1] if pattern[:1] in ("#", "%") and operator == "/" else ""
    source = translated(pattern[len(anchor) :])
    if not source:
        return text
    if anchor:
        source = rf"\A{source}" if anchor == "#" else rf"{source}\Z"
    return re.sub(source, lambda _found: new, text, count=0 if operator == "//" else 1, flags=re.DOTALL)


def _first(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: change(text[:1]) + text[1:]


CASES: dict[str, Callable[[str], str]] = {
    "^": _first(str.upper),
    "^^": str.upper,
    ",": _first(str.lower),
    ",,": str.lower,
}


def may_trim(text: str, pattern: str) -> bool:
    """Whether a text can be cut by a pattern though it holds symbols: the pattern must not meet them."""
    return not has_symbols(text) and not has_symbols(pattern)
