"""Findings, problems and plan become a verdict. Pure."""

from collections.abc import Callable, Collection, Sequence

from driftaudit.config.rules import GENERATED
from driftaudit.model.audit import Decision, Verdict
from driftaudit.model.finding import Finding, Recoverable, Severity
from driftaudit.model.plan import Plan
from driftaudit.model.probe import HealthFinding
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.structure import StructureFinding
from driftaudit.model.waiver import WAIVER

_ABOUT_HISTORY = (ProblemKind.SHALLOW_CLONE, ProblemKind.PARTIAL_CLONE)


def decide(
    findings: Sequence[Finding],
    problems: Sequence[Problem],
    plan: Plan,
    is_desired: Callable[[str], bool],
    health: Sequence[HealthFinding] = (),
    imports: Sequence[StructureFinding] = (),
    unread: Collection[Problem] = (),
) -> Decision:
    """Return the verdict and its reason.

    Any finding that blocks gives `blocked`, be it of a path or of an import. Otherwise a gap in the evidence
    gives `incomplete` where the plan may act on it or the path is desired. `is_desired` tells whether the
    desired tree has something at a path or below it. The problems `unread`, of sources that might import what
    the deploy takes away, matter wherever they lie. What runs blocks nothing, for the deploy may be the
    cure, unless a rule says `block`.
    """
    blocking = [finding for finding in findings if finding.severity is Severity.BLOCK]
    gaps = [each for each in problems if each in unread or _matters(each, findings, plan, is_desired)]
    breaking = [each for each in imports if each.severity is Severity.BLOCK]
    ill = [finding for finding in health if finding.severity is Severity.BLOCK]
    if blocking or breaking or ill:
        whys = [_why_blocked(blocking)] if blocking else []
        whys += [_why_broken(breaking)] if breaking else []
        whys += [_why_ill(ill)] if ill else []
        whys += [_why_incomplete(gaps)] if gaps else []
        return Decision(Verdict.BLOCKED, " ".join(whys))
    if gaps:
        return Decision(Verdict.INCOMPLETE, _why_incomplete(gaps))
    unproven = [finding for finding in findings if _is_unproven(finding)]
    if unproven:
        what = _counted(len(unproven), "path")
        return Decision(
            Verdict.INCOMPLETE, f"It cannot be told whether {what} that the deploy destroys exist elsewhere."
        )
    return Decision(Verdict.PASS, _why_pass(findings))


def _matters(
    problem: Problem, findings: Sequence[Finding], plan: Plan, is_desired: Callable[[str], bool]
) -> bool:
    if problem.kind in _ABOUT_HISTORY:
        return any(_is_unproven(finding) for finding in findings)
    return plan.touches(problem.path) or is_desired(problem.path)


def _is_unproven(finding: Finding) -> bool:
    """Whether something is destroyed that is not proven to exist elsewhere; what is proven not to, blocks."""
    recoverable = finding.provenance.recoverable
    is_lost = recoverable is not Recoverable.YES and GENERATED not in finding.labels
    return (
        finding.action.destroys
        and finding.severity is not Severity.IGNORE
        and (is_lost or recoverable is Recoverable.UNPROVEN)
    )


def _why_pass(findings: Sequence[Finding]) -> str:
    permitted = sum(
        finding.rule == WAIVER
        and finding.action.destroys
        and finding.provenance.recoverable is not Recoverable.YES
        for finding in findings
    )
    but = f", but for {_counted(permitted, 'path')} that a waiver lets go" if permitted else ""
    return f"Nothing that this deploy destroys is the only copy{but}."


def _why_blocked(blocking: Sequence[Finding]) -> str:
    only = sum(finding.provenance.recoverable is not Recoverable.YES for finding in blocking)
    if only == len(blocking):
        return f"This deploy destroys what exists nowhere else: {_counted(only, 'path')}."
    return f"{_counted(len(blocking), 'path')} must not be destroyed by this deploy."


def _why_broken(breaking: Sequence[StructureFinding]) -> str:
    first = breaking[0]
    more = f" and {_counted(len(breaking) - 1, 'more import')}" if len(breaking) > 1 else ""
    return f"It would break: {first.module}, imported by {first.importer}:{first.line}{more}."


def _why_ill(ill: Sequence[HealthFinding]) -> str:
    return f"A rule lets nothing be deployed now: {ill[0].rule}, {ill[0].kind}."


def _why_incomplete(gaps: Sequence[Problem]) -> str:
    first = gaps[0].path or "the tree as a whole"
    more = f" and {len(gaps) - 1:,} more" if len(gaps) > 1 else ""
    return f"Evidence is missing where it is needed: {gaps[0].kind.value} {first}{more}."


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
