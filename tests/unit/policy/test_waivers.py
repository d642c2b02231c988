"""What a waiver does to a finding, and what has become of one that does nothing."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from driftaudit.gate import decide
from driftaudit.model.audit import Decision, Verdict
from driftaudit.model.change import Aspect, Change
from driftaudit.model.entry import MODE_DIRECTORY, MODE_FILE, MODE_SYMLINK, Entry, Kind
from driftaudit.model.finding import Action, Finding, Origin, Provenance, Recoverable, Severity
from driftaudit.model.plan import Plan
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.waiver import Waiver, WaiverState
from driftaudit.policy.policy import Policy, load_policy

TODAY = date(2026, 1, 31)
DIGEST = "a" * 40
POLICY = load_policy([], {}, ())


def a_waiver(path: str = "src/app.js", **fields: Any) -> Waiver:
    values: dict[str, Any] = {"content": DIGEST, "reason": "Known.", "owner": "Ann", "expires": TODAY}
    return Waiver(path, **(values | fields))


def an_entry(path: str, digest: str | None = DIGEST, kind: Kind = Kind.FILE) -> Entry:
    modes = {Kind.SYMLINK: MODE_SYMLINK, Kind.DIRECTORY: MODE_DIRECTORY}
    return Entry(path, kind, modes.get(kind, MODE_FILE), digest=digest)


def a_finding(
    path: str = "src/app.js",
    action: Action = Action.KEEP,
    recoverable: Recoverable = Recoverable.NO,
    deployed: Entry | None = None,
    is_live: bool = True,
) -> Finding:
    entry = (deployed or an_entry(path)) if is_live else None
    change = Change(path, None if is_live else an_entry(path), entry, (Aspect.CONTENT,))
    origin = Origin.UNKNOWN if is_live else Origin.MISSING
    return POLICY.judge(change, Provenance(origin, recoverable), action)


def waived(
    finding: Finding | None, waiver: Waiver, *unseen: str, today: date = TODAY
) -> tuple[Any, WaiverState]:
    """Return the finding as it is then, and the state of the waiver."""
    policy = replace(POLICY, waivers=(waiver,))
    result = policy.waive([finding] if finding else [], frozenset(unseen), today)
    return next(iter(result.findings), None), result.uses[0].state


def verdict(*findings: Finding, problems: tuple[Problem, ...] = ()) -> Decision:
    plan = Plan("replace", (), {finding.path: finding.action for finding in findings}, lambda _: True)
    return decide(findings, problems, plan, lambda _: False)


def test_a_finding_is_silenced_and_says_on_whose_word() -> None:
    finding, state = waived(a_finding(), a_waiver())
    assert (finding.severity, finding.rule, state) == (Severity.IGNORE, "waiver", WaiverState.ACTIVE)
    assert finding.reason == "Waived by Ann until 2026-01-31: Known."


def test_without_waivers_nothing_changes() -> None:
    findings = (a_finding(), a_finding("b", Action.DELETE))
    assert POLICY.waive(findings, frozenset(), TODAY).findings == findings


@pytest.mark.parametrize("action", [Action.DELETE, Action.OVERWRITE, Action.ABANDON])
@pytest.mark.parametrize("recoverable", [Recoverable.NO, Recoverable.UNSAFE, Recoverable.UNPROVEN])
def test_what_would_be_destroyed_needs_a_waiver_that_permits_it(
    action: Action, recoverable: Recoverable
) -> None:
    before = a_finding(action=action, recoverable=recoverable)
    finding, state = waived(before, a_waiver())
    assert (finding, state) == (before, WaiverState.OVERRULED)
    finding, state = waived(before, a_waiver(permits_destroy=True))
    assert (finding.severity, state) == (Severity.IGNORE, WaiverState.ACTIVE)
    assert finding.reason == "Waived by Ann until 2026-01-31, its destruction permitted: Known."
    assert verdict(finding) == Decision(
        Verdict.PASS,
        "Nothing that this deploy destroys is the only copy, but for 1 path that a waiver lets go.",
    )


def test_what_has_a_safe_copy_is_silenced_also_where_it_is_destroyed() -> None:
    finding, state = waived(a_finding(action=Action.DELETE, recoverable=Recoverable.YES), a_waiver())
    assert (finding.severity, state) == (Severity.IGNORE, WaiverState.ACTIVE)
    assert verdict(finding).reason == "Nothing that this deploy destroys is the only copy."


def test_a_rule_of_the_project_that_blocks_is_lifted_only_by_permission() -> None:
    before = replace(a_finding(), severity=Severity.BLOCK, rule="mine/rule")
    assert waived(before, a_waiver()) == (before, WaiverState.OVERRULED)
    assert waived(before, a_waiver(permits_destroy=True))[1] is WaiverState.ACTIVE


def test_a_problem_stands_whatever_is_waived() -> None:
    finding, _ = waived(
        a_finding(action=Action.DELETE, recoverable=Recoverable.UNPROVEN), a_waiver(permits_destroy=True)
    )
    problem = Problem("src/app.js", ProblemKind.UNREADABLE, "Permission denied")
    assert verdict(finding, problems=(problem,)).verdict is Verdict.INCOMPLETE


def test_a_shallow_clone_is_no_gap_where_the_content_itself_may_go() -> None:
    shallow = (Problem("", ProblemKind.SHALLOW_CLONE, ""),)
    before = a_finding(action=Action.DELETE, recoverable=Recoverable.UNPROVEN)
    assert verdict(waived(before, a_waiver())[0], problems=shallow).verdict is Verdict.INCOMPLETE
    after, _ = waived(before, a_waiver(permits_destroy=True))
    assert verdict(after, problems=shallow).verdict is Verdict.PASS


def test_the_last_day_is_the_last_on_which_it_holds() -> None:
    assert waived(a_finding(), a_waiver(), today=TODAY)[1] is WaiverState.ACTIVE
    assert waived(a_finding(), a_waiver(), today=date(2026, 2, 1))[1] is WaiverState.EXPIRED
    assert waived(a_finding(), a_waiver(expires=None), today=date(9999, 12, 31))[1] is WaiverState.ACTIVE


@pytest.mark.parametrize(
    ("finding", "state"),
    [
        (a_finding(deployed=an_entry("src/app.js", "b" * 40)), WaiverState.CHANGED),
        (a_finding(deployed=an_entry("src/app.js", kind=Kind.SYMLINK)), WaiverState.CHANGED),
        (a_finding(deployed=an_entry("src/app.js", None, Kind.DIRECTORY)), WaiverState.CHANGED),
        (a_finding(deployed=an_entry("src/app.js", None, Kind.SPECIAL)), WaiverState.CHANGED),
        (a_finding(deployed=an_entry("src/app.js", None)), WaiverState.UNSEEN),
        (a_finding(is_live=False), WaiverState.OBSOLETE),
        (None, WaiverState.OBSOLETE),
    ],
)
def test_a_dead_waiver_says_why_and_does_nothing(finding: Finding | None, state: WaiverState) -> None:
    assert waived(finding, a_waiver(permits_destroy=True)) == (finding, state)


@pytest.mark.parametrize("unseen", ["", "src", "src/app.js"])
def test_what_could_not_be_seen_is_not_gone(unseen: str) -> None:
    assert waived(None, a_waiver(), unseen)[1] is WaiverState.UNSEEN
    assert waived(a_finding(is_live=False), a_waiver(), unseen)[1] is WaiverState.UNSEEN
    assert waived(None, a_waiver(), "src/app", "lib")[1] is WaiverState.OBSOLETE


def test_a_link_is_bound_to_its_target() -> None:
    link = a_finding(deployed=an_entry("src/app.js", kind=Kind.SYMLINK))
    assert waived(link, a_waiver(content=f"link {DIGEST}"))[1] is WaiverState.ACTIVE
    assert waived(a_finding(), a_waiver(content=f"link {DIGEST}"))[1] is WaiverState.CHANGED


@pytest.mark.parametrize("finding", [a_finding(".env", Action.DELETE), a_finding(".env"), None])
def test_a_secret_is_never_waived(finding: Finding | None) -> None:
    assert waived(finding, a_waiver(".env", permits_destroy=True)) == (finding, WaiverState.SECRET)


def test_of_several_waivers_for_a_path_the_one_with_its_content_holds() -> None:
    waivers = (a_waiver(content="b" * 40, owner="Bob"), a_waiver(), a_waiver("lib/x", content="c" * 40))
    policy: Policy = replace(POLICY, waivers=waivers)
    result = policy.waive([a_finding(), a_finding("lib/x")], frozenset(), TODAY)
    assert [finding.rule for finding in result.findings] == ["waiver", "core/unknown"]
    assert [(use.waiver.path, use.state.value) for use in result.uses] == [
        ("lib/x", "changed"),
        ("src/app.js", "active"),
        ("src/app.js", "changed"),
    ]
