"""What a page says of the application, its imports and the runs before this one. Every text is printable."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from driftaudit.model.audit import Audit
from driftaudit.model.probe import ProbeResult, ProbeState
from driftaudit.model.tracking import Standing, Tracked, Tracking
from driftaudit.render.followed import Followed, place
from driftaudit.render.imports import ImportGroup, import_groups
from driftaudit.render.printable import printable
from driftaudit.render.running import HealthRow, health_rows
from driftaudit.render.standing import StandingRow, sign_rows, unseen_words
from driftaudit.render.times import age, day, minute

_MOST_ROWS = 200  # of one list; the JSON report has all


@dataclass(frozen=True, slots=True)
class Probe:
    """A question to the application, and the answer."""

    kind: str
    subject: str
    state: ProbeState
    detail: str
    took: str


@dataclass(frozen=True, slots=True)
class Imports:
    """Imports with the same thing wrong, and how many more there are than are listed."""

    group: ImportGroup
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
    """What has become of the findings since the run that this one is compared with.

    `standings` count those of paths, which the page has in a table; `signs` are all the others.
    """

    run: int
    than: str
    standings: tuple[tuple[str, int], ...]
    oldest: str
    unseen: str
    resolved: tuple[Resolved, ...]
    more: str
    signs: tuple[StandingRow, ...]
    more_signs: str


@dataclass(frozen=True, slots=True)
class Sections:
    """All of it; what is not there is empty."""

    probes: tuple[Probe, ...]
    health: tuple[HealthRow, ...]
    imports: tuple[Imports, ...]
    since: Since | None


def sections(audit: Audit) -> Sections:
    """Return what there is of each."""
    return Sections(
        probes=tuple(map(_probe, audit.probes)),
        health=health_rows(audit.health),
        imports=tuple(map(_imports, import_groups(audit.structure))),
        since=_since(audit.tracking, audit.started_at) if audit.tracking else None,
    )


def _probe(probe: ProbeResult) -> Probe:
    where = ", from here" if probe.from_here else ""
    return Probe(
        printable(probe.kind),
        printable(probe.subject),
        probe.state,
        printable(probe.detail),
        f"{probe.seconds:.2f} s{where}",
    )


def _imports(group: ImportGroup) -> Imports:
    return Imports(replace(group, rows=group.rows[:_MOST_ROWS]), _more(len(group.rows)))


def _more(number: int) -> str:
    rest = number - _MOST_ROWS
    return f"{rest:,} more are in the JSON report." if rest > 0 else ""


def _since(tracking: Tracking, now: datetime) -> Since:
    counts = [(each.value, sum(t.standing is each for t in tracking.tracked)) for each in Standing]
    gone = [each for each in tracking.tracked if each.standing is Standing.RESOLVED]
    lasting = [each for each in tracking.everything if each.standing is Standing.PERSISTING]
    before = tracking.since
    return Since(
        run=tracking.run,
        than=f"run {before.number} of {minute(before.started_at)} UTC" if before else "",
        standings=tuple(counts),
        oldest=_oldest(lasting, now),
        unseen=unseen_words(tracking.everything),
        resolved=tuple(map(_resolved, gone[:_MOST_ROWS])),
        more=_more(len(gone)),
        signs=sign_rows(tracking, now)[:_MOST_ROWS],
        more_signs=_more(len(tracking.signs)),
    )


def _oldest(lasting: Sequence[Followed], now: datetime) -> str:
    if not lasting:
        return ""
    first = min(lasting, key=lambda each: (each.first_seen, place(each)))
    return f"{place(first)}, {age(first.first_seen, now)}"


def _resolved(gone: Tracked) -> Resolved:
    seen = f"{day(gone.first_seen)} to {day(gone.last_seen)}"
    return Resolved(printable(gone.path), gone.severity.value, gone.origin.value, seen)
