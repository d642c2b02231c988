"""The one interface of all sources: anything that a tree can be read from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from driftaudit.errors import SourceError
from driftaudit.model.snapshot import Snapshot

GIBIBYTE = 1024**3

Progress = Callable[[int, int], None]
"""Called now and then with the files and bytes read so far. Must not raise."""


def no_progress(files: int, size: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """What to look at, and what to leave unread.

    `prune` and `unread` are gitignore patterns, later ones before earlier ones: folders that match
    `prune` are one entry and not looked into; files that match either, or lie in a folder that does, are
    listed and not read. Neither applies to a path in `known`, and no folder above one is pruned.
    `trees` holds git tree ids by folder: a source may answer a subtree that is equal to one in a few words.
    `max_file_bytes` is the size over which a file is not read but a problem.
    `archive` is the format of a root that is a file and no folder: tar, tar.gz, tar.xz, tar.zst or zip.
    """

    prune: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()
    trees: Mapping[str, str] = field(default_factory=dict)
    max_file_bytes: int = GIBIBYTE
    object_format: str = "sha1"
    read_contents: bool = True
    archive: str | None = None


class Source(Protocol):
    """A tree that can be read once, completely, and without being changed."""

    def snapshot(self, request: ScanRequest, progress: Progress = no_progress) -> Snapshot:
        """Read the tree. What cannot be seen is a problem in the result.

        Raises SourceError where there is no tree to speak of: unreachable, refused, absent, cut off.
        """
        ...


class AbsentRootError(SourceError):
    """The source answers, but there is nothing at the root."""
