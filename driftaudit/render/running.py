"""What the running application answered, in words. Every text is fit to be shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from driftaudit.model.finding import Severity
from driftaudit.model.probe import HealthFinding, ProbeResult
from driftaudit.render.printable import printable


@dataclass(frozen=True, slots=True)
class ProbeRow:
    """One question to the application: `state` is ok, failed, or not asked."""

    state: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class HealthRow:
    """What several answers say together, as judged by a rule."""

    severity: Severity
    kind: str
    detail: str
    rule: str
    subjects: str
    reason: str


def probe_rows(probes: Sequence[ProbeResult]) -> tuple[ProbeRow, ...]:
    """Return the answers in the order in which they were asked for."""
    return tuple(map(_probe_row, probes))


def probe_total(probes: Sequence[ProbeResult]) -> str:
    """Return how many answers are good, such as `2 of 3 ok, 1 not asked`; "" where nothing was asked."""
    if not probes:
        return ""
    unasked = sum(not probe.is_known for probe in probes)
    good = sum(probe.ok and probe.is_known for probe in probes)
    return f"{good} of {len(probes)} ok" + (f", {unasked} not asked" if unasked else "")


def health_rows(health: Sequence[HealthFinding]) -> tuple[HealthRow, ...]:
    """Return what the answers say together, the worst first."""
    ranks = list(Severity)
    return tuple(
        HealthRow(
            finding.severity,
            printable(finding.kind),
            printable(finding.detail),
            printable(finding.rule),
            ", ".join(map(printable, finding.subjects)),
            printable(finding.reason),
        )
        for finding in sorted(health, key=lambda each: (ranks.index(each.severity), each.kind, each.subjects))
        if finding.severity is not Severity.IGNORE
    )


def _probe_row(probe: ProbeResult) -> ProbeRow:
    state = "not asked" if not probe.is_known else "ok" if probe.ok else "failed"
    where = ", asked from here" if probe.from_here and probe.is_known else ""
    took = f"{probe.detail} ({probe.seconds:.2f} s{where})" if probe.is_known else probe.detail
    return ProbeRow(state, printable(f"{probe.kind} {probe.subject}"), printable(took))
