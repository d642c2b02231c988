"""What has become of a tree, held against what was planned."""

from dataclasses import dataclass
from enum import StrEnum

from driftaudit.model.entry import Entry
from driftaudit.model.problem import Problem


@dataclass(frozen=True, slots=True)
class Content:
    """What lies at a path, as git would record it. `digest` is None where there is none, or none was read."""

    mode: str
    digest: str | None


def content_of(entry: Entry | None) -> Content | None:
    """Return what lies at a path, None where nothing does."""
    return None if entry is None else Content(entry.mode, entry.digest)


class DeviationKind(StrEnum):
    """In what a path is not as it was planned."""

    MISSING = "missing"  # it was to come, and is not there
    OTHER_CONTENT = "other-content"  # something else is there than was to come
    STILL_THERE = "still-there"  # it was to go
    LOST = "lost"  # it was to stay
    CHANGED = "changed"  # it was to stay as it is
    APPEARED = "appeared"  # nobody planned it


@dataclass(frozen=True, slots=True)
class Deviation:
    """A path that is not as it was planned: what was to be there, and what is; None for nothing."""

    path: str
    kind: DeviationKind
    planned: Content | None
    found: Content | None


class State(StrEnum):
    """In what state a target is after a command."""

    AS_PLANNED = "as-planned"
    AS_BEFORE = "as-before"  # nothing has happened, and something was to
    OTHERWISE = "not-as-planned"
    UNTOLD = "incomplete"  # as planned as far as could be seen
    UNKNOWN = "unknown"  # it could not be looked at


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What was found after a command, or later.

    `untold` are the paths of which it cannot be told whether they are as planned, `problems` all that could
    not be seen. `tree_digest` is that of all that is live, None where nothing was seen. `reason` says why,
    where the rest does not.
    """

    state: State
    deviations: tuple[Deviation, ...] = ()
    untold: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    tree_digest: str | None = None
    reason: str = ""
