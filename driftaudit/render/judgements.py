"""All that an audit judges, in one list with the worst first: for formats that know only results.

Such a format is read by programs that look at nothing but its results. So a gap in the evidence is one too,
and where the verdict is not `pass` there is always one that is as bad.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from driftaudit.model.audit import Audit, Verdict
from driftaudit.model.finding import Finding, Severity
from driftaudit.model.probe import HealthFinding
from driftaudit.model.problem import Problem
from driftaudit.model.structure import StructureFinding
from driftaudit.model.waiver import WAIVER
from driftaudit.render.imports import IMPORT_TITLES
from driftaudit.render.rows import finding_details
from driftaudit.render.secrecy import without_secrets
from driftaudit.render.wording import PROBLEM_ADVICE


class Kind(StrEnum):
    """What is judged."""

    FINDING = "finding"
    STRUCTURE = "structure"
    HEALTH = "health"
    PROBLEM = "problem"
    VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class Judgement:
    """Something judged. Texts are as they come, and may hold anything: a format makes them fit to be shown.

    `path` is one under the root, "" for the target as a whole, `line` counts from 1. `what` says in few words
    what it is, `reason` why it is judged so, `details` what else is known. A waived one is not in force.
    """

    kind: Kind
    severity: Severity
    rule: str
    path: str
    line: int
    what: str
    reason: str
    details: tuple[str, ...] = ()
    is_waived: bool = False


def judgements(audit: Audit) -> tuple[Judgement, ...]:
    """Return what is judged, the worst first and by path; what is ignored is left out, what is waived is not.

    A problem is as bad as what blocks where the verdict is `incomplete`, and else a warning.
    """
    severities = list(Severity)
    found = sorted(
        _all(audit),
        key=lambda each: (severities.index(each.severity), each.kind is Kind.FINDING, each.path, each.rule),
    )
    if audit.decision.verdict is Verdict.PASS or any(each.severity is Severity.BLOCK for each in found):
        return tuple(found)
    verdict = audit.decision.verdict.value
    said = Judgement(
        Kind.VERDICT,
        Severity.BLOCK,
        f"driftaudit/{verdict}",
        "",
        1,
        f"{audit.target}: {verdict}",
        audit.decision.reason,
    )
    return (said, *found)


def _all(audit: Audit) -> Iterator[Judgement]:
    for finding in audit.findings:
        if finding.severity is not Severity.IGNORE or finding.rule == WAIVER:
            yield _of_finding(without_secrets(finding))
    yield from (_of_structure(each) for each in audit.structure if each.severity is not Severity.IGNORE)
    yield from (_of_health(each) for each in audit.health if each.severity is not Severity.IGNORE)
    is_needed = audit.decision.verdict is Verdict.INCOMPLETE
    for problem in audit.problems:
        yield _of_problem(problem, Severity.BLOCK if is_needed else Severity.WARN)


def _of_finding(finding: Finding) -> Judgement:
    is_waived = finding.rule == WAIVER
    return Judgement(
        Kind.FINDING,
        Severity.INFO if is_waived else finding.severity,
        finding.rule,
        finding.path,
        1,
        f"{finding.action.value} {finding.path or 'the root'} ({finding.provenance.origin.value})",
        finding.reason,
        tuple(finding_details(finding)),
        is_waived,
    )


def _of_structure(finding: StructureFinding) -> Judgement:
    return Judgement(
        Kind.STRUCTURE,
        finding.severity,
        finding.rule,
        finding.importer,
        finding.line,
        f"{IMPORT_TITLES[finding.kind]}: {finding.module}",
        finding.reason,
        () if finding.cause is None else (f"because of {finding.cause}",),
    )


def _of_health(finding: HealthFinding) -> Judgement:
    return Judgement(
        Kind.HEALTH,
        finding.severity,
        finding.rule,
        "",
        1,
        finding.detail,
        finding.reason,
        finding.subjects,
    )


def _of_problem(problem: Problem, severity: Severity) -> Judgement:
    return Judgement(
        Kind.PROBLEM,
        severity,
        f"evidence/{problem.kind.value}",
        problem.path,
        1,
        f"Not seen: {problem.path or 'the tree as a whole'} ({problem.kind.value})",
        PROBLEM_ADVICE[problem.kind],
        (problem.detail,),
    )
