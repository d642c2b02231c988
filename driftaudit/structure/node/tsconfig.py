"""`paths` and `baseUrl` of a tsconfig.json or jsconfig.json."""

from collections.abc import Callable
from dataclasses import dataclass

from driftaudit.structure.node.literals import Plain, json_with_comments
from driftaudit.structure.tree import folders_above, joined_path

NAMES = ("tsconfig.json", "jsconfig.json")
_LONGEST_CHAIN = 10  # of `extends`

Read = Callable[[str], bytes | None]
"""Returns the content of a file of the tree, None where there is none."""


@dataclass(frozen=True, slots=True)
class Aliases:
    """Patterns with the paths that they stand for, and the folder that bare names are looked for in."""

    patterns: tuple[tuple[str, tuple[str, ...]], ...] = ()
    base: str | None = None

    def targets(self, module: str) -> tuple[str, ...] | None:
        """Return the paths that a name may stand for, the best pattern first; None where none matches."""
        best: tuple[int, tuple[str, ...]] | None = None
        for pattern, paths in self.patterns:
            start, star, end = pattern.partition("*")
            if not star and pattern == module:
                return paths
            fits = module.startswith(start) and module.endswith(end) and len(module) >= len(pattern) - 1
            if star and fits and (best is None or len(start) > best[0]):
                part = module[len(start) : len(module) - len(end)]
                best = len(start), tuple(path.replace("*", part) for path in paths)
        return best[1] if best else None


def aliases_of(folder: str, read: Read) -> Aliases:
    """Return what the configuration nearest to a folder says."""
    for above in [folder, *folders_above(folder)] if folder else [""]:
        for name in NAMES:
            path = f"{above}/{name}" if above else name
            if read(path) is not None:
                return _configured(path, read, _LONGEST_CHAIN)
    return Aliases()


def _configured(path: str, read: Read, left: int) -> Aliases:
    content = read(path)
    value = json_with_comments(content) if content is not None else None
    if not isinstance(value, dict) or left == 0:
        return Aliases()
    folder = path.rpartition("/")[0]
    inherited = Aliases()
    extends = value.get("extends")
    for each in extends if isinstance(extends, list) else [extends]:
        place = _extended(folder, each, read)
        if place:
            inherited = _configured(place, read, left - 1)
    options = value.get("compilerOptions")
    if not isinstance(options, dict):
        return inherited
    said = options.get("baseUrl")
    base = joined_path(folder, said) if isinstance(said, str) else inherited.base
    patterns = options.get("paths")
    if not isinstance(patterns, dict):
        return Aliases(inherited.patterns, base)
    start = base if base is not None else folder
    return Aliases(tuple((name, _places(start, paths)) for name, paths in patterns.items()), base)


def _places(folder: str, paths: Plain) -> tuple[str, ...]:
    texts = [path for path in paths if isinstance(path, str)] if isinstance(paths, list) else []
    return tuple(place for path in texts if (place := joined_path(folder, path)) is not None)


def _extended(folder: str, named: Plain, read: Read) -> str | None:
    if not isinstance(named, str) or not named.startswith("."):
        return None  # of a package: it rarely has paths, and they would not be ours
    for ending in ("", ".json", "/tsconfig.json"):
        place = joined_path(folder, named + ending)
        if place and read(place) is not None:
            return place
    return None
