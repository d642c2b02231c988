"""What the running application answered, and what several answers say together."""

from dataclasses import dataclass

from driftaudit.model.finding import Severity


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
