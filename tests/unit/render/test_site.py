"""The index of the nightly site: what each card says."""

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from driftaudit.model.finding import Severity
from driftaudit.model.history import FAILED, StoredRun, StoredTarget
from driftaudit.model.tracking import RunFigures
from driftaudit.render.base import RenderOptions
from driftaudit.render.history import TargetHistory, text
from driftaudit.render.site import index, runs_page
from tests.support.nights import FIRST

HOSTILE = '"><script>alert(1)</script>\u202e\x1b[31m'


def a_run(number: int, verdict: str = "blocked", **fields: object) -> StoredRun:
    at = FIRST + timedelta(days=number - 1)
    is_there = verdict != FAILED
    figures = RunFigures(number, at, verdict, {Severity.BLOCK: 1}, 2 * is_there, is_there, None, 0)
    values = {"persisting": 3, "oldest": FIRST, "has_audit": True} if is_there else {}
    return StoredRun(figures, f"because {number}", 3, 1.0, **(values | fields))  # type: ignore[arg-type]


def page(*runs: StoredRun, name: str = "production") -> str:
    return index([TargetHistory(StoredTarget(name, "ssh://host/srv"), runs)], FIRST + timedelta(days=40))


class Outline(HTMLParser):
    """Counts tags, and checks that they are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def words(text: str) -> str:
    body = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def test_a_card_says_verdict_counts_age_and_trend() -> None:
    shown = words(page(a_run(1), a_run(2, "pass")))
    assert "production pass because 2" in shown
    assert "New 2 Persisting 3 Resolved 1 Waived 0 The oldest, for 40 days" in shown
    assert "The last 2 runs, from 5 open findings to 5." in shown


def test_a_failed_night_does_not_look_like_a_clean_one() -> None:
    shown = words(page(a_run(1), a_run(2, FAILED)))
    assert "production failed because 2" in shown
    assert "As run 1 of 2025-11-01 03:00 UTC saw it ( its report ): New 2 Persisting 3" in shown
    never = words(page(a_run(1, FAILED)))
    assert "New" not in never and "The only run, 1 failed." in never


def test_what_could_not_be_looked_at_is_counted() -> None:
    assert "2 findings could not be looked at." in words(page(a_run(1, "incomplete", unseen=2)))


def test_the_worst_comes_first() -> None:
    targets = [("b", "pass"), ("a", "blocked"), ("d", FAILED), ("c", "incomplete")]
    histories = [TargetHistory(StoredTarget(name, ""), (a_run(1, verdict),)) for name, verdict in targets]
    found = re.findall(r'index.html">(\w)</a>', index(histories, FIRST))
    assert found == ["d", "a", "c", "b"]


@pytest.mark.parametrize("make", ["index", "runs"])
def test_hostile_names_are_text(make: str) -> None:
    history = TargetHistory(StoredTarget(HOSTILE, HOSTILE), (a_run(1), a_run(2, FAILED)))
    shown = index([history], FIRST) if make == "index" else runs_page(history, FIRST)
    outline = Outline(shown)
    assert outline.open == [] and "script" not in outline.tags
    assert not re.search("[\x1b\u202e]", shown)
    assert not re.search(r"\sstyle=|\son\w+=|https?://", shown)


def test_the_page_of_a_target_has_its_runs_the_newest_first() -> None:
    history = TargetHistory(StoredTarget("production", "x"), (a_run(1), a_run(2, FAILED), a_run(3)))
    shown = runs_page(history, FIRST)
    assert re.findall(r'href="(run-\d+\.html)"', shown) == ["run-3.html", "run-1.html"]
    assert "failed because 2" in words(shown)


def test_a_run_that_passed_with_something_wrong_beside_it_does_not_look_well() -> None:
    run = a_run(2, "pass", unseen=1)
    run = replace(run, figures=replace(run.figures, unhealthy=3, unasked=1, unresolved=4))
    histories = [TargetHistory(StoredTarget("production", "x"), (a_run(1), run))]
    ill = "2 probes not well, 1 probe not asked, 4 imports not resolved"
    assert f"{ill}." in words(index(histories, FIRST))
    said = f"pass {ill} 1 finding could not be looked at 2 3 1"
    assert said in words(runs_page(histories[0], FIRST))
    line = text(histories, RenderOptions()).splitlines()[-1]
    assert line.endswith(f"1 day; {ill}; 1 finding could not be looked at")


def test_a_run_whose_page_lies_elsewhere_is_told_without_a_link() -> None:
    history = TargetHistory(StoredTarget("production", "x"), (a_run(1), a_run(2)), pages=frozenset({2}))
    assert re.findall(r'href="(run-[^"]*)"', runs_page(history, FIRST)) == ["run-2.html"]
    assert "1 2025-11-01 03:00 blocked 2 3 1 0" in words(runs_page(history, FIRST))


def test_a_target_that_was_never_audited_is_not_left_out() -> None:
    histories = [
        TargetHistory(StoredTarget("production", "x"), (a_run(1, "pass"),)),
        TargetHistory(StoredTarget("<b>", "x"), ()),
    ]
    shown = index(histories, FIRST)
    assert "&lt;b&gt; never audited production pass" in words(shown)
    assert "2 targets, 1 never audited, 1 pass" in words(shown)
    assert Outline(shown).open == []


def test_a_target_that_is_configured_no_more_stands_below_the_others() -> None:
    histories = [
        TargetHistory(StoredTarget("<old>", "ssh://x"), (a_run(7, "blocked"),), is_configured=False),
        TargetHistory(StoredTarget("production", "x"), (a_run(1, "pass"),)),
    ]
    shown = index(histories, FIRST)
    said = "Not configured any more Nobody looks at them now."
    assert "1 target, 1 pass" in words(shown) and said in words(shown)
    assert "&lt;old&gt; , ssh://x : blocked in run 7 of 2025-11-07 03:00 UTC" in words(shown)
    assert shown.index("production") < shown.index("&lt;old&gt;")
    assert Outline(shown).open == []


def test_nothing_is_stored_yet() -> None:
    assert "No run is stored yet." in words(index([], FIRST))
