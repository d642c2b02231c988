"""Two trees side by side, neither of which is the right one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from driftaudit.errors import ExitCode
from driftaudit.model.change import Change
from driftaudit.model.problem import Problem
from driftaudit.model.snapshot import ScanFacts, SourceFacts


class State(StrEnum):
    """What is known of a path on which the sides are not known to agree."""

    ONLY_LEFT = "only-left"
    ONLY_RIGHT = "only-right"
    DIFFER = "differ"
    UNTOLD = "untold"  # one side could not be seen there


class Outcome(StrEnum):
    """Whether the two trees are the same."""

    SAME = "same"
    DIFFERENT = "different"
    INCOMPLETE = "incomplete"

    @property
    def exit_code(self) -> ExitCode:
        """The exit code that a pipeline sees."""
        return _EXIT_CODES[self]


_EXIT_CODES = {
    Outcome.SAME: ExitCode.PASS,
    Outcome.DIFFERENT: ExitCode.BLOCKED,
    Outcome.INCOMPLETE: ExitCode.INCOMPLETE,
}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the trees: what the user calls it, where it was read, and what could not be seen in it."""

    name: str
    source: SourceFacts
    scan: ScanFacts
    entries: int
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that was found out about two trees.

    In `changes`, sorted by path, `desired` is the left side and `deployed` the right one. A change without
    aspects is one that could not be told.
    """

    left: Side
    right: Side
    changes: tuple[Change, ...]
    notes: tuple[str, ...]
    started_at: datetime
    duration_seconds: float

    @property
    def outcome(self) -> Outcome:
        """Different where a difference was seen; the same only where nothing is left to be told."""
        states = {state_of(change) for change in self.changes}
        if states - {State.UNTOLD}:
            return Outcome.DIFFERENT
        is_proven = not (states or self.left.problems or self.right.problems)
        return Outcome.SAME if is_proven else Outcome.INCOMPLETE


def state_of(change: Change) -> State:
    """Return what is known of a path."""
    if not change.aspects:
        return State.UNTOLD
    if change.deployed is None:
        return State.ONLY_LEFT
    return State.ONLY_RIGHT if change.desired is None else State.DIFFER
