"""What a repository says of a commit, and which of them a live tree comes from."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """A commit as people know it. Author and subject come from outside: they may hold anything."""

    oid: str
    author: str
    committed_at: datetime
    subject: str


@dataclass(frozen=True, slots=True)
class DeployedCommit:
    """The commit whose tree, mapped into the root, is nearest to what is live.

    `behind` counts the commits of the desired commit's history that it lacks, `ahead` those that it has
    besides. `ties` are the ids of the commits that are just as near, best first.
    """

    commit: CommitFacts
    behind: int
    ahead: int
    matching_entries: int
    compared_entries: int
    ties: tuple[str, ...] = ()


def moment(seconds: int) -> datetime:
    """Return a time that a commit gives, in seconds since the epoch; git takes any number."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.max.replace(tzinfo=UTC) if seconds > 0 else datetime.min.replace(tzinfo=UTC)
