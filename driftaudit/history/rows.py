"""Rows of the tables as values, and back."""

from collections.abc import Mapping
from typing import Any

from driftaudit.history.following import Ending, Thread
from driftaudit.model.audit import Audit
from driftaudit.model.finding import Action, Origin, Severity
from driftaudit.model.history import StoredRun
from driftaudit.model.tracking import RunFigures, Standing, Tracked
from driftaudit.model.waiver import WAIVER

Row = Mapping[str, Any]
_COUNTED = (Severity.BLOCK, Severity.WARN, Severity.INFO)


def thread_of(row: Row) -> Thread:
    """Return a row of the threads."""
    return Thread(
        path=row["path"],
        mark=row["mark"],
        opened=row["opened"],
        turned=row["turned"],
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
        runs=row["runs"],
        is_waived=row["is_waived"],
        origin=Origin(row["origin"]),
        action=Action(row["action"]),
        severity=Severity(row["severity"]),
        rule=row["rule"],
        closed=row["closed"],
        ending=None if row["ending"] is None else Ending(row["ending"]),
        id=row["id"],
    )


def thread_values(thread: Thread) -> dict[str, Any]:
    """Return what a row says of a thread, but for its own number."""
    return {
        "path": thread.path,
        "mark": thread.mark,
        "opened": thread.opened,
        "turned": thread.turned,
        "closed": thread.closed,
        "ending": None if thread.ending is None else thread.ending.value,
        "first_seen": thread.first_seen,
        "last_seen": thread.last_seen,
        "runs": thread.runs,
        "is_waived": thread.is_waived,
        "origin": thread.origin.value,
        "action": thread.action.value,
        "severity": thread.severity.value,
        "rule": thread.rule,
    }


def run_of(row: Row) -> StoredRun:
    """Return a row of the runs, joined to what is kept of it."""
    return StoredRun(
        figures=RunFigures(
            number=row["number"],
            started_at=row["started_at"],
            verdict=row["verdict"],
            severities={severity: row[severity.value] for severity in _COUNTED},
            new=row["new"],
            resolved=row["resolved"],
            behind=row["behind"],
            unhealthy=row["unhealthy"],
        ),
        reason=row["reason"],
        exit_code=row["exit_code"],
        duration_seconds=row["duration_seconds"],
        persisting=row["persisting"],
        waived=row["waived"],
        unseen=row["unseen"],
        oldest=row["oldest"],
        has_audit=row["has_audit"],
        has_snapshot=row["has_snapshot"],
    )


def audit_figures(audit: Audit, tracked: tuple[Tracked, ...]) -> dict[str, Any]:
    """Return what a row says of a run with an audit, but for its number."""
    counts = {standing: sum(each.standing is standing for each in tracked) for standing in Standing}
    found = [finding for finding in audit.findings if finding.rule != WAIVER]
    still = [each.first_seen for each in tracked if each.standing in (Standing.NEW, Standing.PERSISTING)]
    return {
        "started_at": audit.started_at,
        "duration_seconds": audit.duration_seconds,
        "verdict": audit.decision.verdict.value,
        "exit_code": int(audit.decision.verdict.exit_code),
        "reason": audit.decision.reason,
        **{severity.value: sum(each.severity is severity for each in found) for severity in _COUNTED},
        **{standing.value: count for standing, count in counts.items()},
        "unseen": sum(each.unseen for each in tracked),
        "oldest": min(still, default=None),
        "behind": audit.deployed_commit.behind if audit.deployed_commit else None,
        "unhealthy": sum(not probe.ok for probe in audit.probes),
    }
