"""What a nightly run fails on."""

from dataclasses import replace

import pytest

from driftaudit.errors import ExitCode
from driftaudit.model.audit import Audit, Decision, Verdict
from driftaudit.model.finding import Action, Origin, Severity
from driftaudit.model.tracking import Standing, Tracked, Tracking
from driftaudit.nightly.judging import FailOn, exit_code, worst
from tests.support.nights import FIRST, a_finding, an_audit


def a_night(severity: Severity, standing: Standing, *, unseen: bool = False) -> Audit:
    """Return a night with one finding; what was resolved, or could not be seen, is in the tracking alone."""
    is_there = standing is not Standing.RESOLVED and not unseen
    findings = [a_finding("a", severity=severity, waived=standing is Standing.WAIVED)] if is_there else []
    tracked = Tracked(
        "a", standing, FIRST, FIRST, 1, Origin.UNKNOWN, Action.KEEP, severity, "core/unknown", unseen
    )
    return an_audit(1, findings, tracking=Tracking(2, None, (tracked,), ()))


NEW, OLD, GONE, WAIVED = Standing.NEW, Standing.PERSISTING, Standing.RESOLVED, Standing.WAIVED
BLOCK, WARN, INFO = Severity.BLOCK, Severity.WARN, Severity.INFO


@pytest.mark.parametrize(
    ("severity", "standing", "fails"),
    [
        (BLOCK, NEW, "new block warn any"),
        (BLOCK, OLD, "block warn any"),
        (WARN, NEW, "new warn any"),
        (WARN, OLD, "warn any"),
        (INFO, OLD, "any"),
        (BLOCK, GONE, ""),
        (BLOCK, WAIVED, ""),
    ],
)
def test_it_fails_on_what_was_chosen(severity: Severity, standing: Standing, fails: str) -> None:
    audit = a_night(severity, standing)
    found = {each.value for each in FailOn if exit_code(audit, each) is ExitCode.BLOCKED}
    assert found == set(fails.split())


def test_what_could_not_be_seen_counts_as_it_was() -> None:
    assert exit_code(a_night(WARN, OLD, unseen=True), FailOn.WARN) is ExitCode.BLOCKED


def test_missing_evidence_fails_all_but_never() -> None:
    audit = an_audit(1, unreadable=["src"], tracking=Tracking(1, None, (), ()))
    codes = {each: exit_code(audit, each) for each in FailOn}
    assert codes.pop(FailOn.NEVER) is ExitCode.PASS
    assert set(codes.values()) == {ExitCode.INCOMPLETE}


def test_what_is_not_stored_is_new() -> None:
    assert exit_code(an_audit(1, [a_finding("a", severity=INFO)]), FailOn.NEW) is ExitCode.BLOCKED
    assert exit_code(an_audit(1), FailOn.NEW) is ExitCode.PASS


def test_the_verdict_has_its_own_code() -> None:
    audit = replace(an_audit(1), decision=Decision(Verdict.BLOCKED, "because"))
    assert exit_code(audit, FailOn.VERDICT) is ExitCode.BLOCKED


@pytest.mark.parametrize(
    ("codes", "code"),
    [([], 0), ([0, 4, 0], 4), ([3, 4], 3), ([5, 3, 0], 5), ([2, 5, 3], 2), ([1, 2], 1), ([0, -9], 1)],
)
def test_the_worst_of_many(codes: list[int], code: int) -> None:
    assert worst(codes) == code
