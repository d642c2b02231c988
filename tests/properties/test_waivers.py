"""No waiver without `permits: destroy` changes a verdict, and none outlives its content."""

from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha1

from hypothesis import given
from hypothesis import strategies as st

from driftaudit.config.rules import Conditions, RuleSpec
from driftaudit.gate import decide
from driftaudit.model.audit import Decision, Verdict
from driftaudit.model.change import Aspect, Change
from driftaudit.model.entry import MODE_FILE, MODE_SYMLINK, Entry, Kind
from driftaudit.model.finding import Action, Finding, Origin, Provenance, Recoverable, Severity
from driftaudit.model.plan import Plan
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.waiver import Waiver, WaiverState
from driftaudit.policy.policy import load_policy
from driftaudit.repo import blob_id

TODAY = date(2026, 1, 31)
PATHS = ["src/app.js", "src/lib/a.js", ".env", "logs/a.txt", "node_modules/x", "caf\udce9.js", ".git"]
DIGESTS = [sha1(bytes([number])).hexdigest() for number in range(3)]
OWN_RULE = RuleSpec("mine/rule", Conditions(), Severity.BLOCK, "Mine.", "f:1")
POLICIES = [load_policy(None, {}, rules) for rules in ((), (OWN_RULE,))]

paths = st.sampled_from(PATHS)
days = st.none() | st.integers(-2, 2).map(lambda days: TODAY + timedelta(days=days))
contents = st.sampled_from([*DIGESTS, *(f"link {digest}" for digest in DIGESTS)])
waivers = st.builds(
    Waiver,
    path=paths,
    content=contents,
    reason=st.just("r"),
    owner=st.just("o"),
    expires=days,
    permits_destroy=st.booleans(),
)
silent = waivers.map(lambda waiver: replace(waiver, permits_destroy=False))


@st.composite
def findings(draw: st.DrawFn) -> list[Finding]:
    policy = draw(st.sampled_from(POLICIES))
    found = []
    for path in draw(st.lists(paths, unique=True)):
        kind = draw(st.sampled_from(Kind))
        has_content = kind in (Kind.FILE, Kind.SYMLINK)
        digest = draw(st.none() | st.sampled_from(DIGESTS)) if has_content else None
        entry = Entry(path, kind, MODE_SYMLINK if kind is Kind.SYMLINK else MODE_FILE, digest=digest)
        change = Change(path, draw(st.sampled_from([None, entry])), entry, (Aspect.CONTENT,))
        provenance = Provenance(draw(st.sampled_from(Origin)), draw(st.sampled_from(Recoverable)))
        found.append(policy.judge(change, provenance, draw(st.sampled_from(Action))))
    return found


problems = st.lists(
    st.builds(Problem, st.just("") | paths, st.sampled_from(ProblemKind), st.just("")), max_size=2
)


def verdict(found: list[Finding] | tuple[Finding, ...], seen: list[Problem]) -> Decision:
    actions = {finding.path: finding.action for finding in found}
    return decide(found, seen, Plan("replace", (), actions, actions.__contains__), lambda _: False)


@given(findings(), st.lists(silent), problems)
def test_a_waiver_that_permits_nothing_never_changes_a_verdict(
    found: list[Finding], accepted: list[Waiver], seen: list[Problem]
) -> None:
    policy = replace(POLICIES[0], waivers=tuple(accepted))
    after = policy.waive(found, frozenset(), TODAY).findings
    assert verdict(after, seen) == verdict(found, seen)


@given(findings(), st.lists(waivers), problems)
def test_only_an_active_waiver_that_permits_destruction_lifts_a_block(
    found: list[Finding], accepted: list[Waiver], seen: list[Problem]
) -> None:
    result = replace(POLICIES[0], waivers=tuple(accepted)).waive(found, frozenset(), TODAY)
    active = {use.waiver.path: use.waiver for use in result.uses if use.state is WaiverState.ACTIVE}
    for before, after in zip(found, result.findings, strict=True):
        if before == after:
            continue
        waiver = active[before.path]
        assert before.change.deployed is not None
        assert waiver.content in before.change.deployed.contents
        assert waiver.expires is None or waiver.expires >= TODAY
        assert "secret" not in before.labels
        assert waiver.permits_destroy or before.severity is not Severity.BLOCK
    if (
        verdict(found, seen).verdict is Verdict.BLOCKED
        and verdict(result.findings, seen).verdict is Verdict.PASS
    ):
        assert any(waiver.permits_destroy for waiver in active.values())


@given(st.binary(max_size=50), st.data())
def test_one_byte_more_less_or_other_and_the_waiver_is_dead(content: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(content)))
    byte = data.draw(st.binary(max_size=1))
    other = content[:place] + byte + content[place + data.draw(st.integers(0, 1)) :]
    waiver = Waiver("a.js", blob_id(content, "sha1"), "r", "o", None, permits_destroy=True)
    entry = Entry("a.js", Kind.FILE, MODE_FILE, digest=blob_id(other, "sha1"))
    finding = POLICIES[0].judge(
        Change("a.js", None, entry), Provenance(Origin.UNKNOWN, Recoverable.NO), Action.DELETE
    )
    result = replace(POLICIES[0], waivers=(waiver,)).waive([finding], frozenset(), TODAY)
    if content == other:
        assert result.uses[0].state is WaiverState.ACTIVE
    else:
        assert (result.uses[0].state, result.findings) == (WaiverState.CHANGED, (finding,))
