"""What a plan promises, held against trees to which it was done, or something else."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from driftaudit.compare.trees import compare
from driftaudit.deploy.base import Intent
from driftaudit.deploy.registry import plan_deploy
from driftaudit.model.aftermath import State
from driftaudit.model.entry import MODE_DIRECTORY, MODE_EXECUTABLE, MODE_FILE, Entry, Kind
from driftaudit.model.finding import Action, Finding, Origin, Provenance, Recoverable, Severity
from driftaudit.model.plan import Plan
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.outcome import Found, Promise, aftermath, promised

Tree = dict[str, tuple[str, str]]  # mode and digest by path

PATHS = st.sampled_from(["a", "b", "src/a", "src/b", "src/lib/a", "lib/a", "lib/b", "logs/a"])
CONTENTS = st.tuples(st.sampled_from([MODE_FILE, MODE_EXECUTABLE]), st.sampled_from(["1" * 40, "2" * 40]))
TREES = st.dictionaries(PATHS, CONTENTS)
INTENTS = st.sampled_from(
    [
        Intent("replace", ("src",)),
        Intent("replace", ("src", "lib")),
        Intent("replace"),
        Intent("overlay"),
        Intent("overlay", ("src",)),
        Intent("mirror", exclude=("/lib/",)),
        Intent("mirror", ("src",)),
        Intent("release"),
    ]
)


def entries(tree: Tree) -> tuple[Entry, ...]:
    folders = {
        path.rpartition("/")[0][:end] for path in tree for end in (None, path.find("/")) if "/" in path
    }
    found = [Entry(path, Kind.FILE, mode, 1, digest) for path, (mode, digest) in tree.items()]
    found += [Entry(folder, Kind.DIRECTORY, MODE_DIRECTORY) for folder in folders]
    return tuple(sorted(found, key=lambda entry: entry.path))


def findings(desired: Tree, live: Tree, plan: Plan | None = None) -> list[Finding]:
    """Return the findings of an audit, judged by nobody; logs have a label."""
    provenance = Provenance(Origin.STALE, Recoverable.YES)
    return [
        Finding(
            change,
            provenance,
            plan.action(change.path) if plan else Action.KEEP,
            ("runtime",) if change.path.startswith("logs/") else (),
            Severity.INFO,
            "core/drift",
            "",
        )
        for change in compare(entries(desired), entries(live))
    ]


def planned(desired: Tree, before: Tree, intent: Intent) -> tuple[Plan, Promise]:
    plan = plan_deploy(intent, compare(entries(desired), entries(before)))
    return plan, promised(findings(desired, before, plan), (), worst_case=False)


def done(plan: Plan, desired: Tree, before: Tree) -> Tree:
    after = dict(before)
    for path, action in plan.actions.items():
        if action in (Action.CREATE, Action.OVERWRITE) and path in desired:
            after[path] = desired[path]
        else:
            after.pop(path, None)
    return after


def found(desired: Tree, live: Tree, problems: tuple[Problem, ...] = ()) -> Found:
    by_path = {entry.path: entry for entry in entries(live)}
    return Found(findings(desired, live), problems, by_path.get, lambda path: path.startswith("logs"))


@given(TREES, TREES, INTENTS)
def test_what_was_done_as_planned_is_as_planned(desired: Tree, before: Tree, intent: Intent) -> None:
    plan, promise = planned(desired, before, intent)
    result = aftermath(promise, found(desired, done(plan, desired, before)))
    assert (result.state, result.deviations) == (State.AS_PLANNED, ())


@given(TREES, TREES, INTENTS)
def test_what_was_not_done_at_all_is_as_before(desired: Tree, before: Tree, intent: Intent) -> None:
    plan, promise = planned(desired, before, intent)
    acts = any(not path.startswith("logs/") for path in plan.actions)
    result = aftermath(promise, found(desired, before))
    assert result.state is (State.AS_BEFORE if acts else State.AS_PLANNED)
    assert aftermath(promise.unfulfilled(), found(desired, before)).state is State.AS_PLANNED


@given(TREES, TREES, INTENTS, PATHS, st.none() | CONTENTS)
def test_whatever_else_is_done_to_a_path_is_named(
    desired: Tree, before: Tree, intent: Intent, path: str, content: tuple[str, str] | None
) -> None:
    plan, promise = planned(desired, before, intent)
    right = done(plan, desired, before)
    after = {**right, path: content} if content else {name: right[name] for name in right if name != path}
    result = aftermath(promise, found(desired, after))
    named = [each.path for each in result.deviations]
    is_other = right.get(path) != content and not path.startswith("logs/")
    assert named == ([path] if is_other else [])
    assert (result.state is State.AS_PLANNED) == (not is_other)


@given(TREES, TREES, INTENTS, PATHS)
def test_what_cannot_be_seen_is_never_as_planned(
    desired: Tree, before: Tree, intent: Intent, path: str
) -> None:
    """A file, or a folder with all that is in it, is not to be seen any more."""
    plan, promise = planned(desired, before, intent)
    hidden = path.partition("/")[0]
    after = {
        name: content
        for name, content in done(plan, desired, before).items()
        if name != hidden and not name.startswith(hidden + "/")
    }
    problem = Problem(hidden, ProblemKind.UNREADABLE, "Permission denied")
    seen = found(desired, after, (problem,))
    changes = compare(entries(desired), entries(after), (problem,))
    seen = replace(seen, findings=[each for each in seen.findings if each.change in changes])
    result = aftermath(promise, seen)
    assert result.deviations == ()
    assert (result.state is State.UNTOLD) == (hidden != "logs")


@given(TREES, TREES, INTENTS, st.sampled_from([("src",), ("lib",), ("a", "src/lib")]))
def test_outside_of_the_scope_nothing_counts(
    desired: Tree, before: Tree, intent: Intent, scope: tuple[str, ...]
) -> None:
    plan, _all = planned(desired, before, intent)
    promise = promised(findings(desired, before, plan), (), scope=scope)
    result = aftermath(promise, found(desired, {}))
    for deviation in result.deviations:
        assert any(deviation.path == top or deviation.path.startswith(top + "/") for top in scope)
