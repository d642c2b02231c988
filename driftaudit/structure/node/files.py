"""Files and folders as Node and TypeScript look for them: with endings to try, and an index."""

import re
from collections.abc import Callable, Sequence
from urllib.parse import unquote_to_bytes

from driftaudit.structure.node.manifest import Manifest
from driftaudit.structure.resolution import Resolution, found, missing, unknown
from driftaudit.structure.tree import FileTree, There, joined_path

UNSEEN = "it lies where the tree was not looked into"
OUTSIDE = "it lies outside of the root"

COMMON_JS = (".js", ".json", ".node")
TYPESCRIPT = (
    *(".ts", ".tsx", ".d.ts", ".js", ".jsx", ".json", ".mts", ".cts", ".mjs", ".cjs"),
    *(".node", ".vue", ".svelte"),
)
# What TypeScript looks for in the place of a file that it makes.
_SOURCES = {
    ".js": (".ts", ".tsx", ".d.ts", ".jsx"),
    ".jsx": (".tsx", ".d.ts"),
    ".mjs": (".mts", ".d.mts"),
    ".cjs": (".cts", ".d.cts"),
}
_QUERY = re.compile(r"[?#].*\Z", re.DOTALL)
_HIDDEN_SEPARATOR = re.compile(r"%2f|%5c", re.IGNORECASE)
_ENDING = re.compile(r"\.\w+\Z")

ManifestAt = Callable[[str], Manifest | None]


def exact(tree: FileTree, folder: str, module: str) -> Resolution:
    """Return the file that a URL relative to a folder names, as ES modules do."""
    if _HIDDEN_SEPARATOR.search(_QUERY.sub("", module)):
        return missing(None)
    if "%" in module:
        module = unquote_to_bytes(_QUERY.sub("", module)).decode("utf-8", "surrogateescape")
    path = joined_path(folder, _QUERY.sub("", module))
    if path is None:
        return unknown(OUTSIDE)
    return _file(tree, path) if not module.endswith("/") else missing(path)


def _file(tree: FileTree, path: str) -> Resolution:
    there = tree.at(path)
    if there is There.FILE:
        return found(tree.real(path) or path)
    return unknown(UNSEEN, path) if there is There.UNSEEN else missing(path)


def searched(
    tree: FileTree, path: str, manifest_at: ManifestAt, endings: Sequence[str], *, folder_alone: bool = False
) -> Resolution:
    """Return the file that a path names as CommonJS looks for it: as it is, with an ending, as a folder."""
    tried: list[There] = []
    for candidate in [] if folder_alone else [path, *_made_from(path, endings), *(path + e for e in endings)]:
        there = tree.at(candidate)
        if there is There.FILE:
            return found(tree.real(candidate) or candidate)
        tried.append(there)
    wanted = path if _ENDING.search(path) else path + endings[0]
    if tree.at(path) is There.FOLDER:
        return _folder(tree, path, manifest_at, endings, wanted)
    if There.UNSEEN in tried or tree.at(path) is There.UNSEEN:
        return unknown(UNSEEN, wanted)
    return missing(wanted)


def _made_from(path: str, endings: Sequence[str]) -> list[str]:
    match = _ENDING.search(path)
    if endings is not TYPESCRIPT or not match or match[0] not in _SOURCES:
        return []
    return [path[: match.start()] + ending for ending in _SOURCES[match[0]]]


def main_of_import(tree: FileTree, folder: str, main: str) -> Resolution:
    """Return the file that `import` begins a package with that has no `exports`."""
    start = f"{folder}/" if folder else ""
    tried = []
    if main:
        tried += [main, *(main + ending for ending in COMMON_JS)]
        tried += [f"{main}/index{ending}" for ending in COMMON_JS]
    tried += [f"index{ending}" for ending in COMMON_JS]
    is_unseen = False
    for each in tried:
        path = joined_path(folder, each)
        there = tree.at(path) if path is not None and not each.endswith("/") else There.NOTHING
        if there is There.FILE and path is not None:
            return found(tree.real(path) or path)
        is_unseen |= there is There.UNSEEN
    wanted = joined_path(folder, main) if main else None
    wanted = wanted or f"{start}index.js"
    return unknown(UNSEEN, wanted) if is_unseen else missing(wanted)


def _folder(
    tree: FileTree, path: str, manifest_at: ManifestAt, endings: Sequence[str], wanted: str
) -> Resolution:
    manifest = manifest_at(path)
    if manifest and not manifest.readable:
        return unknown("the package.json of its folder could not be read", wanted)
    mains = [manifest.main, manifest.types if endings is TYPESCRIPT else ""] if manifest else []
    for main in filter(None, mains):
        place = joined_path(path, main)
        if place is None:
            return unknown(OUTSIDE)
        result = _without_manifest(tree, place, endings)
        if result.is_fine:
            return result
    index = joined_path(path, "index") or "index"
    result = _without_manifest(tree, index, endings, as_is=False)
    if result.is_fine or not mains or not mains[0]:
        return result
    return missing(joined_path(path, mains[0]))


def _without_manifest(tree: FileTree, path: str, endings: Sequence[str], *, as_is: bool = True) -> Resolution:
    """Return the file of a `main` or an index: no package.json is asked any more."""
    inner = path + "/index" if path else "index"
    own = [path, *_made_from(path, endings)] if as_is else []
    candidates = [*own, *(path + ending for ending in endings)]
    candidates += [inner + ending for ending in endings] if as_is else []
    states = {}
    for candidate in candidates:
        states[candidate] = tree.at(candidate)
        if states[candidate] is There.FILE:
            return found(tree.real(candidate) or candidate)
    wanted = path if as_is and _ENDING.search(path) else path + endings[0]
    return unknown(UNSEEN, wanted) if There.UNSEEN in states.values() else missing(wanted)
