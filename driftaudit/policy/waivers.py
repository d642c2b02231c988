"""Waivers, held against the findings of one audit. Pure.

A waiver that does not permit destruction never touches a finding that blocks, nor what the deploy destroys
without proof of another copy: so it cannot change a verdict, whatever it says.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from driftaudit.config.rules import SECRET
from driftaudit.model.entry import Kind
from driftaudit.model.finding import Finding, Recoverable, Severity
from driftaudit.model.waiver import WAIVER, Waiver, WaiverState, WaiverUse
from driftaudit.policy.labels import Labels


@dataclass(frozen=True, slots=True)
class Waived:
    """The findings as they are with the waivers, and what each waiver did, sorted by path."""

    findings: tuple[Finding, ...]
    uses: tuple[WaiverUse, ...]


def content_of(finding: Finding) -> str | None:
    """Return what a waiver for the live side of a finding is bound to, None where there is no such thing."""
    deployed = finding.change.deployed
    return next(iter(deployed.contents), None) if deployed else None


def waive(
    findings: Sequence[Finding],
    waivers: Sequence[Waiver],
    labels: Labels,
    unseen: Collection[str],
    today: date,
) -> Waived:
    """Return the findings less what the waivers accept.

    The waivers are those of the target. At and below the paths `unseen` the trees may hold more than they
    show. `today` is the day of the audit in UTC.
    """
    if not waivers:
        return Waived(tuple(findings), ())
    by_path = {finding.path: finding for finding in findings}
    uses = tuple(
        WaiverUse(waiver, _state(waiver, by_path, labels, unseen, today))
        for waiver in sorted(waivers, key=order)
    )
    active = {use.waiver.path: use.waiver for use in uses if use.state is WaiverState.ACTIVE}
    judged = (
        _accepted(finding, active[finding.path]) if finding.path in active else finding
        for finding in findings
    )
    return Waived(tuple(judged), uses)


def order(waiver: Waiver) -> tuple[str, str, tuple[str, ...]]:
    """Return by what waivers are sorted, in reports and in their file."""
    return waiver.path, waiver.content, waiver.targets


def _state(
    waiver: Waiver,
    by_path: Mapping[str, Finding],
    labels: Labels,
    unseen: Collection[str],
    today: date,
) -> WaiverState:
    finding = by_path.get(waiver.path)
    if SECRET in (finding.labels if finding else labels.of(waiver.path)):
        return WaiverState.SECRET
    found = _content_state(waiver, finding, unseen)
    if found:
        return found
    if waiver.expires is not None and waiver.expires < today:
        return WaiverState.EXPIRED
    is_overruled = finding and not waiver.permits_destroy and _is_at_stake(finding)
    return WaiverState.OVERRULED if is_overruled else WaiverState.ACTIVE


def _content_state(waiver: Waiver, finding: Finding | None, unseen: Collection[str]) -> WaiverState | None:
    """Return why the waiver is not about what is live; None where it is."""
    deployed = finding.change.deployed if finding else None
    if finding is None or deployed is None:
        return WaiverState.UNSEEN if _is_unseen(waiver.path, unseen) else WaiverState.OBSOLETE
    if content_of(finding) == waiver.content:
        return None
    is_unread = deployed.digest is None and deployed.kind in (Kind.FILE, Kind.SYMLINK)
    return WaiverState.UNSEEN if is_unread else WaiverState.CHANGED


def _is_at_stake(finding: Finding) -> bool:
    """Whether only a waiver that permits destruction may silence it."""
    is_lost = finding.action.destroys and finding.provenance.recoverable is not Recoverable.YES
    return is_lost or finding.severity is Severity.BLOCK


def _is_unseen(path: str, unseen: Collection[str]) -> bool:
    parts = path.split("/")
    return any("/".join(parts[:depth]) in unseen for depth in range(len(parts) + 1))


def _accepted(finding: Finding, waiver: Waiver) -> Finding:
    until = f" until {waiver.expires}" if waiver.expires else ""
    permits = ", its destruction permitted" if waiver.permits_destroy else ""
    reason = f"Waived by {waiver.owner}{until}{permits}: {waiver.reason}"
    return replace(finding, severity=Severity.IGNORE, rule=WAIVER, reason=reason)
