"""What the running application answered, in words. Every text is fit to be shown."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from driftaudit.model.finding import Severity
from driftaudit.model.probe import HealthFinding, ProbeResult, ProbeState
from driftaudit.render.printable import printable


@dataclass(frozen=True, slots=True)
class ProbeRow:
    """One question to the application: `state` is well, not well, or not asked."""

    state: ProbeState
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
    """Return how many answers are good, such as `1 of 3 well, 1 not asked`; "" where nothing was asked."""
    if not probes:
        return ""
    states = Counter(probe.state for probe in probes)
    unasked = states[ProbeState.NOT_ASKED]
    rest = f", {unasked:,} {ProbeState.NOT_ASKED}" if unasked else ""
    return f"{states[ProbeState.WELL]:,} of {len(probes):,} {ProbeState.WELL}{rest}"


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
    where = ", asked from here" if probe.from_here and probe.is_known else ""
    took = f"{probe.detail} ({probe.seconds:.2f} s{where})" if probe.is_known else probe.detail
    return ProbeRow(probe.state, printable(f"{probe.kind} {probe.subject}"), printable(took))
