"""What a package.json says, as far as imports rest on it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

NAME = "package.json"
_MOST_NESTED = 30

# Where one of these is a dependency, sources may be meant for it: it finds more than Node does.
_NAMES_OF_BUNDLERS = """
webpack rollup vite parcel esbuild next nuxt react-scripts gatsby snowpack tsup astro browserify metro
rspack @rspack/core @angular/cli @sveltejs/kit @vue/cli-service @babel/core @babel/cli babel-cli esm
typescript ts-node tsx swc @swc/core @swc/cli microbundle turbopack laravel-mix expo react-native
"""
_BUNDLERS = frozenset(_NAMES_OF_BUNDLERS.split())


@dataclass(frozen=True, slots=True)
class Manifest:
    """A package. Nothing is missing in it but what it does not say; `readable` is false where it is no JSON.

    `exports` and `imports` are as they are written, their keys in that order.
    """

    folder: str
    name: str = ""
    is_module: bool = False
    main: str = ""
    types: str = ""
    bin: tuple[str, ...] = ()
    exports: object = None
    imports: object = None
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    development: frozenset[str] = frozenset()
    is_bundled: bool = False
    readable: bool = True


def manifest_of(folder: str, content: bytes) -> Manifest:
    """Return what a package.json in a folder says."""
    try:
        value = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Manifest(folder, readable=False)
    if not isinstance(value, dict):
        return Manifest(folder, readable=False)
    required = {*_names(value, "dependencies"), *_names(value, "peerDependencies")}
    development = _names(value, "devDependencies")
    bundled = value.get("bundledDependencies") or value.get("bundleDependencies")
    if isinstance(bundled, list):
        required.update(name for name in bundled if isinstance(name, str))
    return Manifest(
        folder=folder,
        name=_text(value, "name"),
        is_module=value.get("type") == "module",
        main=_text(value, "main"),
        types=_text(value, "types") or _text(value, "typings"),
        bin=_bin(value.get("bin")),
        exports=value.get("exports"),
        imports=value.get("imports"),
        required=frozenset(required),
        optional=frozenset(_names(value, "optionalDependencies")),
        development=frozenset(development),
        is_bundled=not _BUNDLERS.isdisjoint({*required, *development}),
    )


def export_targets(exports: object) -> list[str]:
    """Return the files that `exports` names for programs, in their order; patterns and types left aside."""
    found: list[str] = []
    open_values: list[tuple[object, int]] = [(exports, 0)]
    while open_values:
        value, depth = open_values.pop()
        if isinstance(value, str):
            if value.startswith("./") and "*" not in value and not value.endswith((".d.ts", ".d.mts", "/")):
                found.append(value)
        elif depth < _MOST_NESTED and isinstance(value, dict):
            inner = [each for key, each in value.items() if key != "types" and not key.startswith("types@")]
            open_values.extend((each, depth + 1) for each in reversed(inner))
        elif depth < _MOST_NESTED and isinstance(value, list):
            open_values.extend((each, depth + 1) for each in reversed(value))
    return list(dict.fromkeys(found))


def _bin(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Mapping):
        return tuple(each for each in value.values() if isinstance(each, str))
    return ()


def _names(value: Mapping[str, object], key: str) -> set[str]:
    names = value.get(key)
    return {name for name in names if isinstance(name, str)} if isinstance(names, dict) else set()


def _text(value: Mapping[str, object], key: str) -> str:
    text = value.get(key)
    return text if isinstance(text, str) else ""
