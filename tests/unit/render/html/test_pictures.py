from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftaudit.model.finding import Finding, Origin, Severity
from driftaudit.render.html.pictures import bars, trend
from tests.support.reports import audit, big_audit, finding, full_audit

FOLDERS = st.lists(st.sampled_from(["a", "b", "c", "d", "e e", "f%&=+", "é"]), max_size=5).map("/".join)


@given(st.lists(st.tuples(FOLDERS, st.sampled_from(list(Origin))), max_size=60))
def test_each_finding_is_in_one_bar_and_the_longest_fills_the_picture(
    made: list[tuple[str, Origin]],
) -> None:
    found = [
        finding("/".join(filter(None, (folder, f"{n}.js"))), origin)
        for n, (folder, origin) in enumerate(made)
    ]
    drawn = bars(audit(found))
    assert sum(int(bar.total.replace(",", "")) for bar in drawn) == len(found)
    assert len(drawn) <= 10
    for bar in drawn:
        assert sum(part.length for part in bar.parts) <= 100.1
    if drawn:
        assert max(sum(part.length for part in bar.parts) for bar in drawn) == pytest.approx(100, abs=0.1)


def test_the_address_of_a_bar_names_just_its_folder() -> None:
    found = [finding(f"{folder}/x.js") for folder in ("a&b=c", "d+e", "f g", "h#i")]
    addresses = {bar.folder: bar.fragment for bar in bars(audit(found))}
    assert {folder: parse_qs(at[1:])["folder"][0] + "/" for folder, at in addresses.items()} == {
        folder: folder for folder in addresses
    }


def test_the_worst_comes_first_and_the_rest_is_one_bar() -> None:
    many = [finding(f"d{number:02}/x.js", Origin.STALE) for number in range(30)]
    drawn = bars(audit([*many, finding("zz/only.js")]))
    assert (drawn[0].folder, drawn[0].words) == ("zz/", "1 block")
    assert (drawn[-1].folder, drawn[-1].total, drawn[-1].fragment) == ("22 other folders", "22", "#all")


def test_what_is_ignored_has_no_bar() -> None:
    expected: Finding = finding("logs/out.log", severity=Severity.IGNORE)
    assert bars(audit([expected])) == ()


def test_one_folder_for_all_is_looked_into() -> None:
    *named, others = bars(big_audit(100))
    assert all(bar.folder.startswith("packages/service-") for bar in named)
    assert others.folder == "31 other folders"


def test_the_trend_has_the_figures_of_each_run() -> None:
    tracking = full_audit().tracking
    assert tracking
    drawn = trend(tracking.trend)
    assert drawn
    assert len(drawn.columns) == len(drawn.rows) == 30
    assert drawn.rows[0] == ("2025-11-03 18:39", "blocked", "5", "0", "8", "0", "0", "30 commits", "0")
    for column in drawn.columns:
        assert all(part.at >= -0.01 and part.at + part.length <= 60.02 for part in column.parts)
    assert trend(tracking.trend[:1]) is None
