"""`exports` and `imports` of a package.json: which file a name stands for.

After the algorithm in Node's documentation ("Modules: Packages", PACKAGE_IMPORTS_EXPORTS_RESOLVE).
"""

import re
from collections.abc import Collection, Mapping
from enum import Enum, auto
from urllib.parse import unquote

IMPORT_CONDITIONS = frozenset(("node", "import", "module-sync", "node-addons", "default"))
REQUIRE_CONDITIONS = frozenset(("node", "require", "module-sync", "node-addons", "default"))
TYPES_CONDITIONS = frozenset(("types", "typescript"))
_DEEPEST = 30  # conditions within each other
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SEPARATOR = re.compile(r"[/\\]")
_FORBIDDEN = frozenset((".", "..", "node_modules"))  # as a part of a path


class _Refused(Enum):
    """Why a name stands for nothing although something is said of it."""

    HIDDEN = auto()  # null: not for others
    INVALID = auto()  # what no file can be named by


_Target = str | _Refused | None


def exported(exports: object, name: str, conditions: Collection[str]) -> str | None:
    """Return the target of a subpath such as "." or "./sub", None where it is not exported.

    A target begins with "./".
    """
    return _said(_exported(exports, name, conditions))


def _exported(exports: object, name: str, conditions: Collection[str]) -> _Target:
    if isinstance(exports, Mapping):
        subpaths = [str(key).startswith(".") for key in exports]
        if any(subpaths):
            return _matched(exports, name, conditions) if all(subpaths) else None
    elif not isinstance(exports, str | list):
        return None
    return _target(exports, conditions, None, is_import=False) if name == "." else None


def imported(imports: object, name: str, conditions: Collection[str]) -> str | None:
    """Return the target of a name that begins with "#", None where there is none.

    A target begins with "./", or is the name of a package or built-in module.
    """
    return _said(_matched(imports, name, conditions, is_import=True))


def _said(target: _Target) -> str | None:
    return target if isinstance(target, str) else None


def _matched(table: object, name: str, conditions: Collection[str], *, is_import: bool = False) -> _Target:
    """Return the target of a name in a table of names and patterns, the longest pattern first."""
    if not isinstance(table, Mapping):
        return None
    if name in table and "*" not in name and not name.endswith("/"):
        return _target(table[name], conditions, None, is_import=is_import)
    patterns = sorted(
        (key for key in table if isinstance(key, str) and key.count("*") == 1),
        key=lambda key: (key.index("*"), len(key)),
        reverse=True,
    )
    for pattern in patterns:
        start, _star, end = pattern.partition("*")
        is_long_enough = len(name) >= len(pattern)
        if name.startswith(start) and name != start and name.endswith(end) and is_long_enough:
            part = name[len(start) : len(name) - len(end)] if end else name[len(start) :]
            return _target(table[pattern], conditions, part, is_import=is_import)
    return None


def _target(
    value: object, conditions: Collection[str], part: str | None, depth: int = 0, *, is_import: bool
) -> _Target:
    if value is None:
        return _Refused.HIDDEN
    if isinstance(value, str):
        return _named(value, part, is_import=is_import)
    if depth > _DEEPEST or not isinstance(value, Mapping | list):
        return _Refused.INVALID
    is_list = isinstance(value, list)
    inner = value if isinstance(value, list) else [value[each] for each in value if each in conditions]
    found: _Target = _Refused.HIDDEN if is_list else None
    for each in inner:
        found = _target(each, conditions, part, depth + 1, is_import=is_import)
        # A list goes on to what can be named, conditions to what says anything at all.
        if isinstance(found, str) or (found is not None and not is_list):
            break
    return found


def _named(target: str, part: str | None, *, is_import: bool) -> _Target:
    if not target.startswith("./"):
        if not is_import or target.startswith(("../", "/")) or _URL.match(target) or not target:
            return _Refused.INVALID
        return target if part is None else target.replace("*", part)
    if _is_forbidden(target[2:]) or (part is not None and _is_forbidden(part)):
        return _Refused.INVALID
    return target if part is None else target.replace("*", part)


def _is_forbidden(path: str) -> bool:
    return any(unquote(each).lower() in _FORBIDDEN for each in _SEPARATOR.split(path))
