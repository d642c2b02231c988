"""Which rule decides, and which guards it cannot pass."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from driftaudit.config.rules import Conditions, RuleSpec
from driftaudit.errors import ConfigError, UsageError
from driftaudit.model.change import Aspect, Change
from driftaudit.model.entry import MODE_DIRECTORY, MODE_FILE, Entry, Kind
from driftaudit.model.finding import Action, Finding, Origin, Provenance, Recoverable, Severity
from driftaudit.policy.policy import Policy, load_policy

EVERYTHING = Conditions()
DESTROYING = [Action.DELETE, Action.OVERWRITE, Action.ABANDON]


def a_rule(severity: Severity, conditions: Conditions = EVERYTHING, rule_id: str = "mine/rule") -> RuleSpec:
    return RuleSpec(rule_id, conditions, severity, "Mine.", "driftaudit.yml:9")


def a_policy(rules: Sequence[RuleSpec] = (), packs: Sequence[str] = (), **labels: list[str]) -> Policy:
    return load_policy(packs, labels, rules)


def judged(
    policy: Policy,
    path: str = "src/app.js",
    origin: Origin = Origin.UNKNOWN,
    recoverable: Recoverable = Recoverable.NO,
    action: Action = Action.DELETE,
    kind: Kind = Kind.FILE,
) -> Finding:
    entry = Entry(path, kind, MODE_DIRECTORY if kind is Kind.DIRECTORY else MODE_FILE)
    change = Change(path, None, entry, (Aspect.CONTENT,))
    return policy.judge(change, Provenance(origin, recoverable), action)


def test_the_projects_rules_are_asked_before_the_packs_and_core() -> None:
    finding = judged(a_policy([a_rule(Severity.INFO)]), action=Action.KEEP)
    assert (finding.rule, finding.severity, finding.reason) == ("mine/rule", Severity.INFO, "Mine.")


def test_the_first_rule_that_matches_decides() -> None:
    rules = [
        a_rule(Severity.INFO, Conditions(paths=("/lib/",)), "mine/lib"),
        a_rule(Severity.WARN, rule_id="mine/first"),
        a_rule(Severity.BLOCK, rule_id="mine/second"),
    ]
    assert judged(a_policy(rules), action=Action.KEEP).rule == "mine/first"


def test_packs_are_asked_in_the_order_in_which_they_are_named(tmp_path: Path) -> None:
    for name in ("one", "two"):
        rule = f"rules: [{{id: {name}/all, severity: info, reason: r}}]"
        (tmp_path / f"{name}.yml").write_text(f"description: d\n{rule}\n")
    one, two = f"{tmp_path}/one.yml", f"{tmp_path}/two.yml"
    assert judged(a_policy(packs=[one, two]), action=Action.KEEP).rule == "one/all"
    assert judged(a_policy(packs=["core", two, one]), action=Action.KEEP).rule == "two/all"


@pytest.mark.parametrize(
    ("conditions", "matches"),
    [
        (Conditions(paths=("*.js", "*.ts")), True),
        (Conditions(paths=("*.js", "!app.js")), False),
        (Conditions(labels=frozenset({"mine", "secret"})), True),
        (Conditions(labels=frozenset({"secret"})), False),
        (Conditions(origins=frozenset({Origin.UNKNOWN, Origin.STALE})), True),
        (Conditions(origins=frozenset({Origin.STALE})), False),
        (Conditions(actions=frozenset({Action.KEEP})), True),
        (Conditions(actions=frozenset({Action.DELETE})), False),
        (Conditions(recoverable=frozenset({Recoverable.NO})), True),
        (Conditions(recoverable=frozenset({Recoverable.YES})), False),
        (Conditions(kinds=frozenset({Kind.FILE})), True),
        (Conditions(kinds=frozenset({Kind.SYMLINK})), False),
        (Conditions(aspects=frozenset({Aspect.CONTENT, Aspect.MODE})), True),
        (Conditions(aspects=frozenset({Aspect.MODE})), False),
        (Conditions(paths=("*.js",), origins=frozenset({Origin.STALE})), False),
    ],
)
def test_a_rule_matches_where_all_that_it_asks_for_holds(conditions: Conditions, matches: bool) -> None:
    policy = a_policy([a_rule(Severity.INFO, conditions)], mine=["*.js"])
    assert (judged(policy, action=Action.KEEP).rule == "mine/rule") is matches


def test_a_folder_is_matched_as_a_folder() -> None:
    policy = a_policy([a_rule(Severity.INFO, Conditions(paths=("empty/",)))])
    assert judged(policy, "empty", action=Action.KEEP, kind=Kind.DIRECTORY).rule == "mine/rule"
    assert judged(policy, "empty", action=Action.KEEP).rule == "core/unknown"


@pytest.mark.parametrize("action", DESTROYING)
@pytest.mark.parametrize(
    ("path", "origin", "recoverable", "guard"),
    [
        ("src/app.js", Origin.UNKNOWN, Recoverable.NO, "core/only-copy"),
        ("src/app.js", Origin.HOTFIX, Recoverable.NO, "core/only-copy"),
        ("src/app.js", Origin.UNKNOWN, Recoverable.UNSAFE, "core/unsafe-copy"),
        (".env", Origin.UNKNOWN, Recoverable.NO, "core/precious"),
        ("uploads/a.png", Origin.UNKNOWN, Recoverable.UNPROVEN, "core/precious"),
        ("app.log", Origin.STALE, Recoverable.UNSAFE, "core/precious"),
    ],
)
def test_a_guard_overrules_a_project_that_looks_away(
    action: Action, path: str, origin: Origin, recoverable: Recoverable, guard: str
) -> None:
    policy = a_policy([a_rule(Severity.IGNORE)])
    finding = judged(policy, path, origin, recoverable, action)
    reason = next(rule.spec.reason for rule in policy.core if rule.spec.id == guard)
    assert (finding.severity, finding.rule, finding.reason) == (Severity.BLOCK, guard, reason)


def test_a_safe_copy_lifts_the_guards() -> None:
    policy = a_policy([a_rule(Severity.INFO)])
    for path in ("src/app.js", ".env"):
        assert judged(policy, path, recoverable=Recoverable.YES).severity is Severity.INFO


def test_without_a_rule_of_the_project_a_precious_path_blocks_even_with_a_copy() -> None:
    assert judged(a_policy(), ".env", Origin.STALE, Recoverable.YES).rule == "core/precious"


def test_the_label_generated_lifts_the_guards() -> None:
    finding = judged(a_policy(generated=["*.pem"]), "cache/a.pem")
    assert finding.labels == ("generated", "secret")
    assert (finding.rule, finding.severity) == ("core/generated", Severity.IGNORE)


def test_where_nothing_is_destroyed_no_guard_speaks() -> None:
    policy = a_policy([a_rule(Severity.INFO)])
    assert judged(policy, action=Action.KEEP).severity is Severity.INFO
    missing = Change(".env", Entry(".env", Kind.FILE, MODE_FILE), None)
    finding = policy.judge(missing, Provenance(Origin.MISSING, Recoverable.NO), Action.OVERWRITE)
    assert finding.severity is Severity.INFO


@pytest.mark.parametrize(
    ("origin", "rule"), [(Origin.UNKNOWN, "core/unknown"), (Origin.HOTFIX, "core/hand-edited")]
)
def test_what_cannot_be_proven_is_a_warning_whatever_a_rule_says(origin: Origin, rule: str) -> None:
    for rules in ([], [a_rule(Severity.IGNORE)], [a_rule(Severity.INFO)]):
        finding = judged(a_policy(rules), origin=origin, recoverable=Recoverable.UNPROVEN)
        assert (finding.severity, finding.rule) == (Severity.WARN, rule)
    strict = judged(a_policy([a_rule(Severity.BLOCK)]), origin=origin, recoverable=Recoverable.UNPROVEN)
    assert (strict.severity, strict.rule) == (Severity.BLOCK, "mine/rule")


def test_a_rule_that_blocks_keeps_its_own_reason() -> None:
    finding = judged(a_policy([a_rule(Severity.BLOCK)]))
    assert (finding.rule, finding.reason) == ("mine/rule", "Mine.")


def test_all_shipped_packs_are_active_unless_packs_are_named() -> None:
    assert load_policy(None, {}, ()).labels.of("node_modules", is_directory=True) == ("generated",)
    assert load_policy([], {}, ()).labels.of("node_modules", is_directory=True) == ()


def test_a_project_takes_back_what_a_pack_says() -> None:
    policy = load_policy(
        ["node"], {"generated": ["!/node_modules/", "/node_modules/*", "!/node_modules/mine/"]}, ()
    )
    assert policy.labels.of("node_modules", is_directory=True) == ()
    assert policy.labels.of("node_modules/theirs/a.js") == ("generated",)
    assert policy.labels.of("node_modules/mine/a.js") == ()


def test_what_a_project_calls_its_own_is_not_expendable_whatever_a_pack_says() -> None:
    policy = load_policy(["node"], {"runtime": [".cache/"], "secret": ["*.tsbuildinfo"]}, ())
    assert policy.labels.of(".cache/x") == ("runtime",)
    assert policy.labels.of("a.tsbuildinfo") == ("secret",)
    assert policy.labels.of("node_modules/x") == ("generated",)


def test_a_label_that_no_pattern_gives_is_an_error_in_a_rule() -> None:
    with pytest.raises(ConfigError) as caught:
        load_policy(
            [], {"exports": ["/x/"]}, [a_rule(Severity.INFO, Conditions(labels=frozenset({"export"})))]
        )
    assert caught.value.message == (
        "driftaudit.yml:9 rule 'mine/rule': no pattern has the label 'export'; did you mean 'exports'?"
    )


@pytest.mark.parametrize("rule_id", ["core/only-copy", "node/mine", "core"])
def test_a_project_cannot_call_its_rule_like_a_packs(rule_id: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_policy([], {}, [a_rule(Severity.INFO, rule_id=rule_id)])
    owner = rule_id.split("/", maxsplit=1)[0]
    assert caught.value.message == f"driftaudit.yml:9 the rule id {rule_id!r} belongs to the pack {owner!r}"


def test_an_unknown_pack_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="there is no pack 'pyhton'; did you mean 'python'"):
        load_policy(["pyhton"], {}, ())
