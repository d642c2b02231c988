"""`test`, `[` and `[[`: what holds in the model, and None for what cannot be told."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from driftaudit.deploy.script.contents import EMPTY
from driftaudit.deploy.script.parameters import value
from driftaudit.deploy.script.patterns import compiled, unescaped
from driftaudit.deploy.script.reading import Origin, Reader
from driftaudit.deploy.script.session import Session
from driftaudit.deploy.script.symbols import has_symbols
from driftaudit.deploy.script.tree import File, Folder, Link, Place, Unseen, find
from driftaudit.deploy.script.words import Words
from driftaudit.deploy.script.world import World

_NUMBERS: dict[str, Callable[[int, int], bool]] = {
    "-eq": lambda a, b: a == b,
    "-ne": lambda a, b: a != b,
    "-lt": lambda a, b: a < b,
    "-le": lambda a, b: a <= b,
    "-gt": lambda a, b: a > b,
    "-ge": lambda a, b: a >= b,
}
_OTHERS = ("<", ">", "-nt", "-ot", "-ef")  # that are not worked out


def negated(found: bool | None) -> bool | None:
    """Return the opposite; of what is not known it is not known."""
    return None if found is None else not found


def both(left: bool | None, right: bool | None) -> bool | None:
    """Whether both hold."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def either(left: bool | None, right: bool | None) -> bool | None:
    """Whether one of two holds."""
    return negated(both(negated(left), negated(right)))


def holds(session: Session, world: World, node: Mapping[str, Any]) -> bool | None:
    """Whether the expression of `[[ … ]]` holds."""
    words = Words(session, world)
    match node["Type"]:
        case "ParenTest":
            return holds(session, world, node["X"])
        case "UnaryTest" if node["Op"] == "!":
            return negated(holds(session, world, node["X"]))
        case "UnaryTest":
            return unary(session, world, node["Op"], words.text(_word(node["X"])))
        case "BinaryTest" if node["Op"] == "&&":
            left = holds(session, world, node["X"])
            return False if left is False else both(left, holds(session, world, node["Y"]))
        case "BinaryTest" if node["Op"] == "||":
            left = holds(session, world, node["X"])
            return True if left else either(left, holds(session, world, node["Y"]))
        case "BinaryTest":
            return _binary(session, world, node)
        case "Word":
            return negated(session.symbols.may_be_empty(words.text(_word(node))))
        case _:
            return None


def _word(node: Mapping[str, Any]) -> Any:
    return Reader(Origin()).word(node)


def _binary(session: Session, world: World, node: Mapping[str, Any]) -> bool | None:
    words, operator = Words(session, world), node["Op"]
    left = words.text(_word(node["X"]))
    if operator in ("=", "==", "!="):
        found = fits(left, words.pattern(_word(node["Y"])))
        return negated(found) if operator == "!=" else found
    right = words.text(_word(node["Y"]))
    if operator == "=~":
        return _matches(session, world, left, right)
    return binary(left, operator, right)


def fits(text: str, pattern: str) -> bool | None:
    """Whether a text fits a pattern; None where that rests on what is not known."""
    if unescaped(pattern) == text or pattern == "*":
        return True
    if has_symbols(text) or has_symbols(pattern):
        return None
    return compiled(pattern).fullmatch(text) is not None


def _matches(session: Session, world: World, text: str, source: str) -> bool | None:
    """Whether a regular expression fits; what its groups fit is laid into BASH_REMATCH."""
    world.arrays.pop("BASH_REMATCH", None)
    world.variables["BASH_REMATCH"] = session.anything("$BASH_REMATCH")
    if has_symbols(text) or has_symbols(source) or re.search(r"\[[:.=]", source):
        return None
    try:
        found = re.search(source, text)
    except re.error:
        return None
    if found is None:
        return False
    groups = tuple(group or "" for group in (found[0], *found.groups()))
    world.arrays["BASH_REMATCH"], world.variables["BASH_REMATCH"] = groups, found[0]
    return True


def binary(left: str, operator: str, right: str) -> bool | None:
    """Whether a comparison of two texts or numbers holds."""
    if operator in ("=", "==", "!="):
        same = True if left == right else None if has_symbols(left + right) else False
        return negated(same) if operator == "!=" else same
    if has_symbols(left + right):
        return None
    if operator in _NUMBERS:
        numbers = [text.strip() for text in (left, right)]
        if not all(re.fullmatch(r"[-+]?\d+", text) for text in numbers):
            return False
        return _NUMBERS[operator](int(numbers[0]), int(numbers[1]))
    return None if operator in _OTHERS else False  # "binary operator expected"


def unary(session: Session, world: World, operator: str, text: str) -> bool | None:
    """Whether a test of one text or path holds."""
    if operator in ("-z", "-n"):
        empty = session.symbols.may_be_empty(text)
        return empty if operator == "-z" else negated(empty)
    if operator == "-v":
        return value(session, world, text) is not None if text.isidentifier() else None
    if operator == "-t":
        return False
    if session.symbols.unknown(text + "/" + "/".join(world.cwd)):
        return None
    if not text:
        return False
    place = find(world.root, world.cwd, text, follow=operator not in ("-L", "-h"))
    if place.trouble:
        return False
    return None if isinstance(place.node, Unseen) else _of_place(session, operator, place)


def _of_place(session: Session, operator: str, place: Place) -> bool | None:
    node = place.node
    match operator:
        case "-e" | "-a" | "-r" | "-w" | "-G" | "-O":
            return node is not None
        case "-f":
            return isinstance(node, File)
        case "-d":
            return isinstance(node, Folder)
        case "-L" | "-h":
            return isinstance(node, Link)
        case "-x":
            return isinstance(node, Folder) or (isinstance(node, File) and node.executable)
        case "-s" if isinstance(node, File):
            text = session.contents.text(node.content)
            return None if text is None else text != EMPTY
        case "-s":
            return isinstance(node, Folder)
        case _:
            return None if node is not None else False


def test(session: Session, world: World, words: list[str]) -> bool | None:
    """Whether the words of `test` hold."""
    match words:
        case []:
            return False
        case [text]:
            return negated(session.symbols.may_be_empty(text))
        case ["!", *rest] if len(rest) < 3 or rest[1] not in (*_NUMBERS, "=", "==", "!="):
            return negated(test(session, world, rest))
        case [operator, text] if operator.startswith("-") and len(operator) == 2:
            return unary(session, world, operator, text)
        case [first, second] if not has_symbols(first + second):
            return False  # "unary operator expected"
        case [left, operator, right] if operator not in ("-a", "-o"):
            return binary(left, operator, right)
    for joint, join in (("-o", either), ("-a", both)):
        if joint in words[1:-1]:
            at = words.index(joint, 1)
            return join(test(session, world, words[:at]), test(session, world, words[at + 1 :]))
    if words[0] == "!":
        return negated(test(session, world, words[1:]))
    return None if "(" in words or has_symbols("".join(words)) else False  # "too many arguments"
