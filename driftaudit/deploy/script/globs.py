"""The paths that a pattern stands for, in the model of a tree."""

from driftaudit.deploy.script.patterns import compiled, is_pattern, unescaped
from driftaudit.deploy.script.tree import Folder, Parts, Unseen, find

OTHERS = "\0others"  # takes the place of the names that nobody saw


def expanded(root: Folder, cwd: Parts, pattern: str, *, dotted: bool = False) -> list[str]:
    """Return the paths that fit a pattern, sorted. In a folder not seen whole one path ends with OTHERS."""
    pieces = pattern.split("/")
    found = ["/"] if pattern.startswith("/") else [""]
    for n, piece in enumerate(pieces):
        is_last = n == len(pieces) - 1
        if not piece:
            found = [path if path.endswith("/") or not path else path + "/" for path in found]
        elif is_pattern(piece):
            found = [path for start in found for path in _matches(root, cwd, start, piece, dotted=dotted)]
        else:
            found = [start + unescaped(piece) for start in found]
        if not is_last and piece:
            found = [path + "/" for path in found if _is_folder(root, cwd, path)]
    return sorted(path for path in found if _exists(root, cwd, path))


def _matches(root: Folder, cwd: Parts, start: str, piece: str, *, dotted: bool) -> list[str]:
    folder = find(root, cwd, start or ".").node
    if isinstance(folder, Unseen):
        return [start + OTHERS]
    if not isinstance(folder, Folder):
        return []
    fits = compiled(piece).fullmatch
    hidden = dotted or piece.startswith((".", "\\."))
    names = [name for name in folder.names() if fits(name) and (hidden or not name.startswith("."))]
    return [start + name for name in names] + ([start + OTHERS] if folder.is_open else [])


def _is_folder(root: Folder, cwd: Parts, path: str) -> bool:
    if OTHERS in path:
        return True
    return isinstance(find(root, cwd, path).node, Folder | Unseen)


def _exists(root: Folder, cwd: Parts, path: str) -> bool:
    return OTHERS in path or find(root, cwd, path, follow=False).node is not None
