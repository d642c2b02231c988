"""Goals against what was measured."""

import pytest

from benchmarks.goals import GOALS, Judgement, judged
from benchmarks.results import Key
from tests.unit.benchmarks.samples import results, series


def judgement(what: str, files: int = 80_000) -> Judgement:
    (found,) = [
        one for one in judged(results(80_000, 400_000)) if what in one.goal.what and one.files == files
    ]
    return found


@pytest.mark.parametrize(
    ("what", "measured", "met"),
    [
        ("cold, beside `rsync -c`", 0.7, True),
        ("unchanged, beside `rsync -c`", 0.35, True),
        ("quick check", 0.7 / 1.5, True),
        ("beside `find`", 0.7, True),
        ("20 edited", 1.0, True),
        ("both ways, warm", 205, True),
        ("of the client", 90, True),
        ("on the host", 20, True),
        ("50 ms", 1.0, True),
    ],
)
def test_each_goal_is_measured_on_its_tree(what: str, measured: float, met: bool) -> None:
    found = judgement(what)
    assert found.measured == pytest.approx(measured)
    assert found.met is met


def test_a_goal_that_is_missed_is_not_met() -> None:
    slow = {**results(80_000), Key(80_000, 0, "check-cold"): series(8, 8, 8)}
    cold = next(judged(slow))
    assert cold.measured == 2
    assert cold.met is False


def test_the_large_tree_has_a_memory_goal_of_its_own() -> None:
    assert judgement("of the client", 400_000).goal.limit == 300


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    assert all(one.met is None for one in judged({}))
    assert len(list(judged({}))) == len(GOALS) + 1
