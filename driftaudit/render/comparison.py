"""A comparison for a terminal, a log or a pipe, the outcome last; and all formats of a comparison by name."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from driftaudit.model.change import Aspect, Change
from driftaudit.model.comparison import Comparison, Outcome, Side, State, state_of
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.problem import Problem
from driftaudit.render import comparison_json
from driftaudit.render.base import RenderOptions
from driftaudit.render.folding import folded
from driftaudit.render.printable import printable
from driftaudit.render.wording import PROBLEM_ADVICE, count_of, size_of

FOLD_OVER = 5  # paths of one folder
MOST_NAMES = 50  # of one section, before folders above are folded too

_TITLES = {
    State.DIFFER: "Differ",
    State.ONLY_LEFT: "Only in left",
    State.ONLY_RIGHT: "Only in right",
    State.UNTOLD: "Could not be told",
}
_STYLES = {
    Outcome.SAME: "bold black on green",
    Outcome.DIFFERENT: "bold white on red",
    Outcome.INCOMPLETE: "bold black on yellow",
}

Line = tuple[tuple[str, str], ...]
"""Pieces of text with their styles."""


def render(comparison: Comparison, options: RenderOptions) -> str:
    """Return the report. Lines are as long as they come: a terminal wraps them by itself."""
    from rich.text import Text

    from driftaudit.render.console import drawing_console

    console = drawing_console(colour=options.colour)
    blocks = [] if options.quiet else list(_blocks(comparison))
    with console.capture() as drawn:
        for line in [line for block in blocks for line in (*block, ())] + [_outcome(comparison)]:
            console.print(Text.assemble(*line), soft_wrap=True)
    return drawn.get()


FORMATS: Mapping[str, Callable[[Comparison, RenderOptions], str]] = {
    "text": render,
    "json": comparison_json.render,
}


def _blocks(comparison: Comparison) -> Iterator[list[Line]]:
    yield [_side("left", comparison.left), _side("right", comparison.right)]
    for state, title in _TITLES.items():
        changes = [change for change in comparison.changes if state_of(change) is state]
        if changes:
            yield [_title(title, count_of(len(changes), "path")), *_rows(changes)]
    seen = [("left", problem) for problem in comparison.left.problems]
    seen += [("right", problem) for problem in comparison.right.problems]
    if seen:
        yield [_title("Not seen", count_of(len(seen), "problem")), *_problems(seen)]
    if comparison.notes:
        yield [(("Notes", "bold"),), *(((f"  {printable(note)}", ""),) for note in comparison.notes)]


def _title(title: str, amount: str) -> Line:
    return (title, "bold"), (f"  {amount}", "")


def _side(name: str, side: Side) -> Line:
    source = side.source
    facts = [
        source.kind if source.kind == "git" or source.url == side.name else f"{source.kind} {source.url}"
    ]
    if source.real_root:
        facts.append(f"which is {source.real_root}")
    if source.commit:
        facts.append(f"commit {source.commit[:12]}")
    facts.append(count_of(side.entries, "entry", "entries"))
    if side.scan.bytes:
        facts.append(size_of(side.scan.bytes))
    if side.problems:
        facts.append("INCOMPLETE")
    return (
        (f"{name:<5}  ", "dim"),
        (printable(side.name), "bold"),
        (f"  {', '.join(map(printable, facts))}", "dim"),
    )


def _rows(changes: Sequence[Change]) -> Iterator[Line]:
    by_path = {change.path: change for change in changes}
    for fold in folded(list(by_path), FOLD_OVER, MOST_NAMES):
        if fold.is_folder:
            folder = f"{printable(fold.path)}/" if fold.path else "./"
            yield (f"  {folder}", ""), (f"  {count_of(len(fold.members), 'path')}", "dim")
            continue
        change = by_path[fold.path]
        entry = change.desired or change.deployed
        slash = "/" if entry and entry.kind is Kind.DIRECTORY and state_of(change) is not State.DIFFER else ""
        detail = _detail(change)
        yield (f"  {printable(change.path)}{slash}", ""), (f"  {detail}" if detail else "", "dim")


def _detail(change: Change) -> str:
    """Return in what two entries differ, the left one first."""
    if change.desired is None or change.deployed is None:
        return ""
    return ", ".join(_said(aspect, change.desired, change.deployed) for aspect in change.aspects)


def _said(aspect: Aspect, left: Entry, right: Entry) -> str:
    match aspect:
        case Aspect.KIND:
            return f"{left.kind.value}, {right.kind.value}"
        case Aspect.MODE:
            return f"mode {left.mode}, {right.mode}"
        case _:
            return aspect.value.replace("-", " ")


def _problems(seen: Sequence[tuple[str, Problem]]) -> Iterator[Line]:
    for side, problem in seen[:MOST_NAMES]:
        path = printable(problem.path) or "(the whole tree)"
        yield (f"  {side:<5}  {problem.kind.value}  {path}", ""), (f"  {printable(problem.detail)}", "dim")
    if len(seen) > MOST_NAMES:
        yield (
            (
                f"  and {count_of(len(seen) - MOST_NAMES, 'more', 'more')}; --format json names them all",
                "dim",
            ),
        )
    for kind in dict.fromkeys(problem.kind for _side, problem in seen):
        yield ((f"  {kind.value}: {PROBLEM_ADVICE[kind]}", "dim"),)


def _outcome(comparison: Comparison) -> Line:
    outcome = comparison.outcome
    return (outcome.value.upper(), _STYLES[outcome]), ("  ", ""), (_reason(comparison), "bold")


def _reason(comparison: Comparison) -> str:
    states = [state_of(change) for change in comparison.changes]
    numbers = {state: states.count(state) for state in State}
    if comparison.outcome is Outcome.SAME:
        return (
            f"{count_of(comparison.left.entries, 'entry', 'entries')} on the left, and the same on the right."
        )
    said = []
    if numbers[State.DIFFER]:
        said.append(count_of(numbers[State.DIFFER], "path differs", "paths differ"))
    for state, where in ((State.ONLY_LEFT, "left"), (State.ONLY_RIGHT, "right")):
        if numbers[state]:
            said.append(f"{numbers[state]:,} only in {where}")
    if numbers[State.UNTOLD]:
        said.append(f"{numbers[State.UNTOLD]:,} could not be told")
    problems = len(comparison.left.problems) + len(comparison.right.problems)
    if problems:
        said.append(count_of(problems, "problem"))
    sentence = ", ".join(said) + "."
    return (
        sentence
        if comparison.outcome is Outcome.DIFFERENT
        else f"Nothing that could be seen differs: {sentence}"
    )
