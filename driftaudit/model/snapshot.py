"""All entries of one source at one time, and what the source was able to see."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from driftaudit.model.entry import Entry
from driftaudit.model.problem import Problem


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """Where a snapshot comes from. `url` is fit to be shown: it holds no password."""

    kind: str  # git, worktree, directory, archive, ssh, snapshot
    url: str
    method: str = ""  # how the entries were read: agent, ls-tree; of a saved snapshot, from which kind
    revision: str | None = None
    commit: str | None = None
    real_root: str | None = None  # where the root really lies, if that is elsewhere: it is a link

    @property
    def origin(self) -> str:
        """The kind of source that the entries were read from, be it long ago."""
        return self.method if self.kind == "snapshot" else self.kind


@dataclass(frozen=True, slots=True)
class ScanFacts:
    """What the scan cost, counted, and when it was. `clock_offset` is their clock less ours, in seconds."""

    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    duration_seconds: float = 0.0
    bytes: int = 0
    wire_bytes_sent: int = 0
    wire_bytes_received: int = 0
    hashed_files: int = 0
    cached_files: int = 0
    clock_offset: float = 0.0


@dataclass(frozen=True, slots=True)
class GitDirectory:
    """A `.git` under the root: one entry for its path, and the object ids that its refs name."""

    path: str
    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EqualFolder:
    """A folder ("" is the root) in which lies what is desired in it: its entries were not listed.

    `entries` counts those directly in it. What lies in the folders below is said of each of them.
    """

    path: str
    entries: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Entries sorted by path, directories included; problems for all that could not be seen.

    The entries of an equal folder are missing in `entries` until they are filled in from the desired tree.
    """

    source: SourceFacts
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...] = ()
    scan: ScanFacts = field(default_factory=ScanFacts)
    git_directories: tuple[GitDirectory, ...] = ()
    equal_folders: tuple[EqualFolder, ...] = ()
    notes: tuple[str, ...] = ()  # worth saying, but no gap in the evidence

    @property
    def complete(self) -> bool:
        """Whether the source saw everything that it was asked for."""
        return not self.problems
