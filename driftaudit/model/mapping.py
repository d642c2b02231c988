"""How repository paths become paths under the root of a target, and back."""

from dataclasses import dataclass


def is_within(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or lies below it; "" is the root and holds everything."""
    return not folder or path == folder or path.startswith(folder + "/")


def _rebase(path: str, old: str, new: str) -> str | None:
    if not is_within(path, old):
        return None
    rest = path[len(old) :].lstrip("/") if old else path
    return "/".join(part for part in (new, rest) if part)


@dataclass(frozen=True, slots=True)
class PathMapping:
    """Pairs of (repository path, path under the root); "" is the top of either. The first that fits wins."""

    pairs: tuple[tuple[str, str], ...] = (("", ""),)

    def to_root(self, repository_path: str) -> str | None:
        """Where a repository path lies under the root, or None where it is not deployed."""
        return next(iter(self.all_in_root(repository_path)), None)

    def all_in_root(self, repository_path: str) -> tuple[str, ...]:
        """Return every place under the root that a repository path leads to, in the order of the pairs."""
        found = (_rebase(repository_path, source, destination) for source, destination in self.pairs)
        return tuple(dict.fromkeys(path for path in found if path is not None))

    def to_repository(self, root_path: str) -> tuple[str, ...]:
        """Every repository path that a path under the root can come from, in the order of the pairs."""
        found = (_rebase(root_path, destination, source) for source, destination in self.pairs)
        return tuple(dict.fromkeys(path for path in found if path is not None))


IDENTITY = PathMapping()
"""The repository lies under the root as it is."""
