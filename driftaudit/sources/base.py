"""The one interface of all sources: anything that a tree can be read from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from driftaudit.cache import Cache
from driftaudit.errors import SourceError
from driftaudit.model.entry import Entry
from driftaudit.model.problem import Problem
from driftaudit.model.snapshot import Snapshot

GIBIBYTE = 1024**3
COARSEST_CLOCK = 2.0  # seconds; ext4 keeps 4 ms


@dataclass(frozen=True, slots=True)
class Advance:
    """How far a scan is: entries seen and bytes read, and of how many, where that can be told."""

    entries: int
    bytes: int
    total_entries: int | None = None
    total_bytes: int | None = None


Progress = Callable[[Advance], None]
"""Called now and then while a tree is read. Must not raise."""


def no_progress(advance: Advance) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """What to look at, and what to leave unread.

    `prune` and `unread` are gitignore patterns, later ones before earlier ones: folders that match
    `prune` are one entry and not looked into; files that match either, or lie in a folder that does, are
    listed and not read. Neither applies to a path in `known`, and no folder above one is pruned.
    `trees` holds git tree ids by folder: a source may answer a folder that is equal to one in a few words.
    `max_file_bytes` is the size over which a file is not read but a problem. `rate_limit` is in MB/s, None
    for no limit. `cache` is where a source may keep what it saw, and look up what it saw before; what was
    changed in the `clock_tick` seconds before a scan is not kept: a later change could leave the same times.
    `archive` is the format of a root that is a file and no folder: tar, tar.gz, tar.xz, tar.zst or zip.
    """

    prune: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()
    trees: Mapping[str, str] = field(default_factory=dict)
    max_file_bytes: int = GIBIBYTE
    object_format: str = "sha1"
    read_contents: bool = True
    rate_limit: float | None = None
    cache: Cache = field(default_factory=Cache)
    clock_tick: float = COARSEST_CLOCK
    archive: str | None = None


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """Contents that are wanted here: those of files and links that a snapshot of the same source has.

    Each of the `entries` has a digest, by which what comes is verified. `folder` is an empty folder of this
    machine that only its owner can look into; contents are streamed to files in it. Files over
    `max_file_bytes` are not fetched but a problem, None for no limit. `rate_limit` is in MB/s.
    """

    entries: tuple[Entry, ...]
    folder: Path
    object_format: str = "sha1"
    max_file_bytes: int | None = None
    rate_limit: float | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """Local files by the path of their entry: whole, and verified to have the entry's digest, their name.

    A link's file holds the text of its target. An entry that has no file has a problem: it is unreadable,
    has vanished, or is not what it was in the snapshot (unstable). Entries of one digest may share a file.
    """

    files: Mapping[str, Path]
    problems: tuple[Problem, ...] = ()


class Source(Protocol):
    """A tree that can be read completely, and its contents fetched, without being changed."""

    def snapshot(self, request: ScanRequest, progress: Progress = no_progress) -> Snapshot:
        """Read the tree. What cannot be seen is a problem in the result.

        Raises SourceError where there is no tree to speak of: unreachable, refused, absent, cut off.
        """
        ...

    def fetch(self, request: FetchRequest, progress: Progress = no_progress) -> Fetched:
        """Bring the contents of the entries here, changing nothing where they come from.

        Raises SourceError where the source cannot be reached any more, or has no contents to give, as a saved
        snapshot. What was brought before a connection was lost is not returned.
        """
        ...


class AbsentRootError(SourceError):
    """The source answers, but there is nothing at the root."""
