"""One run of a deploy command under guard: what was decided, what was run, and what has become of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from driftaudit.errors import ExitCode
from driftaudit.model.aftermath import Aftermath, State
from driftaudit.model.audit import Audit, Decision
from driftaudit.model.finding import Finding
from driftaudit.model.rescue import Rescue


class Phase(StrEnum):
    """How far a run is."""

    REFUSED = "refused"  # the command was not run, and will not be
    BEGUN = "begun"  # said before the command is started
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Person:
    """Who ran it: the login of this machine, and who git says it is ("" where git does not know)."""

    login: str
    git: str


@dataclass(frozen=True, slots=True)
class Override:
    """Why somebody let a deploy run that did not pass, what it did not pass for, and the rescue before it."""

    reason: str
    decision: Decision
    findings: tuple[Finding, ...]
    rescue: Rescue


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
    does not have its end.
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
        return _EXIT_CODES[self.aftermath.state]


_EXIT_CODES = {
    State.AS_PLANNED: ExitCode.PASS,
    State.AS_BEFORE: ExitCode.NOT_AS_PLANNED,
    State.OTHERWISE: ExitCode.NOT_AS_PLANNED,
    State.UNTOLD: ExitCode.INCOMPLETE,
}
