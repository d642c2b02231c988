"""Many paths in few rows: folders for the paths below them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

DEEPEST = 16  # folders; what lies deeper is folded here first


@dataclass(frozen=True, slots=True)
class Fold:
    """A path that stands for itself, or a folder ("" is the root) that stands for several paths below it."""

    path: str
    members: tuple[str, ...]

    @property
    def is_folder(self) -> bool:
        """Whether it stands for more than itself."""
        return len(self.members) > 1


def folded(paths: Sequence[str], over: int, limit: int, shallowest: int = 0) -> list[Fold]:
    """Return the paths, in their order, in at most `limit` rows where folders can bring that about.

    A folder that directly holds more than `over` of them becomes one row. If the rows are still more
    than `limit`, so do the folders above, the deepest first, up to those of depth `shallowest`.
    """
    rows = _fold(paths, over, _parent)
    depth = min(DEEPEST, max((path.count("/") for path in paths), default=0))
    while len(rows) > limit and depth > shallowest:
        depth -= 1
        rows = _fold(paths, over, _ancestor(depth))
    return rows


def _fold(paths: Sequence[str], over: int, folder_of: Callable[[str], str]) -> list[Fold]:
    held: dict[str, list[str]] = {}
    for path in paths:
        held.setdefault(folder_of(path), []).append(path)
    rows = []
    for folder, members in held.items():
        if len(members) > max(over, 1):
            rows.append(Fold(folder, tuple(members)))
        else:
            rows.extend(Fold(path, (path,)) for path in members)
    return sorted(rows, key=lambda row: row.members[0])


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _ancestor(depth: int) -> Callable[[str], str]:
    return lambda path: "/".join(path.split("/")[:-1][:depth])
