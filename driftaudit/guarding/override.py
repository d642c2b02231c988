"""Lets a deploy run that does not pass: every only copy is rescued before, and that is verified."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from driftaudit.audit import AuditRequest, Examination
from driftaudit.config.rules import GENERATED, SECRET
from driftaudit.keeping.rescue import RescueRequest, run_rescue
from driftaudit.keeping.safe_folder import SafeFolder
from driftaudit.model.finding import Finding, Recoverable, Severity
from driftaudit.model.guard_run import Override
from driftaudit.model.own_refs import slug_of
from driftaudit.model.structure import StructureFinding
from driftaudit.model.waiver import WAIVER
from driftaudit.sources.base import Progress


@dataclass(frozen=True, slots=True)
class OverrideRequest:
    """Why a deploy is to run although it does not pass, and where secrets are rescued to."""

    reason: str
    secrets_folder: Path


def overridden(
    request: OverrideRequest, audit: AuditRequest, examination: Examination, progress: Progress
) -> Override:
    """Rescue all that is the only copy, and return what was overridden with what was rescued.

    Raises UsageError, RepositoryError or SourceError where there is nothing to rescue from or to.
    """
    rescue = run_rescue(RescueRequest(audit, request.secrets_folder), progress)
    return Override(
        reason=request.reason,
        decision=examination.audit.decision,
        findings=tuple(_against(examination)),
        rescue=rescue,
        imports=_broken(examination),
        health=tuple(each for each in examination.audit.health if each.severity is Severity.BLOCK),
    )


def unrescued(
    request: OverrideRequest, audit: AuditRequest, override: Override, now: Examination
) -> str | None:
    """Return why a rescue is not enough for what would be destroyed now, None where it is.

    `now` was examined after the rescue: what git has counts as recoverable in it. Secrets are looked up, and
    read, in their folder.
    """
    if override.rescue.missed:
        return f"not all could be rescued: {_counted([miss.path for miss in override.rescue.missed])}"
    unseen = [problem.path for problem in now.trees.seen.problems if now.audit.plan.touches(problem.path)]
    if unseen:
        return f"not all could be seen: {_counted(unseen)}"
    lost = [finding for finding in now.audit.findings if _is_at_stake(finding)]
    kept = _kept_secrets(request, audit, lost)
    open_paths = [finding.path for finding in lost if finding.path not in kept]
    if open_paths:
        return f"no rescue holds what would be destroyed: {_counted(open_paths)}"
    known = {finding.path for finding in override.findings}
    broken = {(each.importer, each.module) for each in override.imports}
    new = [finding.path for finding in _against(now) if finding.path not in known]
    new += [each.importer for each in _broken(now) if (each.importer, each.module) not in broken]
    return f"the target has changed since the check: {_counted(new)}" if new else None


def _against(examination: Examination) -> Iterator[Finding]:
    """Yield the findings that keep a deploy from passing."""
    for finding in examination.audit.findings:
        is_unproven = finding.provenance.recoverable is Recoverable.UNPROVEN and finding.action.destroys
        if finding.severity is Severity.BLOCK or (is_unproven and _is_at_stake(finding)):
            yield finding


def _broken(examination: Examination) -> tuple[StructureFinding, ...]:
    """Return the imports that keep a deploy from passing."""
    return tuple(each for each in examination.audit.structure if each.severity is Severity.BLOCK)


def _is_at_stake(finding: Finding) -> bool:
    """Whether the deploy destroys the content of a path, and no commit or ref is known to hold it."""
    return (
        finding.action.destroys
        and finding.change.deployed is not None
        and finding.provenance.recoverable is not Recoverable.YES
        and GENERATED not in finding.labels
        and finding.rule != WAIVER
    )


def _kept_secrets(
    request: OverrideRequest, audit: AuditRequest, findings: Collection[Finding]
) -> Collection[str]:
    entries = [
        finding.change.deployed
        for finding in findings
        if SECRET in finding.labels and finding.change.deployed and finding.change.deployed.digest
    ]
    if not entries or audit.repository is None:
        return ()
    folder = SafeFolder.at(request.secrets_folder, ())
    return folder.held(slug_of(audit.target), entries, audit.repository.object_format)


def _counted(paths: Collection[str]) -> str:
    from driftaudit.render.printable import printable

    first = printable(min(paths)) or "the root"
    return f"{first} and {len(paths) - 1} more" if len(paths) > 1 else first
