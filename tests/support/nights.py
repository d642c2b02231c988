"""Audits as a history stores them, made without a target."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from driftaudit.model.audit import Audit, Decision, TreeFacts, Verdict
from driftaudit.model.change import Aspect, Change
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.finding import Action, Finding, Origin, Provenance, Recoverable, Severity
from driftaudit.model.plan import Plan
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.snapshot import ScanFacts, SourceFacts
from driftaudit.model.tracking import Standing
from driftaudit.model.waiver import WAIVER

FIRST = datetime(2025, 11, 1, 3, 0, 0, tzinfo=UTC)
ODD = "src/\udcff\n\u202e.js"  # bytes that are not UTF-8, a line end, and a mark that turns the text


def digest(content: str) -> str:
    """Return an id that stands for a content."""
    return content.encode().hex().ljust(40, "0")[:40]


def a_file(path: str, content: str | None) -> Entry:
    found = None if content is None else digest(content)
    return Entry(path, Kind.FILE, "100644", size=4, digest=found, modified_ns=1_762_000_000_123_456_789)


def a_finding(
    path: str,
    content: str | None = "live",
    *,
    severity: Severity = Severity.WARN,
    labels: tuple[str, ...] = (),
    waived: bool = False,
    missing: bool = False,
) -> Finding:
    """Return a finding on a live file, or on one that is `missing`; a content of None was not read."""
    live = None if missing else a_file(path, content)
    desired = a_file(path, "desired") if missing else None
    origin = Origin.MISSING if missing else Origin.UNKNOWN
    return Finding(
        change=Change(path, desired, live, (Aspect.CONTENT,)),
        provenance=Provenance(origin, Recoverable.NO),
        action=Action.KEEP,
        labels=labels,
        severity=Severity.IGNORE if waived else severity,
        rule=WAIVER if waived else "core/unknown",
        reason=f"because of {path}",
    )


def an_audit(
    night: int,
    findings: Sequence[Finding] = (),
    *,
    unreadable: Sequence[str] = (),
    target: str = "production",
    **fields: Any,
) -> Audit:
    """Return the audit of a night, counted from 1."""
    facts = TreeFacts(SourceFacts("ssh", "ssh://host/srv"), ScanFacts(FIRST), 3, not unreadable, "d" * 64)
    verdict = Verdict.INCOMPLETE if unreadable else Verdict.PASS
    return Audit(
        target=target,
        decision=Decision(verdict, "because"),
        started_at=FIRST + timedelta(days=night - 1),
        duration_seconds=0.25,
        desired=facts,
        deployed=facts,
        plan=Plan("replace", ("src",), {each.path: each.action for each in findings}, lambda _path: True),
        findings=tuple(sorted(findings, key=lambda each: each.path)),
        problems=tuple(Problem(path, ProblemKind.UNREADABLE, "Permission denied") for path in unreadable),
        **fields,
    )


def standings(audit: Audit) -> Mapping[str, str]:
    """Return by path how each finding stands, with a question mark where it was not looked at."""
    assert audit.tracking
    return {
        each.path: f"{each.standing.value}{'?' if each.unseen else ''}" for each in audit.tracking.tracked
    }


def resolved(audit: Audit) -> list[str]:
    assert audit.tracking
    return [each.path for each in audit.tracking.tracked if each.standing is Standing.RESOLVED]
