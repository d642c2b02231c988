"""The plot."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.drawing import Line, Panel, drawn, spread, ticks
from benchmarks.plot import plot
from tests.unit.benchmarks.samples import results

SVG = "{http://www.w3.org/2000/svg}"


def test_the_plot_is_well_formed_and_has_a_line_for_each_tool_in_each_panel() -> None:
    root = ElementTree.fromstring(plot(results(10_000, 80_000)))
    assert len(root.findall(f".//{SVG}polyline")) == 2 * 5
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert texts.count("check, warm") == 2
    assert "By drift, a tree of 80,000 files (logarithmic scale)" in texts


def test_a_plot_of_one_tree_and_of_nothing_is_drawn_as_well() -> None:
    ElementTree.fromstring(plot(results(2_000)))
    ElementTree.fromstring(drawn([Panel("", "", (), ())]))


def test_names_are_escaped_and_what_was_not_measured_is_left_out() -> None:
    panel = Panel("a < b", "x", ("1", "2"), (Line("<&>", (None, 2.0), "peer"),))
    root = ElementTree.fromstring(drawn([panel]))
    assert len(root.findall(f".//{SVG}circle")) == 1
    assert "<&>" in [text.text for text in root.iter(f"{SVG}text")]


@pytest.mark.parametrize(
    ("low", "high", "steps"),
    [(0.3, 4, [0.2, 0.5, 1, 2, 5]), (1, 1, [1]), (1, 10, [1, 2, 5, 10]), (90, 110, [50, 100, 200])],
)
def test_the_scale_holds_all_values(low: float, high: float, steps: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(steps)


@given(st.lists(st.floats(0, 300), max_size=12))
def test_labels_keep_their_order_and_their_distance(wanted: list[float]) -> None:
    places = spread(wanted, 16)
    in_order = [place for _wish, place in sorted(zip(wanted, places, strict=True))]
    assert all(b - a > 15.99 for a, b in pairwise(in_order))


def test_labels_that_have_room_stay_where_they_are() -> None:
    assert spread([50, 10, 90], 16) == [50, 10, 90]
