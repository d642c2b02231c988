"""The short summary of a night."""

from dataclasses import replace
from datetime import timedelta

from driftaudit.model.finding import Action, Origin, Severity
from driftaudit.model.probe import HealthFinding, HealthKind, ProbeResult
from driftaudit.model.tracking import Standing, Tracked, Tracking
from driftaudit.render.tracking import text
from tests.support.nights import FIRST, an_audit

PORT = ProbeResult("tcp", "127.0.0.1:3000", ok=False, detail="refused", seconds=0.01)


def test_what_was_not_seen_is_said_though_the_deploy_has_nothing_to_do_with_it() -> None:
    hidden = an_audit(1, unreadable=("keys\x1b[31m", ""))
    passed = replace(hidden, decision=an_audit(1).decision)
    lines = text(passed).splitlines()
    assert "  not seen         2" in lines
    assert "      (the whole tree)  unreadable: Permission denied" in lines
    assert "      keys\\x1b[31m  unreadable: Permission denied" in lines
    assert "not seen" not in text(an_audit(1))


def test_of_many_gaps_the_rest_is_counted() -> None:
    assert "      and 5 more" in text(an_audit(1, unreadable=[f"a/{number}" for number in range(15)]))


def test_a_probe_is_named_where_it_is_not_well() -> None:
    why = (Severity.WARN, "core/not-healthy", "because")
    ill = HealthFinding(HealthKind.NOT_HEALTHY, (PORT.name,), "refused", *why)
    said = text(an_audit(1, probes=(PORT,), health=(ill,)))
    assert "      warn   not-healthy, tcp 127.0.0.1:3000: refused  (core/not-healthy)" in said


def test_what_is_resolved_is_as_old_as_it_became() -> None:
    first, last = FIRST, FIRST + timedelta(days=2)
    judged = (Origin.UNKNOWN, Action.KEEP, Severity.WARN, "core/unknown")
    gone = Tracked("src/a", Standing.RESOLVED, first, last, 3, *judged)
    assert "unknown, keep, for 2 days" in text(an_audit(9, tracking=Tracking(9, None, (gone,), ())))
