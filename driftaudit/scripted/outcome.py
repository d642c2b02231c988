"""What a script does, as a plan and as findings. Pure."""

from collections.abc import Collection, Iterable, Iterator

from driftaudit.deploy.base import Trees
from driftaudit.deploy.script.differences import Differences
from driftaudit.deploy.script.plan import left_behind, script_plan
from driftaudit.deploy.script.session import LineProblem, Setting, Trouble
from driftaudit.deploy.script.simulation import Outcome
from driftaudit.differences.masking import masked
from driftaudit.model.change import Change
from driftaudit.model.entry import MODE_DIRECTORY, Entry, Kind
from driftaudit.model.finding import Action, Finding, Origin, Provenance, Recoverable, Severity
from driftaudit.model.plan import Plan
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.script import DeployScript, ScriptLine
from driftaudit.scripted.planned import ScriptPlan

_SCRIPT = "deploy.sh"  # what the masking of secrets takes a line for
_BLOCKING = {
    Trouble.UNKNOWN_PATH: "It removes what a variable names that is unknown, or perhaps empty.",
    Trouble.OUTSIDE_ROOT: "It removes what lies outside of the target's root.",
    Trouble.REMOVES_ROOT: "It removes the target's root itself.",
}


def judged(
    script: DeployScript, outcome: Outcome, setting: Setting, trees: Trees, changes: Iterable[Change]
) -> ScriptPlan:
    """Return what an outcome means for the root of the target."""
    planned = script_plan(outcome, setting)
    folders = {path.rpartition("/")[0] for path in planned.actions}  # come and go with what they hold
    behind = _left_in_root(outcome, setting, trees)
    actions = {
        path: Action.DELETE if action is Action.ABANDON and path not in behind else action
        for path, action in planned.actions.items()
        if path and (path not in folders or _is_file(path, trees))
    }
    known = {change.path for change in changes}
    others = tuple(_untold(sorted(actions.keys() - known), trees))
    told = known | {change.path for change in others}
    kept = {path: each for path, each in actions.items() if path in told or each is Action.CREATE}
    return ScriptPlan(
        Plan("script", (script.name,), kept, planned.touches),
        others,
        tuple(_findings(script, outcome.problems)),
        tuple(dict.fromkeys(_problems(script, outcome.problems))),
        tuple(dict.fromkeys(_notes(script, outcome.problems))),
        tuple(_lines(script, outcome, setting)),
        frozenset(_elsewhere(outcome)),
    )


def _is_file(path: str, trees: Trees) -> bool:
    """Whether a file is live where the deploy makes a folder: it does not come and go with its content."""
    live = trees.live(path)
    return live is not None and live.has_content


def _elsewhere(outcome: Outcome) -> Iterator[str]:
    for effect in outcome.effects.values():
        for path in effect.deleted | effect.overwritten | effect.unseen:
            yield f"/{path}"


def _below(effect: Differences, root: str) -> Differences:
    start = f"{root}/" if root else ""
    found = Differences()
    for name in ("deleted", "overwritten", "created", "unseen"):
        paths = getattr(effect, name)
        getattr(found, name).update(path[len(start) :] for path in paths if path.startswith(start))
        if root and root in paths:
            getattr(found, name).add("")
    return found


def _left_in_root(outcome: Outcome, setting: Setting, trees: Trees) -> set[str]:
    """Return the paths whose content is put aside: below the root, at a path that is not desired."""
    root = f"/{'/'.join(setting.root)}/"
    return {
        path
        for path, place in left_behind(outcome, setting).items()
        if place.startswith(root) and not trees.desired.has(place.removeprefix(root))
    }


def leaves(paths: Collection[str]) -> set[str]:
    """Return the paths less the folders that others of them lie in: those come and go with what they hold."""
    above = {path.rpartition("/")[0] for path in paths}
    return {path for path in paths if path not in above}


def _untold(paths: Iterable[str], trees: Trees) -> Iterator[Change]:
    """Yield the paths of files that are live as they are desired, and that the script destroys."""
    for path in paths:
        live = trees.live(path)
        if live is not None and live.has_content:
            yield Change(path, trees.desired.get(path), live)


def _findings(script: DeployScript, problems: Iterable[LineProblem]) -> Iterator[Finding]:
    """Yield a finding on the root itself for each line that may remove what nobody can name."""
    root = Entry("", Kind.DIRECTORY, MODE_DIRECTORY)
    for problem in problems:
        if problem.trouble in _BLOCKING:
            reason = f"{_BLOCKING[problem.trouble]} {script.place(problem.line)}: {_detail(script, problem)}"
            yield Finding(
                Change("", None, root),
                Provenance(Origin.UNKNOWN, Recoverable.NO),
                Action.DELETE,
                (),
                Severity.BLOCK,
                problem.trouble.value,
                reason,
            )


def _problems(script: DeployScript, problems: Iterable[LineProblem]) -> Iterator[Problem]:
    for problem in problems:
        if problem.may_touch and problem.trouble not in _BLOCKING:
            yield Problem("", ProblemKind.SCRIPT, _sentence(script, problem))
    for part in script.unreadable:
        if part.may_touch:
            yield Problem("", ProblemKind.SCRIPT, f"{part.place} {part.detail}")


def _notes(script: DeployScript, problems: Iterable[LineProblem]) -> Iterator[str]:
    for problem in problems:
        if not problem.may_touch and problem.trouble not in _BLOCKING:
            yield _sentence(script, problem)
    yield from (f"{part.place} {part.detail}" for part in script.unreadable if not part.may_touch)


def _sentence(script: DeployScript, problem: LineProblem) -> str:
    kind = problem.trouble.value.removeprefix("script/").replace("-", " ")
    return f"{script.place(problem.line)} {kind}: {_detail(script, problem)}"


def _detail(script: DeployScript, problem: LineProblem) -> str:
    """Return what there is to say, in which words of the script may stand: none that is a secret."""
    return script.shown(" ".join(masked(problem.detail.splitlines(), _SCRIPT)))


def _lines(script: DeployScript, outcome: Outcome, setting: Setting) -> Iterator[ScriptLine]:
    root, texts = "/".join(setting.root), masked(script.text.splitlines(), _SCRIPT)
    for each in outcome.lines:
        effect = _below(each.effect, root)
        if each.host == setting.there.name and effect:
            text = texts[each.line - 1].strip() if 0 < each.line <= len(texts) else ""
            counts = (len(leaves(effect.deleted)), len(effect.overwritten), len(leaves(effect.created)))
            yield ScriptLine(script.place(each.line), script.shown(text), *counts)
