"""`$((…))` and `((…))` on whole numbers; what rests on something unknown is unknown."""

from collections.abc import Callable, Mapping
from typing import Any

from driftaudit.deploy.script.parameters import value
from driftaudit.deploy.script.session import Session
from driftaudit.deploy.script.world import World

_OPERATORS: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "==": lambda a, b: int(a == b),
    "!=": lambda a, b: int(a != b),
    "<": lambda a, b: int(a < b),
    ">": lambda a, b: int(a > b),
    "<=": lambda a, b: int(a <= b),
    ">=": lambda a, b: int(a >= b),
    "&&": lambda a, b: int(bool(a) and bool(b)),
    "||": lambda a, b: int(bool(a) or bool(b)),
}
_UNARY: dict[str, Callable[[int], int]] = {"-": lambda a: -a, "+": lambda a: a, "!": lambda a: int(not a)}
_MOST = 1 << 62


def calculated(session: Session, world: World, node: Mapping[str, Any]) -> int | None:
    """Return the value of an expression, None where it is not known. Assignments in it are done."""
    match node["Type"]:
        case "ParenArithm":
            return calculated(session, world, node["X"])
        case "Word":
            return _word(session, world, node)
        case "UnaryArithm":
            return _unary(session, world, node)
        case "BinaryArithm":
            return _binary(session, world, node)
        case _:
            return None


def _word(session: Session, world: World, node: Mapping[str, Any]) -> int | None:
    parts = node["Parts"]
    if len(parts) != 1:
        return None
    match parts[0]["Type"]:
        case "Lit":
            text = parts[0]["Value"]
        case "ParamExp" if not parts[0].keys() & {"Exp", "Slice", "Repl", "Length", "Index", "Excl"}:
            text = parts[0]["Param"]["Value"]
        case _:
            return None
    number = _number(text)
    return number if number is not None or text[:1].isdigit() else _variable(session, world, text)


def _variable(session: Session, world: World, name: str) -> int | None:
    found = value(session, world, name)
    return 0 if not found else _number(found)


def _number(text: str) -> int | None:
    is_number = text.removeprefix("-").isascii() and text.removeprefix("-").isdigit()
    is_octal = text.removeprefix("-").startswith("0") and len(text) > 1
    return int(text) if is_number and not is_octal and len(text) < 18 else None


def _unary(session: Session, world: World, node: Mapping[str, Any]) -> int | None:
    operator = node["Op"]
    number = calculated(session, world, node["X"])
    if operator in ("++", "--"):
        new = None if number is None else number + (1 if operator == "++" else -1)
        _assign(session, world, node["X"], new)
        return number if node.get("Post") else new
    return _UNARY[operator](number) if number is not None and operator in _UNARY else None


def _binary(session: Session, world: World, node: Mapping[str, Any]) -> int | None:
    operator: str = node["Op"]
    right = calculated(session, world, node["Y"])
    if operator == "=":
        _assign(session, world, node["X"], right)
        return right
    left = calculated(session, world, node["X"])
    is_assignment = operator not in _OPERATORS and operator.endswith("=")
    found = _applied(operator.removesuffix("=") if is_assignment else operator, left, right)
    if is_assignment:
        _assign(session, world, node["X"], found)
    return found


def _applied(operator: str, left: int | None, right: int | None) -> int | None:
    if left is None or right is None:
        return None
    if operator in ("/", "%") and right:
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return quotient if operator == "/" else left - quotient * right
    found = _OPERATORS[operator](left, right) if operator in _OPERATORS else None
    return found if found is not None and abs(found) < _MOST else None


def _assign(session: Session, world: World, node: Mapping[str, Any], number: int | None) -> None:
    parts: list[Any] = node.get("Parts") or []
    if len(parts) == 1 and parts[0]["Type"] == "Lit":
        name = parts[0]["Value"]
        if not session.may_set(world, name, 0):
            return
        world.variables[name] = session.anything(f"${name}") if number is None else str(number)
