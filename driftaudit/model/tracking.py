"""The findings of one target through its stored runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from driftaudit.model.finding import Action, Origin, Severity
from driftaudit.model.probe import HealthFinding
from driftaudit.model.structure import StructureFinding


class Standing(StrEnum):
    """What has become of a finding since the run that it is compared with."""

    NEW = "new"
    PERSISTING = "persisting"
    RESOLVED = "resolved"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Tracked:
    """One finding, known again by its path and its live content, as it was when it was last seen.

    `first_seen` and `last_seen` are the times of runs; `runs` counts those that saw it without a break.
    `unseen` tells that this run could not look at the path: then nothing says that it is resolved.
    """

    path: str
    standing: Standing
    first_seen: datetime
    last_seen: datetime
    runs: int
    origin: Origin
    action: Action
    severity: Severity
    rule: str
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class TrackedSign:
    """Something that is wrong with the running application or with an import, as it was when last seen.

    The times and `runs` are as for a path; `unseen` tells that this run could not ask, or could not look.
    """

    finding: HealthFinding | StructureFinding
    standing: Standing
    first_seen: datetime
    last_seen: datetime
    runs: int
    unseen: bool = False

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.finding.severity

    @property
    def rule(self) -> str:
        """The rule that judged it."""
        return self.finding.rule


@dataclass(frozen=True, slots=True)
class RunFigures:
    """A stored run in figures: `severities`, `new` and `resolved` count paths and signs.

    `behind` is None where no commit is known to be live. `unhealthy` counts the probes that are not well, the
    `unasked` ones among them: nobody knows that they are; `unresolved` counts the imports that block or warn.
    A run that failed has the verdict `failed`, and no other figures.
    """

    number: int
    started_at: datetime
    verdict: str
    severities: Mapping[Severity, int]
    new: int
    resolved: int
    behind: int | None
    unhealthy: int
    unasked: int = 0
    unresolved: int = 0


@dataclass(frozen=True, slots=True)
class Tracking:
    """Where this run stands among the stored ones of its target.

    `since` is the run that it is compared with, None for the first. `tracked` has every finding of this run
    that is not ignored, and those that were resolved since, by path; `signs` the same of what blocks or warns
    of the running application and of imports. `trend` ends with this run.
    """

    run: int
    since: RunFigures | None
    tracked: tuple[Tracked, ...]
    trend: tuple[RunFigures, ...]
    signs: tuple[TrackedSign, ...] = ()

    @property
    def everything(self) -> "tuple[Tracked | TrackedSign, ...]":
        """Paths and signs."""
        return (*self.tracked, *self.signs)
