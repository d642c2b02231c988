"""`exports` and `imports` of a package.json: which file a name stands for.

After the algorithm in Node's documentation ("Modules: Packages", PACKAGE_IMPORTS_EXPORTS_RESOLVE).
"""

from collections.abc import Collection, Mapping

IMPORT_CONDITIONS = frozenset(("node", "import", "module-sync", "node-addons", "default"))
REQUIRE_CONDITIONS = frozenset(("node", "require", "module-sync", "node-addons", "default"))
TYPES_CONDITIONS = frozenset(("types", "typescript"))
_DEEPEST = 30  # conditions within each other


def exported(exports: object, name: str, conditions: Collection[str]) -> str | None:
    """Return the target of a subpath such as "." or "./sub", None where it is not exported."""
    if not isinstance(exports, Mapping) or not any(str(key).startswith(".") for key in exports):
        return _target(exports, conditions, None, 0) if name == "." else None
    return matched(exports, name, conditions)


def matched(table: object, name: str, conditions: Collection[str]) -> str | None:
    """Return the target of a name in a table of names and patterns, the longest pattern first."""
    if not isinstance(table, Mapping):
        return None
    if name in table and "*" not in name and not name.endswith("/"):
        return _target(table[name], conditions, None, 0)
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
            return _target(table[pattern], conditions, part, 0)
    return None


def _target(value: object, conditions: Collection[str], part: str | None, depth: int) -> str | None:
    if depth > _DEEPEST:
        return None
    if isinstance(value, str):
        return value if part is None else value.replace("*", part)
    if isinstance(value, Mapping):
        for condition, inner in value.items():
            if condition in conditions:
                found = _target(inner, conditions, part, depth + 1)
                if found is not None or inner is None:
                    return found
    if isinstance(value, list):
        for inner in value:
            found = _target(inner, conditions, part, depth + 1)
            if found is not None:
                return found
    return None
