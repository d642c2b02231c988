"""Which paths of an audit a diff is about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from driftaudit.audit import Examination
from driftaudit.deploy.base import Trees
from driftaudit.errors import UsageError
from driftaudit.model.entry import Kind
from driftaudit.model.finding import Finding
from driftaudit.model.mapping import is_within
from driftaudit.model.problem import Problem, ProblemKind

_OWN_BUSINESS = ("runtime", "generated")  # labels of paths that only live: shown where they are named
_OF_THE_CLONE = (ProblemKind.SHALLOW_CLONE, ProblemKind.PARTIAL_CLONE)  # they hide history, no content
_NEAR = 3  # names that are suggested
_MOST_NAMES = 20_000  # that are looked through: some 0.3 s


@dataclass(frozen=True, slots=True)
class Chosen:
    """The findings that a diff shows, the paths asked for that are the same, and what there is to say."""

    findings: tuple[Finding, ...]
    same: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def chosen(examination: Examination, paths: Sequence[str]) -> Chosen:
    """Return what the paths, files or folders under the root, are about; without any it is all that differs.

    Raises UsageError where neither tree has such a path.
    """
    audit, trees = examination.audit, examination.trees
    findings = [finding for finding in audit.findings if _has_content(finding)]
    problems = [problem for problem in audit.problems if problem.kind not in _OF_THE_CLONE]
    if not paths:
        shown = [finding for finding in findings if not _is_left_out(finding)]
        return Chosen(tuple(shown), (), tuple(problems), _left_out(len(findings) - len(shown)))
    found = [finding for finding in findings if _is_among(finding.path, paths)]
    about = [problem for problem in problems if _concerns(problem.path, paths)]
    untold = {path for path in paths if any(_concerns(problem.path, [path]) for problem in about)}
    rest = [path for path in paths if path not in untold and not _has_any(path, found)]
    for path in rest:
        _require_known(path, trees, audit.findings)
    same = [path for path in rest if not _has_any(path, audit.findings)]
    notes = [f"{path}: only folders differ" for path in rest if path not in same]
    return Chosen(tuple(found), tuple(same), tuple(about), tuple(notes))


def _has_any(path: str, findings: Iterable[Finding]) -> bool:
    return any(is_within(finding.path, path) for finding in findings)


def _has_content(finding: Finding) -> bool:
    """Whether a file or link is on one of the sides; what differs in a folder is what lies in it."""
    sides = (finding.change.desired, finding.change.deployed)
    return any(side and side.kind is not Kind.DIRECTORY for side in sides)


def _is_left_out(finding: Finding) -> bool:
    return finding.change.desired is None and any(label in finding.labels for label in _OWN_BUSINESS)


def _left_out(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    what = (
        "1 path that is runtime or generated is"
        if count == 1
        else f"{count} paths that are runtime or generated are"
    )
    return (f"{what} not shown: name one to see it.",)


def _is_among(path: str, paths: Iterable[str]) -> bool:
    return any(is_within(path, each) for each in paths)


def _concerns(problem: str, paths: Iterable[str]) -> bool:
    return any(is_within(problem, path) or is_within(path, problem) for path in paths)


def _require_known(path: str, trees: Trees, findings: Sequence[Finding]) -> None:
    """Raise UsageError where nobody can say that the path is the same on both sides."""
    above = [finding for finding in findings if finding.change.deployed and is_within(path, finding.path)]
    folder = next(
        (finding.path for finding in above if finding.change.deployed and finding.change.deployed.pruned),
        None,
    )
    if folder is not None:
        raise UsageError(
            f"{folder} can be rebuilt, so it is not looked into", "Label it otherwise to see it."
        )
    if trees.desired.has(path) or trees.deployed.has(path):
        return
    near = _near(path, trees)
    advice = f"Did you mean {' or '.join(near)}?" if near else "Name it as it lies under the target's root."
    raise UsageError(f"neither tree has {path}", advice)


def _near(path: str, trees: Trees) -> list[str]:
    """Return names that may be meant: those that end alike, else those in the same folder, else any."""
    known = {*trees.desired.all_paths(), *trees.deployed.all_paths()}
    name = path.rpartition("/")[2]
    same_name = sorted(each for each in known if each.rpartition("/")[2] == name)
    if same_name:
        return same_name[:_NEAR]
    above = path.rpartition("/")[0]
    beside = {each.rpartition("/")[2]: each for each in sorted(known) if each.rpartition("/")[0] == above}
    near = [beside[each] for each in get_close_matches(name, beside, _NEAR)]
    return near or get_close_matches(path, sorted(known)[:_MOST_NAMES], _NEAR)
