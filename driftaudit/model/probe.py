"""What the running application answered, and what several answers say together."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from driftaudit.errors import ExitCode
from driftaudit.model.finding import Severity


class ProbeState(StrEnum):
    """How one probe stands, in the words that every report uses."""

    WELL = "well"
    ILL = "not well"
    NOT_ASKED = "not asked"  # it could not be


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """One question to the running application, and its answer.

    `kind` is that of the probe (pm2, tcp, http, systemd, command), `subject` what it asked, as configured.
    `is_known` is false where it could not be asked: that is neither healthy nor ill. `detail` is one
    sentence, `seconds` how long the answer took. `from_here` tells that it was asked from this machine, not
    on the host.
    """

    kind: str
    subject: str
    ok: bool
    detail: str
    seconds: float
    is_known: bool = True
    from_here: bool = False

    @property
    def name(self) -> str:
        """What it is called where several are named."""
        return f"{self.kind} {self.subject}"

    @property
    def state(self) -> ProbeState:
        """How it stands."""
        if not self.is_known:
            return ProbeState.NOT_ASKED
        return ProbeState.WELL if self.ok else ProbeState.ILL


class HealthKind(StrEnum):
    """What can be wrong with an application that runs."""

    NOT_HEALTHY = "not-healthy"  # one probe says so
    PORT_CLOSED = "port-closed"  # the process manager says that it runs, and nothing listens
    OTHER_PROCESS = "other-process"  # something listens, and it is not what the process manager runs
    OTHER_FOLDER = "other-folder"  # it runs from another folder than the root
    STALE_PROCESS = "stale-process"  # it was started before the files last changed
    RESTART_LOOP = "restart-loop"  # it ends and is started again, over and over
    UNKNOWN = "unknown"  # it could not be told


@dataclass(frozen=True, slots=True)
class Symptom:
    """What one probe, or several side by side, say of the application, before a rule has judged it.

    `subjects` are the names of the probes that say so, `detail` is the sentence for people.
    """

    kind: HealthKind
    subjects: tuple[str, ...]
    detail: str


@dataclass(frozen=True, slots=True)
class HealthFinding:
    """What one probe, or several side by side, say of the application, as judged by a rule.

    `kind` is a name such as `port-closed` or `stale-process`, `subjects` are the probes that say so as
    `kind subject`, `detail` is the sentence for people.
    """

    kind: str
    subjects: tuple[str, ...]
    detail: str
    severity: Severity
    rule: str
    reason: str

    @property
    def counts(self) -> bool:
        """Whether it says that the application is not well: a rule may have called it a mere note."""
        return self.severity in (Severity.BLOCK, Severity.WARN)


@dataclass(frozen=True, slots=True)
class RunningProcess:
    """A process on the host. `cwd` is None where it may not be seen, `started_at` by our own clock.

    `ports` are those of the probed ones that it listens on.
    """

    pid: int
    name: str
    user: str
    started_at: datetime | None
    cwd: str | None
    ports: tuple[int, ...] = ()


class Wellness(StrEnum):
    """Whether an application is well."""

    WELL = "well"
    ILL = "not-well"
    UNTOLD = "unknown"  # nothing speaks against it, and not all could be asked


@dataclass(frozen=True, slots=True)
class Health:
    """What all probes of a target answered, and what follows from it.

    `processes` are those that a process manager runs, or that listen on a port that was asked for.
    """

    probes: tuple[ProbeResult, ...]
    findings: tuple[HealthFinding, ...]
    processes: tuple[RunningProcess, ...] = ()

    @property
    def wellness(self) -> Wellness:
        """Whether it is well: what is known to be wrong counts before what is not known."""
        kinds = {finding.kind for finding in self.findings if finding.counts}
        if kinds - {HealthKind.UNKNOWN}:
            return Wellness.ILL
        return Wellness.UNTOLD if kinds else Wellness.WELL


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """The probes of one target, asked once."""

    target: str
    url: str
    started_at: datetime
    duration_seconds: float
    health: Health

    @property
    def exit_code(self) -> ExitCode:
        """What a pipeline sees."""
        return _EXIT_CODES[self.health.wellness]


_EXIT_CODES = {
    Wellness.WELL: ExitCode.PASS,
    Wellness.ILL: ExitCode.BLOCKED,
    Wellness.UNTOLD: ExitCode.INCOMPLETE,
}
