"""For everybody: nothing that axe-core finds in light or dark, the keyboard alone, a theme that stays."""

import re

import pytest
from playwright.sync_api import expect

from driftaudit.model.audit import Audit, Verdict
from tests.browser.conftest import OpenReport
from tests.support.axe import violations
from tests.support.reports import audit, full_audit

AUDIT = full_audit()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing(scheme: str, width: int, report: OpenReport) -> None:
    page = report(AUDIT, color_scheme=scheme, viewport={"width": width, "height": 900})
    page.page.get_by_label("Dealt with: src/config.js").check()
    for path in ("src/config.js", "src/package.json", "src/huge.sql", "src/keys/service.pem"):
        page.open(path)
    page.page.get_by_label("Fold by folder").check()
    page.page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    assert violations(page.page) == []


def test_axe_finds_what_is_wrong(report: OpenReport) -> None:
    page = report(audit([])).page
    page.evaluate("document.querySelector('.brand').style.color = '#f8f8f8'")
    page.evaluate("document.getElementById('theme').textContent = ''")
    rules = {violation.partition(":")[0] for violation in violations(page)}
    assert rules == {"button-name", "color-contrast"}


@pytest.mark.parametrize(
    "shown",
    [audit([]), audit([], verdict=Verdict.INCOMPLETE, reason="Not all could be seen.")],
    ids=["pass", "incomplete"],
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_short_page(shown: Audit, scheme: str, report: OpenReport) -> None:
    page = report(shown, color_scheme=scheme)
    assert violations(page.page) == []


def test_the_keyboard_alone_is_enough(report: OpenReport) -> None:
    page = report(AUDIT)
    keys = page.page.keyboard
    keys.press("Tab")
    expect(page.page.get_by_role("link", name="Skip to the findings")).to_be_focused()
    keys.press("Enter")
    keys.press("Tab")
    expect(page.page.get_by_role("searchbox")).to_be_focused()
    keys.type("freeswitch")
    expect(page.page).to_have_url(re.compile("words=freeswitch"))  # the whole word was looked for
    expect(page.page.locator("#shown")).to_contain_text("1 of ")
    assert page.paths() == ["src/services/freeswitch.js"]
    tick = page.page.get_by_label("Dealt with: src/services/freeswitch.js")
    for _ in range(60):
        keys.press("Tab")
        if tick.evaluate("(box) => box === document.activeElement"):
            break
    expect(tick).to_be_focused()
    keys.press("Space")
    expect(tick).to_be_checked()
    keys.press("Tab")
    keys.press("Enter")
    evidence = page.page.get_by_role("group", name="Evidence of src/services/freeswitch.js")
    expect(evidence).to_be_visible()
    outline = page.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_a_late_word_of_the_address_takes_no_focus_away(report: OpenReport) -> None:
    page = report(AUDIT).page
    page.get_by_role("searchbox").fill("freeswitch")
    late = "new HashChangeEvent('hashchange', {newURL: location.pathname + '#findings'})"
    page.evaluate(f"() => void dispatchEvent({late})")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_the_theme_follows_the_system_until_one_is_chosen_which_stays(report: OpenReport) -> None:
    page = report(AUDIT, color_scheme="dark")
    switch = page.page.get_by_role("button", name="Dark")
    canvas = "getComputedStyle(document.body).backgroundColor"
    dark = page.page.evaluate(canvas)
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    light = page.page.evaluate(canvas)
    assert light != dark
    page.reload()
    assert page.page.evaluate(canvas) == light
    expect(switch).to_have_attribute("aria-pressed", "false")


def test_landmarks_and_headings_are_in_order(report: OpenReport) -> None:
    page = report(AUDIT).page
    for role in ("banner", "main", "navigation", "search", "contentinfo"):
        expect(page.get_by_role(role)).to_have_count(1)
    assert page.locator("h1").all_text_contents() == ["BLOCKED"]
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((each) => each.id)")
    assert len(ids) == len(set(ids))
    named = page.evaluate("[...document.querySelectorAll('nav a')].map((each) => each.hash.slice(1))")
    assert set(named) <= set(ids)
