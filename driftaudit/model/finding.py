"""A judged change: where its content comes from, what the deploy does to it, and which rule says so."""

from dataclasses import dataclass
from enum import StrEnum

from driftaudit.model.change import Change
from driftaudit.model.commit import CommitFacts


class Origin(StrEnum):
    """Where the deployed content comes from."""

    MISSING = "missing"
    STALE = "stale"
    AHEAD = "ahead"
    HOTFIX = "hotfix"
    LEFTOVER = "leftover"
    MOVED = "moved"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"
    VARIANT = "variant"


class Recoverable(StrEnum):
    """Whether the deployed content can be had back once the deploy has destroyed it."""

    YES = "true"  # in a reachable commit, or in a verified copy that the plan leaves alone
    NO = "false"
    UNSAFE = "unsafe"  # only in a git object that no ref holds: git may collect it
    UNPROVEN = "unproven"  # the evidence is missing: unread, or the clone is shallow


class Action(StrEnum):
    """What the deploy does to a path."""

    CREATE = "create"
    OVERWRITE = "overwrite"
    DELETE = "delete"
    ABANDON = "abandon"  # left behind in an old release
    KEEP = "keep"

    @property
    def destroys(self) -> bool:
        """Whether the deployed content is gone afterwards."""
        return self in (Action.DELETE, Action.OVERWRITE, Action.ABANDON)


class Severity(StrEnum):
    """What a finding means for the deploy, worst first."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Copy:
    """Another place that holds the deployed content. One that is not safe does not make it recoverable."""

    kind: str  # commit, lfs-object, ref, backup, unreachable-object, git-refs
    where: str
    safe: bool


@dataclass(frozen=True, slots=True)
class Sighting:
    """A path of the repository at which the live content was committed, and the commits that carry it there.

    Where the desired commit's history has it, `oldest` and `newest` are of that history; where it has not,
    `branches` names some of those that do.
    """

    path: str
    oldest: CommitFacts
    newest: CommitFacts
    is_older: bool  # the desired commit, or an ancestor of it, carries it
    branches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Similar:
    """The committed version that an edited content is most like, or the desired file that an unknown one is.

    `path` is one of the repository; `likeness` is from 0 to 1, `added` and `removed` count the lines by which
    the live content differs. `newest` is the last commit that carries the version.
    """

    path: str
    digest: str
    likeness: float
    added: int
    removed: int
    newest: CommitFacts | None
    is_desired: bool  # it is what the desired tree has there now


@dataclass(frozen=True, slots=True)
class Provenance:
    """What history says of the deployed side of a change.

    `sightings` are where its content was committed, at its own path first. `removed_in` is the commit that
    took the path out of the desired history, and `moved_to` the desired path that it is at now. `group` is
    the live folder that moved as a whole with it.
    """

    origin: Origin
    recoverable: Recoverable
    moved_to: str | None = None
    copies: tuple[Copy, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    removed_in: CommitFacts | None = None
    similar: Similar | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A change with its provenance, its action, and the judgement on both."""

    change: Change
    provenance: Provenance
    action: Action
    labels: tuple[str, ...]
    severity: Severity
    rule: str
    reason: str

    @property
    def path(self) -> str:
        """The path that is judged, relative to the root."""
        return self.change.path
