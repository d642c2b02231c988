"""One run of a deploy command under guard: what was decided, what was run, and what has become of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from driftaudit.errors import ExitCode
from driftaudit.model.aftermath import Aftermath, State
from driftaudit.model.audit import Audit, Decision
from driftaudit.model.finding import Finding
from driftaudit.model.probe import Health, HealthFinding, Wellness
from driftaudit.model.rescue import Rescue
from driftaudit.model.structure import StructureFinding

PROBE_WAIT = 60.0  # seconds for an application to be well after its deploy, where nobody says


class Phase(StrEnum):
    """How far a run is."""

    REFUSED = "refused"  # the command was not run, and will not be
    BEGUN = "begun"  # said before the command is started
    PROBING = "probing"  # the command is over, and whether the application is well is being asked
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Person:
    """Who ran it: the login of this machine, and who git says it is ("" where git does not know)."""

    login: str
    git: str


@dataclass(frozen=True, slots=True)
class Override:
    """Why somebody let a deploy run that did not pass, what it did not pass for, and the rescue before it.

    `imports` are those that the deploy breaks, `health` what rules let nothing be deployed for.
    """

    reason: str
    decision: Decision
    findings: tuple[Finding, ...]
    rescue: Rescue
    imports: tuple[StructureFinding, ...] = ()
    health: tuple[HealthFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class CommandResult:
    """How a command ended: by its own exit code, or by a signal; else `error` says why it did not start."""

    started_at: datetime
    duration_seconds: float
    exit_code: int | None = None
    signal: str | None = None
    error: str | None = None

    @property
    def is_success(self) -> bool:
        """Whether it says that it did what it was to do."""
        return self.exit_code == 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a command was not run though the check, or an override, would have let it."""

    reason: str
    exit_code: ExitCode


@dataclass(frozen=True, slots=True)
class GuardRun:
    """One run. `command` is fit to be shown: what looks like a secret in it is hidden.

    `audit` is the last one before the command. `override` is None where there was none, or none was needed,
    `result` and `aftermath` where the command was not run, or is not over. `unrecorded` says why the history
    does not have its end. `health` is that of the application afterwards, None where no probe was asked;
    `unasked` says why, where one should have been. `before` is the file with what was live before
    the command.
    """

    id: str
    command: str
    url: str
    person: Person
    started_at: datetime
    audit: Audit
    phase: Phase
    override: Override | None = None
    refusal: Refusal | None = None
    result: CommandResult | None = None
    aftermath: Aftermath | None = None
    interrupted: bool = False
    unrecorded: str = ""
    health: Health | None = None
    unasked: str = ""
    before: str | None = None

    @property
    def exit_code(self) -> ExitCode:
        """What a pipeline sees: a state that nobody knows is worse than a command that failed."""
        if self.refusal:
            return self.refusal.exit_code
        if self.result is None or self.aftermath is None:
            return self.audit.decision.verdict.exit_code
        if self.interrupted:
            return ExitCode.INTERRUPTED
        if self.aftermath.state is State.UNKNOWN:
            return ExitCode.SOURCE
        if not self.result.is_success:
            return ExitCode.COMMAND_FAILED
        return self._code_of_result(_EXIT_CODES[self.aftermath.state])

    def _code_of_result(self, code: ExitCode) -> ExitCode:
        """Return what a tree comes to together with what runs from it."""
        wellness = self.health.wellness if self.health else Wellness.WELL
        if wellness is Wellness.ILL:
            return ExitCode.NOT_AS_PLANNED
        is_untold = wellness is Wellness.UNTOLD or bool(self.unasked)
        return ExitCode.INCOMPLETE if is_untold and code is ExitCode.PASS else code

    @property
    def red_before(self) -> frozenset[str]:
        """The names of the probes that were red before the command."""
        return frozenset(probe.name for probe in self.audit.probes if probe.is_known and not probe.ok)


_EXIT_CODES = {
    State.AS_PLANNED: ExitCode.PASS,
    State.AS_BEFORE: ExitCode.NOT_AS_PLANNED,
    State.OTHERWISE: ExitCode.NOT_AS_PLANNED,
    State.UNTOLD: ExitCode.INCOMPLETE,
}
