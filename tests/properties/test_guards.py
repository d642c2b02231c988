"""No rule and no label but `generated` lets a deploy destroy an only copy."""

from hypothesis import given
from hypothesis import strategies as st

from driftaudit.config.rules import Conditions, RuleSpec
from driftaudit.gate import decide
from driftaudit.model.audit import Verdict
from driftaudit.model.change import Aspect, Change
from driftaudit.model.entry import MODE_FILE, Entry, Kind
from driftaudit.model.finding import Action, Origin, Provenance, Recoverable, Severity
from driftaudit.model.plan import Plan
from driftaudit.policy.policy import load_policy

PATHS = st.sampled_from(
    [
        "src/app.js",
        "index.js",
        ".env",
        "logs/a.txt",
        "uploads/a/b.png",
        "caf\udce9.js",
        "a\nb.js",
        "dist/x.pem",
    ]
)
PATTERNS = st.sampled_from(
    ["*", "**", "/src/", "*.js", "!*.js", ".env", "!.env", "logs/", "uploads/*", "!*", "dist"]
)
LABELS = ["runtime", "secret", "mine", "yours"]


CONDITIONS = st.builds(
    Conditions,
    paths=st.lists(PATTERNS, max_size=3).map(tuple),
    labels=st.frozensets(st.sampled_from(LABELS), max_size=2),
    origins=st.frozensets(st.sampled_from(Origin)),
    actions=st.frozensets(st.sampled_from(Action)),
    recoverable=st.frozensets(st.sampled_from(Recoverable)),
    kinds=st.frozensets(st.sampled_from(Kind)),
    aspects=st.frozensets(st.sampled_from(Aspect)),
)
RULES = st.lists(
    st.builds(
        RuleSpec,
        st.just("mine/rule"),
        CONDITIONS,
        st.sampled_from(Severity),
        st.just("Mine."),
        st.just("f:1"),
    ),
    max_size=4,
)
PROJECT_LABELS = st.fixed_dictionaries({label: st.lists(PATTERNS, max_size=3) for label in LABELS})
DESTROYING = st.sampled_from([Action.DELETE, Action.OVERWRITE, Action.ABANDON])
KINDS = st.sampled_from([Kind.FILE, Kind.SYMLINK])
NEVER_COMMITTED = st.sampled_from([Origin.UNKNOWN, Origin.HOTFIX])
UNSURE = st.sampled_from([Recoverable.NO, Recoverable.UNSAFE, Recoverable.UNPROVEN])
NO_SAFE_COPY = st.sampled_from([Recoverable.NO, Recoverable.UNSAFE])


def a_change(path: str, kind: Kind) -> Change:
    return Change(path, Entry(path, kind, MODE_FILE), Entry(path, kind, MODE_FILE), (Aspect.CONTENT,))


@given(PATHS, KINDS, NEVER_COMMITTED, NO_SAFE_COPY, DESTROYING, RULES, PROJECT_LABELS)
def test_destroying_an_only_copy_blocks_whatever_the_project_says(
    path: str,
    kind: Kind,
    origin: Origin,
    recoverable: Recoverable,
    action: Action,
    rules: list[RuleSpec],
    labels: dict[str, list[str]],
) -> None:
    policy = load_policy([], labels, rules)
    finding = policy.judge(a_change(path, kind), Provenance(origin, recoverable), action)
    assert finding.severity is Severity.BLOCK


@given(
    st.sampled_from([".env", "logs/a.txt", "dist/x.pem", "app.sqlite3"]),
    st.sampled_from(Origin),
    st.sampled_from([Recoverable.NO, Recoverable.UNSAFE, Recoverable.UNPROVEN]),
    DESTROYING,
    RULES,
)
def test_destroying_what_is_precious_blocks_unless_it_is_proven_recoverable(
    path: str, origin: Origin, recoverable: Recoverable, action: Action, rules: list[RuleSpec]
) -> None:
    policy = load_policy([], {"mine": ["*"], "yours": ["*.x"]}, rules)
    finding = policy.judge(a_change(path, Kind.FILE), Provenance(origin, recoverable), action)
    assert finding.severity is Severity.BLOCK


@given(PATHS, KINDS, NEVER_COMMITTED, DESTROYING, RULES, PROJECT_LABELS)
def test_destroying_what_is_not_proven_is_never_less_than_a_warning(
    path: str, kind: Kind, origin: Origin, action: Action, rules: list[RuleSpec], labels: dict[str, list[str]]
) -> None:
    policy = load_policy([], labels, rules)
    finding = policy.judge(a_change(path, kind), Provenance(origin, Recoverable.UNPROVEN), action)
    assert finding.severity in (Severity.WARN, Severity.BLOCK)


@given(PATHS, KINDS, st.sampled_from(Origin), UNSURE, DESTROYING, RULES, PROJECT_LABELS)
def test_nothing_passes_that_destroys_what_may_exist_nowhere_else(
    path: str,
    kind: Kind,
    origin: Origin,
    recoverable: Recoverable,
    action: Action,
    rules: list[RuleSpec],
    labels: dict[str, list[str]],
) -> None:
    policy = load_policy([], labels, rules)
    finding = policy.judge(a_change(path, kind), Provenance(origin, recoverable), action)
    plan = Plan("replace", (), {path: action}, lambda _path: True)
    assert decide([finding], [], plan, lambda _path: False).verdict is not Verdict.PASS


@given(
    PATHS,
    st.sampled_from(Origin),
    st.sampled_from(Recoverable),
    st.sampled_from([Action.KEEP, Action.CREATE]),
    st.sampled_from(Severity),
)
def test_where_nothing_is_destroyed_the_projects_rule_is_honoured(
    path: str, origin: Origin, recoverable: Recoverable, action: Action, severity: Severity
) -> None:
    policy = load_policy([], {}, [RuleSpec("mine/rule", Conditions(), severity, "Mine.", "f:1")])
    finding = policy.judge(a_change(path, Kind.FILE), Provenance(origin, recoverable), action)
    assert (finding.severity, finding.rule) == (severity, "mine/rule")
