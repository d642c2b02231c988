"""What a history of runs says of them: in figures, and in which it can tell one from another."""

from dataclasses import dataclass
from datetime import datetime

from driftaudit.model.tracking import RunFigures

FAILED = "failed"  # in the place of a verdict: there is no audit


@dataclass(frozen=True, slots=True)
class StoredRun:
    """One run of a target. `reason` says why the verdict is what it is, or what made the run fail.

    `persisting` and `waived` count findings as `figures` counts new and resolved ones; `oldest` is when the
    oldest finding that is still open was first seen. `has_audit` and `has_snapshot` tell what is kept of it.
    """

    figures: RunFigures
    reason: str
    exit_code: int
    duration_seconds: float
    persisting: int = 0
    waived: int = 0
    unseen: int = 0
    oldest: datetime | None = None
    has_audit: bool = False
    has_snapshot: bool = False

    @property
    def is_failed(self) -> bool:
        """Whether there was nothing to judge."""
        return self.figures.verdict == FAILED


@dataclass(frozen=True, slots=True)
class StoredTarget:
    """A target that the history has runs of."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class GuardedRun:
    """A run of a deploy command under guard.

    `exit_code` is None where its end is not known. `reason` and `findings` say of an override why it was one,
    and how many findings it was against.
    """

    id: str
    target: str
    url: str
    started_at: datetime
    command: str
    verdict: str
    outcome: str
    exit_code: int | None
    person: str
    reason: str = ""
    findings: int = 0


@dataclass(frozen=True, slots=True)
class Keep:
    """How much of a target's history is kept: by number, and by age. The newest run always is."""

    runs: int = 400
    days: int = 400
    snapshots: int = 14
