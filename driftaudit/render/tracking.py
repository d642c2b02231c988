"""What has become of the findings since an earlier run, for a terminal and for programs."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from driftaudit.model.audit import Audit
from driftaudit.model.tracking import RunFigures, Standing, Tracked, Tracking
from driftaudit.render.followed import Followed, of_standing, place, sign_document, standing_document, what
from driftaudit.render.imports import import_groups
from driftaudit.render.json_values import Document, path_keys, timestamp
from driftaudit.render.printable import printable
from driftaudit.render.running import health_rows, probe_total
from driftaudit.render.story import live_commit
from driftaudit.render.times import age, minute
from driftaudit.render.wording import WHOLE_TREE

_MOST = {Standing.NEW: 20, Standing.PERSISTING: 10, Standing.RESOLVED: 10, Standing.WAIVED: 0}
_MOST_IMPORTS = 10
_MOST_PROBLEMS = 10
_WIDEST_PATH = 60  # columns that paths are lined up in


def text(audit: Audit, *, quiet: bool = False) -> str:
    """Return a short summary, the verdict last; what is new is named, and the oldest of the rest."""
    tracking = audit.tracking
    title = f"{printable(audit.target)}  {minute(audit.started_at)} UTC"
    lines = [] if quiet else [title if tracking is None else f"{title}, run {tracking.run}"]
    if not quiet:
        lines += [f"  {line}" for line in live_commit(audit)[:1]]
        if tracking:
            lines += [f"  {_compared(tracking)}", *_groups(tracking, audit.started_at)]
        lines += [*_not_seen(audit), *_running(audit), *_imports(audit), ""]
    verdict = audit.decision.verdict.value.upper()
    return "\n".join([*lines, f"{verdict}  {printable(audit.decision.reason)}"]) + "\n"


def _compared(tracking: Tracking) -> str:
    if tracking.since is None:
        return "the first run that is stored: all is new"
    return f"since run {tracking.since.number} of {minute(tracking.since.started_at)} UTC"


def _groups(tracking: Tracking, now: datetime) -> Iterator[str]:
    for standing in Standing:
        found = of_standing(tracking, standing)
        yield f"  {standing.value:<10}  {len(found):>6,}{_since_when(found, standing, now)}"
        most = _MOST[standing]
        yield from _rows(found[:most], standing, now)
        if most and len(found) > most:
            yield f"      and {len(found) - most:,} more"


def _since_when(found: Sequence[Followed], standing: Standing, now: datetime) -> str:
    if standing is not Standing.PERSISTING or not found:
        return ""
    unseen = sum(each.unseen for each in found)
    could_not = f"; {unseen:,} of them could not be looked at" if unseen else ""
    return f"  the oldest for {age(found[0].first_seen, now)}{could_not}"


def _not_seen(audit: Audit) -> Iterator[str]:
    """Yield the gaps in the evidence, also those that the deploy has nothing to do with."""
    if audit.problems:
        yield f"  not seen    {len(audit.problems):>6,}"
    named = sorted(audit.problems, key=lambda each: (each.path, each.kind))
    for each in named[:_MOST_PROBLEMS]:
        yield f"      {printable(each.path) or WHOLE_TREE}  {each.kind.value}: {printable(each.detail)}"
    if len(named) > _MOST_PROBLEMS:
        yield f"      and {len(named) - _MOST_PROBLEMS:,} more"


def _running(audit: Audit) -> Iterator[str]:
    if audit.probes:
        yield f"  probes      {probe_total(audit.probes)}"
    for row in health_rows(audit.health):
        yield f"      {row.severity.value:<5}  {row.kind}, {row.subjects}: {row.detail}  ({row.rule})"


def _imports(audit: Audit) -> Iterator[str]:
    for group in import_groups(audit.structure):
        yield f"  {group.title}: {group.total}  ({group.rule})"
        rows = () if audit.tracking else group.rows  # with a history they are named above, by how they stand
        for row in rows[:_MOST_IMPORTS]:
            yield f"      {group.severity.value:<5}  {row.place}  {row.module}"
        if len(rows) > _MOST_IMPORTS:
            yield f"      and {len(rows) - _MOST_IMPORTS:,} more"


def _rows(found: Sequence[Followed], standing: Standing, now: datetime) -> Iterator[str]:
    names = [place(each) for each in found]
    width = min(max(map(len, names), default=0), _WIDEST_PATH)
    for name, each in zip(names, found, strict=True):
        end = each.last_seen if standing is Standing.RESOLVED else now
        old = f", for {age(each.first_seen, end)}" if standing is not Standing.NEW else ""
        unseen = f", not seen since {minute(each.last_seen)}" if each.unseen else ""
        action = f", {each.action.value}" if isinstance(each, Tracked) else ""
        said = f"{each.severity.value:<5}  {what(each)}{action}"
        yield f"      {name:<{width}}  {said}{old}{unseen}  ({printable(each.rule)})"


def tracking_document(tracking: Tracking) -> Document:
    """Return it as plain values."""
    return {
        "run": tracking.run,
        "since": figures_document(tracking.since) if tracking.since else None,
        "findings": [_tracked(each) for each in tracking.tracked],
        **({"signs": [sign_document(each) for each in tracking.signs]} if tracking.signs else {}),
        "trend": [figures_document(each) for each in tracking.trend],
    }


def figures_document(run: RunFigures) -> Document:
    """Return a run in figures as plain values."""
    return {
        "run": run.number,
        "started_at": timestamp(run.started_at),
        "verdict": run.verdict,
        "severity": {severity.value: count for severity, count in run.severities.items()},
        "new": run.new,
        "resolved": run.resolved,
        "behind": run.behind,
        "unhealthy": run.unhealthy,
        "unasked": run.unasked,
        "unresolved": run.unresolved,
    }


def _tracked(each: Tracked) -> Document:
    return {
        **path_keys(each.path),
        **standing_document(each),
        "origin": each.origin.value,
        "action": each.action.value,
        "severity": each.severity.value,
        "rule": each.rule,
    }
