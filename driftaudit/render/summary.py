"""What a person is told about an audit, in the words and the order that all formats for people share.

Every text in here has been through `printable`: a format need only mind its own syntax.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import groupby

from driftaudit.model.audit import Audit, TreeFacts
from driftaudit.model.finding import Action, Finding, Severity
from driftaudit.model.plan import Plan
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.script import ScriptLine
from driftaudit.model.waiver import WAIVER
from driftaudit.render.folding import folded
from driftaudit.render.imports import ImportGroup, import_groups
from driftaudit.render.next_steps import Hint, deploy_lines, hints
from driftaudit.render.printable import printable
from driftaudit.render.rows import FOLD_OVER, MOST_NAMES, Section, sections_of
from driftaudit.render.running import HealthRow, ProbeRow, health_rows, probe_rows, probe_total
from driftaudit.render.standing import StandingWords, standing_words
from driftaudit.render.story import live_commit, moved_folders
from driftaudit.render.waivers import WaiverGroup, waiver_groups, waiver_total
from driftaudit.render.wording import PROBLEM_ADVICE, WHOLE_TREE, count_of, size_of

_COMMIT_DIGITS = 12
_LONGEST_LINE = 160  # characters of a script's line that are shown


@dataclass(frozen=True, slots=True)
class Tree:
    """One side in words; a text is empty where there is nothing to say."""

    source: str
    place: str
    real_root: str
    commit: str
    method: str
    entries: str
    size: str
    complete: bool
    digest: str

    @property
    def title(self) -> str:
        """What it is, such as `git HEAD` or `ssh://host/root`."""
        return self.place if self.place.startswith(f"{self.source}:") else f"{self.source} {self.place}"


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A path that could not be seen, and what the system said; `amount` as in a row of findings."""

    path: str
    amount: str
    detail: str


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """Problems of one kind, and what to do about them (text and code by turns)."""

    kind: str
    advice: tuple[str, ...]
    rows: tuple[ProblemRow, ...]


