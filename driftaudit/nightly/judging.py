"""What exit code a nightly run ends with: that of the verdict, or of what somebody chose to fail on. Pure."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from driftaudit.errors import ExitCode
from driftaudit.model.audit import Audit, Verdict
from driftaudit.model.finding import Severity
from driftaudit.model.tracking import Standing


class FailOn(StrEnum):
    """What a run fails on. Missing evidence fails each of them but `never`."""

    VERDICT = "verdict"
    NEW = "new"
    BLOCK = "block"
    WARN = "warn"
    ANY = "any"
    NEVER = "never"


_SEVERITIES = {
    FailOn.BLOCK: (Severity.BLOCK,),
    FailOn.WARN: (Severity.BLOCK, Severity.WARN),
    FailOn.ANY: (Severity.BLOCK, Severity.WARN, Severity.INFO),
}
_WORST_FIRST = (
    ExitCode.INTERNAL,
    ExitCode.USAGE,
    ExitCode.SOURCE,
    ExitCode.BLOCKED,
    ExitCode.INCOMPLETE,
    ExitCode.PASS,
)


def exit_code(audit: Audit, fail_on: FailOn) -> ExitCode:
    """Return the code of a run whose audit is there; what is not known to be old is new."""
    if fail_on is FailOn.VERDICT:
        return audit.decision.verdict.exit_code
    if fail_on is FailOn.NEVER:
        return ExitCode.PASS
    if _has_new(audit) if fail_on is FailOn.NEW else _has(audit, fail_on):
        return ExitCode.BLOCKED
    is_incomplete = audit.decision.verdict is Verdict.INCOMPLETE or bool(audit.problems)
    return ExitCode.INCOMPLETE if is_incomplete else ExitCode.PASS


def worst(codes: Iterable[int]) -> int:
    """Return the worst of several codes; one that no run of ours ends with is a bug."""
    known = {int(code) for code in _WORST_FIRST}
    found = {code if code in known else int(ExitCode.INTERNAL) for code in codes}
    return next((int(code) for code in _WORST_FIRST if int(code) in found), int(ExitCode.PASS))


def _has_new(audit: Audit) -> bool:
    if audit.tracking is None:
        return any(severity is not Severity.IGNORE for severity in _severities(audit))
    return any(each.standing is Standing.NEW for each in audit.tracking.everything)


def _has(audit: Audit, fail_on: FailOn) -> bool:
    counted = _SEVERITIES[fail_on]
    unseen = [each for each in audit.tracking.everything if each.unseen] if audit.tracking else []
    return any(severity in counted for severity in _severities(audit)) or any(
        each.severity in counted and each.standing is not Standing.WAIVED for each in unseen
    )


def _severities(audit: Audit) -> Iterator[Severity]:
    yield from (finding.severity for finding in audit.findings)
    yield from (finding.severity for finding in audit.health)
    yield from (finding.severity for finding in audit.structure)
