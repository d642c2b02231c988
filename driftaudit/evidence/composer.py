"""Adds to an audit what a page shows of it: made only where such a format is asked for."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace

from driftaudit.audit import AuditRequest, Examination
from driftaudit.config.rules import GENERATED, RUNTIME
from driftaudit.content_diff.composer import differences_of
from driftaudit.evidence.folders import folders_in_sync
from driftaudit.evidence.shortening import Room, shortened
from driftaudit.model.audit import Audit
from driftaudit.model.difference import PathDifference
from driftaudit.model.entry import Kind
from driftaudit.model.finding import Finding, Severity
from driftaudit.model.waiver import WAIVER
from driftaudit.sources.base import Progress, no_progress
from driftaudit.structural.trees import side_by_side

MOST_PATHS = 400
"""Findings whose contents are compared, the worst first."""

MOST_BYTES = 64 * 1024 * 1024
"""Live contents that are brought here for them, together."""

MOST_LINES = 300_000
"""Lines that are compared in all, before the rest is left out."""

_OWN_BUSINESS = (RUNTIME, GENERATED)
_SEVERITIES = tuple(Severity)


def with_evidence(request: AuditRequest, examination: Examination, progress: Progress = no_progress) -> Audit:
    """Return the audit with `differences`, `in_sync` and `folders` filled in: what a page shows.

    The sources must still be there to be asked. Nothing is written on the target; a content that cannot be
    had any more is a difference of state `unread`.
    """
    audit = examination.audit
    wanted = _worst(audit.findings)
    with closing(differences_of(wanted, examination, request, progress)) as found:
        differences = tuple(sorted(_fitting(found), key=lambda each: each.path))
    trees = examination.trees
    return replace(
        audit,
        differences=differences,
        in_sync=folders_in_sync(audit, trees),
        folders=audit.folders or side_by_side(trees, audit.findings, audit.moved_folders),
    )


def _fitting(differences: Iterable[PathDifference]) -> Iterator[PathDifference]:
    """Yield differences, shortened, for as long as there is room for them."""
    room, lines = Room(), 0
    for difference in differences:
        lines += difference.content.added + difference.content.removed
        yield replace(difference, content=shortened(difference.content, room))
        if lines > MOST_LINES or room.is_used_up:
            return


def _worst(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings whose contents are shown: as many as there is room for, the worst first."""
    able = sorted(filter(_has_content, findings), key=_badness)
    chosen, size = [], 0
    for finding in able[:MOST_PATHS]:
        live = finding.change.deployed
        size += (live.size or 0) if live else 0
        if size > MOST_BYTES:
            break
        chosen.append(finding)
    return chosen


def _badness(finding: Finding) -> tuple[int, bool, str]:
    return _SEVERITIES.index(finding.severity), not finding.action.destroys, finding.path


def _has_content(finding: Finding) -> bool:
    """Whether there is something to compare that a reader may want to see."""
    if finding.severity is Severity.IGNORE and finding.rule != WAIVER:
        return False
    change = finding.change
    if change.desired is None and any(label in finding.labels for label in _OWN_BUSINESS):
        return False
    return any(side and side.kind is not Kind.DIRECTORY for side in (change.desired, change.deployed))
