"""What a page says of the application, its imports and the runs before this one. Every text is printable."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from driftaudit.model.audit import Audit
from driftaudit.model.finding import Severity
from driftaudit.model.probe import HealthFinding, ProbeResult
from driftaudit.model.structure import StructureFinding, StructureKind
from driftaudit.model.tracking import Standing, Tracked, Tracking
from driftaudit.render.printable import printable
from driftaudit.render.wording import count_of

_MOST_ROWS = 200  # of one list; the JSON report has all
_SEVERITIES = tuple(Severity)
_STRUCTURE = {
    StructureKind.MISSING_MODULE: "Does not exist now",
    StructureKind.WOULD_BREAK: "Breaks with this deploy",
    StructureKind.NOT_INSTALLED: "Declared, not installed",
}


@dataclass(frozen=True, slots=True)
class Probe:
    """A question to the application, and the answer; `state` is ok, failed or unknown."""

    kind: str
    subject: str
    state: str
    detail: str
    took: str


@dataclass(frozen=True, slots=True)
class Health:
    """What one probe, or several together, say."""

    severity: str
    detail: str
    subjects: tuple[str, ...]
    reason: str
    rule: str


@dataclass(frozen=True, slots=True)
class Import:
    """An import that does not resolve."""

    severity: str
    place: str
    module: str
    cause: str
    rule: str


@dataclass(frozen=True, slots=True)
class Imports:
    """Imports of one kind, and how many more there are than are listed."""

    title: str
    total: str
    rows: tuple[Import, ...]
    more: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """A finding that is gone."""

    path: str
    severity: str
    origin: str
    seen: str


@dataclass(frozen=True, slots=True)
class Since:
    """What has become of the findings since the run that this one is compared with."""

    run: int
    than: str
    standings: tuple[tuple[str, int], ...]
    oldest: str
    resolved: tuple[Resolved, ...]
    more: str


@dataclass(frozen=True, slots=True)
class Sections:
    """All of it; what is not there is empty."""

    probes: tuple[Probe, ...]
    health: tuple[Health, ...]
    imports: tuple[Imports, ...]
    since: Since | None


def sections(audit: Audit) -> Sections:
    """Return what there is of each."""
    return Sections(
        probes=tuple(map(_probe, audit.probes)),
        health=tuple(map(_health, sorted(audit.health, key=_rank))),
        imports=_imports(audit.structure),
        since=_since(audit.tracking, audit.started_at) if audit.tracking else None,
    )


def age_of(first_seen: datetime, now: datetime) -> str:
    """Return how long ago that was, in whole days."""
    days = (now.astimezone(UTC).date() - first_seen.astimezone(UTC).date()).days
    return count_of(days, "day") if days > 0 else "today"


def _rank(finding: HealthFinding) -> int:
    return _SEVERITIES.index(finding.severity)


def _probe(probe: ProbeResult) -> Probe:
    state = "unknown" if not probe.is_known else "ok" if probe.ok else "failed"
    where = ", from here" if probe.from_here else ""
    return Probe(
        printable(probe.kind),
        printable(probe.subject),
        state,
        printable(probe.detail),
        f"{probe.seconds:.2f} s{where}",
    )


def _health(finding: HealthFinding) -> Health:
    return Health(
        finding.severity.value,
        printable(finding.detail),
        tuple(map(printable, finding.subjects)),
        printable(finding.reason),
        printable(finding.rule),
    )


def _imports(found: Iterable[StructureFinding]) -> tuple[Imports, ...]:
    by_kind = {kind: [each for each in found if each.kind is kind] for kind in _STRUCTURE}
    return tuple(
        Imports(
            _STRUCTURE[kind],
            count_of(len(same), "import"),
            tuple(map(_import, same[:_MOST_ROWS])),
            _more(len(same)),
        )
        for kind, same in by_kind.items()
        if same
    )


def _import(found: StructureFinding) -> Import:
    return Import(
        found.severity.value,
        f"{printable(found.importer)}:{found.line}",
        printable(found.module),
        "" if found.cause is None else printable(found.cause),
        printable(found.rule),
    )


def _more(number: int) -> str:
    rest = number - _MOST_ROWS
    return f"{rest:,} more are in the JSON report." if rest > 0 else ""


def _since(tracking: Tracking, now: datetime) -> Since:
    counts = [(each.value, sum(t.standing is each for t in tracking.tracked)) for each in Standing]
    gone = [each for each in tracking.tracked if each.standing is Standing.RESOLVED]
    lasting = [each for each in tracking.tracked if each.standing is Standing.PERSISTING]
    before = tracking.since
    return Since(
        run=tracking.run,
        than=f"run {before.number} of {_moment(before.started_at)}" if before else "",
        standings=tuple(counts),
        oldest=_oldest(lasting, now),
        resolved=tuple(map(_resolved, gone[:_MOST_ROWS])),
        more=_more(len(gone)),
    )


def _oldest(lasting: Sequence[Tracked], now: datetime) -> str:
    if not lasting:
        return ""
    first = min(lasting, key=lambda each: (each.first_seen, each.path))
    return f"{printable(first.path)}, {age_of(first.first_seen, now)}"


def _resolved(gone: Tracked) -> Resolved:
    seen = f"{gone.first_seen:%Y-%m-%d} to {gone.last_seen:%Y-%m-%d}"
    return Resolved(printable(gone.path), gone.severity.value, gone.origin.value, seen)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