@dataclass(frozen=True, slots=True)
class ScriptRow:
    """A line of the deploy script, and what it does to the root."""

    place: str
    text: str
    does: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The whole report in words.

    `actions` counts each action, `counts` all that a rule has judged, `ignored` the expected paths not shown,
    `waiver_total` what is waived and by whom. `standing` is None where the run is not stored.
    """

    target: str
    when: str
    verdict: str
    reason: str
    desired: Tree
    deployed: Tree
    live_commit: tuple[str, ...]
    moved_folders: tuple[str, ...]
    deploy: str
    script: tuple[ScriptRow, ...]
    actions: tuple[tuple[str, int], ...]
    counts: tuple[tuple[Severity, int], ...]
    sections: tuple[Section, ...]
    nothing: str
    hints: tuple[Hint, ...]
    deploy_lines: tuple[str, ...]
    problems: tuple[ProblemGroup, ...]
    problem_count: str
    waivers: tuple[WaiverGroup, ...]
    waiver_total: str
    notes: tuple[str, ...]
    ignored: str
    probes: tuple[ProbeRow, ...]
    probe_total: str
    health: tuple[HealthRow, ...]
    imports: tuple[ImportGroup, ...]
    standing: StandingWords | None


def summarise(audit: Audit) -> Summary:
    """Return the audit in words."""
    counts = tuple((severity, _count(severity, audit)) for severity in Severity)
    sections = sections_of(audit)
    return Summary(
        target=printable(audit.target),
        when=f"{audit.started_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC, {audit.duration_seconds:.1f} s",
        verdict=audit.decision.verdict.value.upper(),
        reason=printable(audit.decision.reason),
        desired=_tree(audit.desired),
        deployed=_tree(audit.deployed),
        live_commit=live_commit(audit),
        moved_folders=moved_folders(audit),
        deploy=_deploy(audit.plan, audit.worst_case),
        script=tuple(map(_script_row, audit.script)),
        actions=_actions(audit.plan),
        counts=counts,
        sections=sections,
        nothing="" if sections or audit.moved_folders else _nothing(audit),
        hints=hints(audit),
        deploy_lines=deploy_lines(audit),
        problems=_problems(audit.problems),
        problem_count=count_of(len(audit.problems), "problem"),
        waivers=waiver_groups(audit.waivers),
        waiver_total=waiver_total(audit),
        notes=tuple(map(printable, audit.notes)),
        ignored=_ignored(sum(_is_ignored(finding) for finding in audit.findings)),
        probes=probe_rows(audit.probes),
        probe_total=probe_total(audit.probes),
        health=health_rows(audit.health),
        imports=import_groups(audit.structure),
        standing=standing_words(audit),
    )


def _count(severity: Severity, audit: Audit) -> int:
    """Return how many findings of all kinds have a severity; what is waived is counted by itself."""
    judged = [finding.severity for finding in audit.findings if finding.rule != WAIVER]
    judged += [finding.severity for finding in audit.health]
    judged += [finding.severity for finding in audit.structure]
    return judged.count(severity)


def _is_ignored(finding: Finding) -> bool:
    return finding.severity is Severity.IGNORE and finding.rule != WAIVER


def _tree(tree: TreeFacts) -> Tree:
    source = tree.source
    return Tree(
        source=printable(source.kind),
        place=printable(source.revision if source.kind == "git" and source.revision else source.url),
        real_root=printable(source.real_root or ""),
        commit=printable(source.commit or "")[:_COMMIT_DIGITS],
        method=printable(source.method),
        entries=count_of(tree.entries, "entry", "entries"),
        size=size_of(tree.scan.bytes) if tree.scan.bytes else "",
        complete=tree.complete,
        digest=printable(tree.tree_digest),
    )


def _deploy(plan: Plan, worst_case: bool) -> str:
    if worst_case:
        return "not described, so the worst is assumed: all that is not desired is deleted"
    paths = printable(" ".join(plan.paths))
    if plan.method == "release" and paths:
        return f"release, shared: {paths}"
    return f"{printable(plan.method)} {paths}".rstrip()


def _script_row(line: ScriptLine) -> ScriptRow:
    counts = (("deletes", line.deletes), ("overwrites", line.overwrites), ("creates", line.creates))
    does = ", ".join(f"{verb} {number:,}" for verb, number in counts if number)
    text = line.text if len(line.text) <= _LONGEST_LINE else f"{line.text[: _LONGEST_LINE - 1]}…"
    return ScriptRow(printable(line.place), printable(text), does or "may change what nobody has seen")


def _actions(plan: Plan) -> tuple[tuple[str, int], ...]:
    done = list(plan.actions.values())
    return tuple((f"{action.value}s", done.count(action)) for action in Action if action is not Action.KEEP)


def _nothing(audit: Audit) -> str:
    if audit.problems:
        return "Nothing that could be seen differs."
    if any(finding.rule == WAIVER for finding in audit.findings):
        return "Nothing differs but what is waived, or expected to."
    if audit.findings:
        return "Nothing differs but what is expected to."
    return "Nothing differs."


def _ignored(number: int) -> str:
    if not number:
        return ""
    return f"{count_of(number, 'expected path')} {'is' if number == 1 else 'are'} not shown."


def _problems(problems: Sequence[Problem]) -> tuple[ProblemGroup, ...]:
    ordered = sorted(problems, key=_kind)
    return tuple(
        ProblemGroup(kind.value, tuple(PROBLEM_ADVICE[kind].split("`")), tuple(_problem_rows(list(same))))
        for kind, same in groupby(ordered, key=_kind)
    )


def _kind(problem: Problem) -> ProblemKind:
    return problem.kind


def _problem_rows(problems: Sequence[Problem]) -> list[ProblemRow]:
    if len(problems) <= MOST_NAMES:
        return [
            ProblemRow(printable(problem.path) or WHOLE_TREE, "", printable(problem.detail))
            for problem in sorted(problems, key=lambda problem: (problem.path, problem.detail))
        ]
    details = {problem.path: problem.detail for problem in problems}
    return [
        ProblemRow(printable(fold.path) + "/", count_of(len(fold.members), "path"), "")
        if fold.is_folder
        else ProblemRow(printable(fold.path) or WHOLE_TREE, "", printable(details[fold.path]))
        for fold in folded(sorted(details), FOLD_OVER, MOST_NAMES)
    ]
