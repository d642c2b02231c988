"""What is said of two trees where one of them could not be seen whole: the same from either side."""

from dataclasses import dataclass

import pytest

from driftaudit.comparison import ComparisonRequest, run_comparison
from driftaudit.model.comparison import Comparison, Outcome, State, state_of
from driftaudit.model.entry import MODE_DIRECTORY, MODE_FILE, MODE_SUBMODULE, Entry, Kind
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.snapshot import Snapshot, SourceFacts
from driftaudit.sources.base import Advance, Fetched, FetchRequest, Progress, ScanRequest, Source, no_progress

MIRRORED = {State.ONLY_LEFT: State.ONLY_RIGHT, State.ONLY_RIGHT: State.ONLY_LEFT}


@dataclass(frozen=True)
class Tree:
    """A source that was read already."""

    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    kind: str = "directory"

    def snapshot(self, request: ScanRequest, progress: Progress = no_progress) -> Snapshot:
        progress(Advance(len(self.entries), 10))
        return Snapshot(SourceFacts(self.kind, "/tree"), self.entries, self.problems, notes=("read",))

    def fetch(self, request: FetchRequest, progress: Progress = no_progress) -> Fetched:
        raise NotImplementedError


def file(path: str, digest: str | None = "a" * 40, mode: str = MODE_FILE) -> Entry:
    return Entry(path, Kind.FILE, mode, 1, digest)


def folder(path: str, mode: str = MODE_DIRECTORY) -> Entry:
    return Entry(path, Kind.DIRECTORY, mode)


def unreadable(path: str) -> Problem:
    return Problem(path, ProblemKind.UNREADABLE, "Permission denied")


def compared(left: Source, right: Source) -> Comparison:
    return run_comparison(ComparisonRequest(("A", "B"), left, right))


def states(comparison: Comparison) -> dict[str, State]:
    return {change.path: state_of(change) for change in comparison.changes}


@pytest.mark.parametrize(
    ("left", "right", "outcome", "told"),
    [
        (Tree(), Tree(), Outcome.SAME, {}),
        (Tree((file("a"),)), Tree((file("a"),)), Outcome.SAME, {}),
        (Tree((file("a"),)), Tree((file("a", "b" * 40),)), Outcome.DIFFERENT, {"a": State.DIFFER}),
        (Tree((file("a"),)), Tree(), Outcome.DIFFERENT, {"a": State.ONLY_LEFT}),
        (Tree((folder("a"),)), Tree(), Outcome.DIFFERENT, {"a": State.ONLY_LEFT}),
        # not read on one side, and on both
        (Tree((file("a"),)), Tree((file("a", None),)), Outcome.INCOMPLETE, {"a": State.UNTOLD}),
        (Tree((file("a", None),)), Tree((file("a", None),)), Outcome.INCOMPLETE, {"a": State.UNTOLD}),
        # not read, but different in any case
        (Tree((file("a"),)), Tree((file("a", None, "100755"),)), Outcome.DIFFERENT, {"a": State.DIFFER}),
        # a folder that could not be listed
        (
            Tree((folder("s"), file("s/a"))),
            Tree((folder("s"),), (unreadable("s"),)),
            Outcome.INCOMPLETE,
            {"s/a": State.UNTOLD},
        ),
        # a problem and no difference
        (Tree(), Tree(problems=(unreadable("s"),)), Outcome.INCOMPLETE, {}),
        # whatever `.git` is, and whatever could not be read of it
        (
            Tree((folder(".git"), file("a"), file("lib/.git"))),
            Tree((file("a"),), (Problem(".git", ProblemKind.GIT_DIRECTORY, "reftable"),)),
            Outcome.SAME,
            {},
        ),
        # git knows no empty folders, and a submodule that was not checked out is one
        (Tree((folder("empty"), file("x"))), Tree((file("x"),), kind="git"), Outcome.SAME, {}),
        (
            Tree((file("x"),)),
            Tree(
                (folder("sub", MODE_SUBMODULE), file("x")),
                (Problem("sub", ProblemKind.SUBMODULE, "elsewhere"),),
                "git",
            ),
            Outcome.INCOMPLETE,
            {},
        ),
    ],
)
def test_the_outcome_does_not_depend_on_the_side(
    left: Tree, right: Tree, outcome: Outcome, told: dict[str, State]
) -> None:
    comparison = compared(left, right)
    assert (comparison.outcome, states(comparison)) == (outcome, told)
    mirrored = compared(right, left)
    assert mirrored.outcome is outcome
    assert states(mirrored) == {path: MIRRORED.get(state, state) for path, state in told.items()}


def test_the_notes_of_both_sides_are_kept_but_not_those_on_the_working_tree() -> None:
    assert compared(Tree(), Tree()).notes == ("left: read", "right: read")
    assert compared(Tree(kind="git"), Tree()).notes == ("right: read",)


def test_progress_is_the_sum_of_both_sides() -> None:
    told: list[Advance] = []
    request = ComparisonRequest(("A", "B"), Tree((file("a"),)), Tree((file("a"), file("b"))))
    run_comparison(request, told.append)
    assert told[-1] == Advance(3, 20)
