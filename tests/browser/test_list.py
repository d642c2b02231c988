"""The reconciliation list: ticks and notes that stay, and leave as a file."""

import json
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Page, expect

from driftaudit.model.finding import Finding
from tests.browser.conftest import OpenReport
from tests.support.browser import wait_until_ready
from tests.support.reports import audit, entry, finding, full_audit

AUDIT = full_audit()


def download(page: Page, button: str) -> str:
    with page.expect_download() as started:
        page.get_by_role("button", name=button).click()
    assert started.value.suggested_filename.startswith("driftaudit-production-2025-11-03.")
    return Path(started.value.path()).read_text(encoding="utf-8")


def test_ticks_and_notes_survive_a_reload(report: OpenReport) -> None:
    page = report(AUDIT)
    page.page.get_by_label("Dealt with: src/config.js").check()
    evidence = page.open("src/services/freeswitch.js")
    evidence.get_by_label("Note: what was decided").fill("Ana commits it <b>today</b>")
    evidence.get_by_label("Note: what was decided").blur()
    expect(page.page.locator("#done")).to_have_text("1 of 12 dealt with")
    page.reload()
    expect(page.page.get_by_label("Dealt with: src/config.js")).to_be_checked()
    expect(page.page.locator("#done")).to_have_text("1 of 12 dealt with")
    expect(page.page.locator("#noted")).to_contain_text("Ana commits it <b>today</b>")
    expect(page.page.locator("#kept")).to_have_text("It is kept in this browser alone.")


def test_a_tick_ends_with_the_content_that_it_was_for(report: OpenReport) -> None:
    page = report(AUDIT)
    page.page.get_by_label("Dealt with: src/config.js").check()

    def edited(each: Finding) -> Finding:
        if each.path != "src/config.js":
            return each
        return replace(each, change=replace(each.change, deployed=entry(each.path, "9" * 40)))

    other = replace(AUDIT, findings=tuple(map(edited, AUDIT.findings)))
    again = report(other, context=page.context)
    expect(again.page.get_by_label("Dealt with: src/config.js")).not_to_be_checked()
    elsewhere = report(replace(AUDIT, target="staging"), context=page.context)
    expect(elsewhere.page.get_by_label("Dealt with: src/config.js")).not_to_be_checked()
    back = report(AUDIT, context=page.context)
    expect(back.page.get_by_label("Dealt with: src/config.js")).to_be_checked()


def test_two_tabs_agree(report: OpenReport) -> None:
    first = report(AUDIT)
    second = report(AUDIT, context=first.context)
    first.page.get_by_label("Dealt with: src/config.js").check()
    expect(second.page.get_by_label("Dealt with: src/config.js")).to_be_checked()
    expect(second.page.locator("#done")).to_have_text("1 of 12 dealt with")


def test_the_list_can_be_cleared(report: OpenReport) -> None:
    page = report(AUDIT)
    page.page.get_by_label("Dealt with: src/config.js").check()
    page.page.once("dialog", lambda dialog: dialog.accept())
    page.page.get_by_role("button", name="Clear the list").click()
    expect(page.page.get_by_label("Dealt with: src/config.js")).not_to_be_checked()
    assert page.page.evaluate("Object.values(localStorage)") == ["[]"]


def test_a_browser_that_keeps_nothing_is_said_to_and_the_list_works_on(report: OpenReport) -> None:
    page = report(AUDIT)
    page.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('', 'Security') }})"
    )
    page.page.reload()
    wait_until_ready(page.page)
    expect(page.page.locator("#kept")).to_contain_text("export it before")
    page.page.get_by_label("Dealt with: src/config.js").check()
    expect(page.page.locator("#done")).to_have_text("1 of 12 dealt with")
    assert "- [x] `src/config.js`" in download(page.page, "Export as Markdown")


def test_it_leaves_as_markdown_with_what_the_filters_show(report: OpenReport) -> None:
    page = report(AUDIT, "#severity=block")
    page.page.get_by_label("Dealt with: src/config.js").check()
    text = download(page.page, "Export as Markdown")
    assert text.startswith("# Reconciliation of `production`\n\nBLOCKED at 2025-11-03T18:39:00Z")
    assert "1 of 5 dealt with." in text
    assert "- [x] `src/config.js`: block, hotfix, deploy: overwrite (`core/only-copy`)" in text
    assert text.count("- [ ] ") == 4


def test_it_leaves_as_json(report: OpenReport) -> None:
    page = report(AUDIT)
    note = page.open("src/config.js").get_by_label("Note: what was decided")
    note.fill("line one\nline `two`")
    note.blur()
    exported = json.loads(download(page.page, "Export as JSON"))
    assert (exported["target"], exported["verdict"]) == ("production", "blocked")
    assert len(exported["findings"]) == 12
    (row,) = [each for each in exported["findings"] if each["path"] == "src/config.js"]
    assert (row["done"], row["note"], row["digest"]) == (False, "line one\nline `two`", "a" * 16)
    assert row["noted_at"]


def test_a_path_that_scripts_know_as_something_else_is_a_path(report: OpenReport) -> None:
    page = report(audit([finding("__proto__"), finding("constructor/toString")]))
    page.page.get_by_label("Dealt with: __proto__").check()
    page.reload()
    expect(page.page.get_by_label("Dealt with: __proto__")).to_be_checked()
    expect(page.page.get_by_label("Dealt with: constructor/toString")).not_to_be_checked()
