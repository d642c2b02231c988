"""The files of one tree, and what of it was not seen."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property

_MOST_LINKS = 20  # that are followed for one path


class There(Enum):
    """What is at a path."""

    FILE = auto()
    FOLDER = auto()
    NOTHING = auto()
    UNSEEN = auto()  # there may be anything: it was not looked into, or could not be


@dataclass(frozen=True)
class FileTree:
    """The blob ids of all files by their path, "" where the content was not read.

    At and below the paths `unseen` there may be more. `links` are the targets of symbolic links by their
    path, None where a target is not known. `listed` are the folders of which it is known which folders lie in
    them, though nothing below those was seen.
    """

    files: Mapping[str, str]
    unseen: Collection[str] = frozenset()
    links: Mapping[str, str | None] = field(default_factory=dict)
    listed: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def folders(self) -> frozenset[str]:
        """All folders that hold something; "" is the root."""
        return frozenset(_above(self.files) | _above(self.links) | {""})

    @cached_property
    def below(self) -> Mapping[str, tuple[str, ...]]:
        """The names of files and links by the folder that they lie in."""
        found: dict[str, list[str]] = {}
        for path in (*self.files, *self.links):
            folder, _slash, name = path.rpartition("/")
            found.setdefault(folder, []).append(name)
        return {folder: tuple(names) for folder, names in found.items()}

    def at(self, path: str) -> There:
        """Return what is at a path, links followed."""
        if path in self.files:
            return There.FILE
        if path in self.folders:
            return There.FOLDER
        if self.links:
            real = self.real(path)
            if real is None:
                return There.UNSEEN
            if real != path:
                return self.at(real)
        return There.UNSEEN if self._is_unseen(path) else There.NOTHING

    def real(self, path: str) -> str | None:
        """Return the path with all links in it followed, None where they lead to what cannot be seen."""
        for _hop in range(_MOST_LINKS):
            link = self._first_link(path)
            if link is None:
                return path
            target = self.links[link]
            if target is None or target.startswith("/"):
                return None
            rest = path[len(link) + 1 :]
            joined = joined_path(link.rpartition("/")[0], f"{target}/{rest}" if rest else target)
            if joined is None:
                return None
            path = joined
        return None

    def _first_link(self, path: str) -> str | None:
        if not self.links:
            return None
        if path in self.links:
            return self._outermost(path)
        at = path.find("/")
        while at >= 0:
            if path[:at] in self.links:
                return path[:at]
            at = path.find("/", at + 1)
        return None

    def _outermost(self, path: str) -> str:
        at = path.find("/")
        while at >= 0:
            if path[:at] in self.links:
                return path[:at]
            at = path.find("/", at + 1)
        return path

    def _is_unseen(self, path: str) -> bool:
        if not self.unseen:
            return False
        if "" in self.unseen or path in self.unseen:
            return True
        at = path.rfind("/")
        while at >= 0:
            if path[:at] in self.unseen:
                return True
            at = path.rfind("/", 0, at)
        return False


def joined_path(folder: str, relative: str) -> str | None:
    """Return where a relative path leads from a folder, None where it leaves the root."""
    parts = folder.split("/") if folder else []
    for part in relative.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def folders_above(path: str) -> list[str]:
    """Return the folders that a path lies in, the nearest first, the root "" last."""
    found = []
    at = path.rfind("/")
    while at >= 0:
        found.append(path[:at])
        at = path.rfind("/", 0, at)
    return [*found, ""]


def _above(paths: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for path in paths:
        at = path.rfind("/")
        while at >= 0:
            folder = path[:at]
            if folder in found:
                break
            found.add(folder)
            at = folder.rfind("/")
    return found
