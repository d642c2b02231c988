"""The imports of a Python source, and the names that it binds, as Python's own grammar has them."""

import ast
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from driftaudit.structure.imports import Form, Import, Parsed

_CAUGHT = frozenset(("ImportError", "ModuleNotFoundError", "Exception", "BaseException"))
_OPEN = frozenset(("globals", "exec", "__path__", "__getattr__", "setattr", "vars", "modules"))
_LONGEST = 80  # characters of an expression that are shown


@dataclass(frozen=True, slots=True)
class _Where:
    """Where a node stands: whether a missing module is caught, and whether names are the module's own.

    `attempt` is as that of an import.
    """

    optional: bool = False
    own: bool = True
    attempt: int = 0


def parsed(content: bytes) -> Parsed:
    """Return the imports of a source, in the order of their lines; an error where it does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(content)
    except SyntaxError as error:
        return Parsed(error=f"it does not parse, at line {error.lineno or 1}")
    except (ValueError, RecursionError, MemoryError, UnicodeError):
        return Parsed(error="it does not parse")
    imports: list[Import] = []
    names: set[str] = set()
    is_open = False
    open_nodes: list[tuple[ast.AST, _Where]] = [(tree, _Where())]
    while open_nodes:
        node, where = open_nodes.pop()
        found = _imports(node, optional=where.optional)
        imports += [replace(each, attempt=where.attempt) for each in found] if where.attempt else found
        if where.own:
            names.update(_bound(node))
        is_open |= _is_open(node)
        open_nodes += _inner(node, where)
    imports.sort(key=lambda each: (each.line, each.module))
    return Parsed(tuple(imports), names=None if is_open else frozenset(names))


def _inner(node: ast.AST, where: _Where) -> Iterator[tuple[ast.AST, _Where]]:
    """Yield what is inside of a node; types alone are left aside, and what is caught is optional."""
    if isinstance(node, ast.If) and _is_for_types(node.test):
        yield from ((child, where) for child in node.orelse)
        return
    if isinstance(node, ast.Try | ast.TryStar):
        yield from _tried(node, where)
        return
    if where.attempt and not isinstance(node, ast.ExceptHandler):
        where = replace(where, attempt=0)  # whether what is inside of it is run is not sure
    if isinstance(node, ast.With | ast.AsyncWith) and any(_suppresses(item) for item in node.items):
        where = replace(where, optional=True)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda | ast.expr):
        where = replace(where, own=False)
    yield from ((child, where) for child in ast.iter_child_nodes(node))


def _tried(node: ast.Try | ast.TryStar, where: _Where) -> Iterator[tuple[ast.AST, _Where]]:
    """Yield what is inside of a `try`; what stands in the place of a missing module is numbered with it."""
    catching = [each for each in node.handlers if _catches_imports(each)]
    caught = replace(where, optional=where.optional or bool(catching), attempt=0)
    is_first = bool(catching) and not where.optional
    attempt = node.lineno if is_first else 0
    yield from ((child, replace(caught, attempt=attempt)) for child in node.body)
    for handler in node.handlers:
        yield handler, replace(caught, attempt=-attempt if handler in catching else 0)
    yield from ((child, caught) for child in (*node.orelse, *node.finalbody))


def _imports(node: ast.AST, *, optional: bool) -> list[Import]:
    if isinstance(node, ast.Import):
        return [Import(each.name, node.lineno, Form.PYTHON, optional=optional) for each in node.names]
    if isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        taken = tuple(each.name for each in node.names)
        return [Import(module, node.lineno, Form.PYTHON, taken, optional=optional)]
    if isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__"):
        return [_call(node, optional=optional)]
    return []


def _call(node: ast.Call, *, optional: bool) -> Import:
    asked = node.args[0] if node.args else None
    is_plain = isinstance(asked, ast.Constant) and isinstance(asked.value, str)
    if is_plain and not asked.value.startswith(".") and len(node.args) == 1:  # type: ignore[union-attr]
        return Import(asked.value, node.lineno, Form.PYTHON, optional=optional)  # type: ignore[union-attr]
    try:
        shown = ast.unparse(asked) if asked is not None else ""
    except RecursionError:
        shown = "…"
    return Import(shown[:_LONGEST], node.lineno, Form.PYTHON, optional=optional, dynamic=True)


def _called(node: ast.Call) -> str:
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _is_for_types(test: ast.expr) -> bool:
    if isinstance(test, ast.Attribute):
        return test.attr == "TYPE_CHECKING"
    is_false = isinstance(test, ast.Constant) and not test.value
    return is_false or (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING")


def _catches_imports(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(_last_name(kind) in _CAUGHT for kind in kinds)


def _suppresses(item: ast.withitem) -> bool:
    call = item.context_expr
    if not isinstance(call, ast.Call) or _called(call) not in ("suppress", "raises"):
        return False
    return any(_last_name(each) in _CAUGHT for each in call.args)


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _bound(node: ast.AST) -> Iterable[str]:
    """Return the names that a statement of a module binds."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return (node.name,)
    if isinstance(node, ast.Import):
        return (each.asname or each.name.partition(".")[0] for each in node.names)
    if isinstance(node, ast.ImportFrom):
        return (each.asname or each.name for each in node.names)
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        return (node.id,)
    if isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        return (node.name,)
    return ()


def _is_open(node: ast.AST) -> bool:
    """Whether a module may bind names in ways that are not seen."""
    if isinstance(node, ast.ImportFrom):
        return any(each.name == "*" for each in node.names)
    if isinstance(node, ast.FunctionDef):
        return node.name == "__getattr__"
    if isinstance(node, ast.Attribute):
        return node.attr in _OPEN
    return isinstance(node, ast.Name) and node.id in _OPEN
