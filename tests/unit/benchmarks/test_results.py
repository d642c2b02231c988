"""Medians and ratios."""

from benchmarks.answers import Answer
from benchmarks.results import Run, Series, longer, ratio, wire
from tests.unit.benchmarks.samples import series


def test_the_seconds_are_the_median_and_the_span_is_all_of_them() -> None:
    runs = series(3, 1, 2, 9, 2.5)
    assert runs.seconds == 2.5
    assert runs.span == (1, 9)


def test_what_was_stopped_has_no_seconds() -> None:
    stopped = Series((), 60)
    assert stopped.seconds is None
    assert stopped.span is None
    assert ratio(stopped, series(1)) is None


def test_a_ratio_is_taken_in_each_round_and_then_the_median() -> None:
    # the ratio of the medians would be 2 / 4
    assert ratio(series(1, 2, 12), series(1, 8, 4)) == 1


def test_a_difference_is_taken_in_each_round_and_then_the_median() -> None:
    assert longer(series(2, 5, 3), series(1, 1, 1)) == 2


def test_there_is_no_ratio_to_what_was_not_measured_or_not_in_the_same_rounds() -> None:
    assert ratio(series(1), None) is None
    assert ratio(None, series(1)) is None
    assert ratio(series(1), series(1, 2)) is None
    assert longer(series(1), None) is None


def test_the_most_of_a_count_passes_over_runs_that_lack_it() -> None:
    runs = Series((Run(1, 0, None, Answer()), Run(1, 0, 5, Answer()), Run(1, 0, 3, Answer())))
    assert runs.most(lambda run: run.host_peak) == 5
    assert series(1).most(lambda run: run.host_peak) is None


def test_the_wire_is_both_ways_and_unknown_where_one_is() -> None:
    assert wire(Run(1, 0, None, Answer(wire_sent=3, wire_received=4))) == 7
    assert wire(Run(1, 0, None, Answer(wire_sent=3))) is None
