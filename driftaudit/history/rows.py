"""Rows of the tables as values, and back."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from driftaudit.history.following import Ending, Thread
from driftaudit.history.signs import COUNTED, Sign, SignFinding, judged
from driftaudit.model.audit import Audit
from driftaudit.model.finding import Action, Origin, Severity
from driftaudit.model.history import StoredRun
from driftaudit.model.probe import ProbeState
from driftaudit.model.tracking import RunFigures, Standing, Tracked, TrackedSign
from driftaudit.model.waiver import WAIVER

if TYPE_CHECKING:
    from pydantic import TypeAdapter

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


def sign_of(row: Row) -> Sign:
    """Return a row of the signs. Raises ValueError where its content is not what was written."""
    return Sign(
        mark=row["mark"],
        finding=_finding().validate_python(json.loads(bytes(row["content"]))),
        opened=row["opened"],
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
        runs=row["runs"],
        closed=row["closed"],
        ending=None if row["ending"] is None else Ending(row["ending"]),
    )


def sign_values(sign: Sign) -> dict[str, Any]:
    """Return what a row says of a sign."""
    document = _finding().dump_python(sign.finding, mode="json")
    return {
        "mark": sign.mark,
        "opened": sign.opened,
        "closed": sign.closed,
        "ending": None if sign.ending is None else sign.ending.value,
        "first_seen": sign.first_seen,
        "last_seen": sign.last_seen,
        "runs": sign.runs,
        "content": json.dumps(document, separators=(",", ":")).encode("ascii"),
    }


@cache
def _finding() -> "TypeAdapter[SignFinding]":
    from pydantic import TypeAdapter

    return TypeAdapter(SignFinding)


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
            unasked=row["unasked"],
            unresolved=row["unresolved"],
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


def audit_figures(audit: Audit, tracked: Sequence[Tracked | TrackedSign]) -> dict[str, Any]:
    """Return what a row says of a run with an audit, but for its number; `tracked` are paths and signs."""
    counts = {standing: sum(each.standing is standing for each in tracked) for standing in Standing}
    found = [finding.severity for finding in audit.findings if finding.rule != WAIVER]
    found += [finding.severity for finding in judged(audit)]
    still = [each.first_seen for each in tracked if each.standing in (Standing.NEW, Standing.PERSISTING)]
    return {
        "started_at": audit.started_at,
        "duration_seconds": audit.duration_seconds,
        "verdict": audit.decision.verdict.value,
        "exit_code": int(audit.decision.verdict.exit_code),
        "reason": audit.decision.reason,
        **{severity.value: found.count(severity) for severity in _COUNTED},
        **{standing.value: count for standing, count in counts.items()},
        "unseen": sum(each.unseen for each in tracked),
        "oldest": min(still, default=None),
        "behind": audit.deployed_commit.behind if audit.deployed_commit else None,
        "unhealthy": sum(probe.state is not ProbeState.WELL for probe in audit.probes),
        "unresolved": sum(each.severity in COUNTED for each in audit.structure),
        "unasked": sum(probe.state is ProbeState.NOT_ASKED for probe in audit.probes),
    }
