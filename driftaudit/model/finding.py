"""A judged change: where its content comes from, what the deploy does to it, and which rule says so."""

from dataclasses import dataclass
from enum import StrEnum

from driftaudit.model.change import Change


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

    kind: str  # commit, lfs-object, ref, unreachable-object, git-refs
    where: str
    safe: bool


@dataclass(frozen=True, slots=True)
class Provenance:
    """What history says of the deployed side of a change."""

    origin: Origin
    recoverable: Recoverable
    moved_to: str | None = None
    copies: tuple[Copy, ...] = ()


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
