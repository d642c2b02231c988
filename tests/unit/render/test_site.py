"""The index of the nightly site: what each card says."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from driftaudit.model.finding import Severity
from driftaudit.model.history import FAILED, StoredRun, StoredTarget
from driftaudit.model.tracking import RunFigures
from driftaudit.render.history import TargetHistory
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
    text = words(page(a_run(1), a_run(2, "pass")))
    assert "production pass because 2" in text
    assert "New 2 Persisting 3 Resolved 1 Waived 0 The oldest, for 40 days" in text
    assert "The last 2 runs, from 5 open findings to 5." in text


def test_a_failed_night_does_not_look_like_a_clean_one() -> None:
    text = words(page(a_run(1), a_run(2, FAILED)))
    assert "production failed because 2" in text
    assert "As run 1 of 2025-11-01 03:00 UTC saw it ( its report ): New 2 Persisting 3" in text
    never = words(page(a_run(1, FAILED)))
    assert "New" not in never and "The last 1 run, 1 failed." in never


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
    text = index([history], FIRST) if make == "index" else runs_page(history, FIRST)
    outline = Outline(text)
    assert outline.open == [] and "script" not in outline.tags
    assert not re.search("[\x1b\u202e]", text)
    assert not re.search(r"\sstyle=|\son\w+=|https?://", text)


def test_the_page_of_a_target_has_its_runs_the_newest_first() -> None:
    history = TargetHistory(StoredTarget("production", "x"), (a_run(1), a_run(2, FAILED), a_run(3)))
    text = runs_page(history, FIRST)
    assert re.findall(r'href="(run-\d+\.html)"', text) == ["run-3.html", "run-1.html"]
    assert "failed because 2" in words(text)


def test_nothing_is_stored_yet() -> None:
    assert "No run is stored yet." in words(index([], FIRST))
