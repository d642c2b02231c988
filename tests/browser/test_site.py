"""The index of the nightly run, and the page of a target, at the widths of a phone and of a desk."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from driftaudit.model.finding import Severity
from driftaudit.model.history import FAILED, StoredRun, StoredTarget
from driftaudit.model.tracking import RunFigures
from driftaudit.render.history import TargetHistory
from driftaudit.render.site import index, runs_page
from tests.support.axe import violations
from tests.support.nights import FIRST

LONG = "ssh://deploy@staging.example.net/" + "a-folder-with-a-long-name" * 8


def runs() -> tuple[StoredRun, ...]:
    verdicts = ["blocked", "pass", "incomplete", FAILED] * 10
    return tuple(
        StoredRun(
            RunFigures(
                number, FIRST + timedelta(days=number), verdict, {Severity.BLOCK: 1}, 12_345, 7, None, 2, 1
            ),
            f"Evidence is missing: unreadable {LONG}",
            3,
            1.0,
            persisting=number,
            oldest=FIRST,
            has_audit=verdict != FAILED,
        )
        for number, verdict in enumerate(verdicts, 1)
    )


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("name", ["index", "runs"])
def test_nothing_is_wider_than_the_screen_and_axe_finds_nothing(
    browser: Browser, tmp_path: Path, width: int, name: str
) -> None:
    history = TargetHistory(StoredTarget("production-with-a-long-name" * 4, LONG), runs())
    now = FIRST + timedelta(days=41)
    file = tmp_path / "page.html"
    never = TargetHistory(StoredTarget("never", ""), ())
    file.write_text(index([history, never], now) if name == "index" else runs_page(history, now))
    context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    page = context.new_page()
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    verdict = page.locator(".verdict", has_text="blocked").first
    if verdict.count():
        assert verdict.evaluate("each => each.getClientRects().length") == 1, "it is not broken in two"
    assert violations(page) == []
    context.close()
