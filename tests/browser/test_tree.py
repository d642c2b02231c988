"""Both trees as one that folds."""

from playwright.sync_api import Locator, expect

from driftaudit.model.finding import Origin
from driftaudit.model.structure import FolderMapping, FolderState
from tests.browser.conftest import OpenReport, Report
from tests.support.reports import audit, finding, full_audit

AUDIT = full_audit()


def line(page: Report, name: str) -> Locator:
    return page.page.locator("#tree .row[aria-level]", has=page.page.get_by_text(name, exact=True)).first


def cells(row: Locator) -> list[str]:
    return [text.strip() for text in row.locator("[role=gridcell]").all_text_contents()]


def test_a_moved_folder_is_joined_with_where_it_is_desired(report: OpenReport) -> None:
    page = report(AUDIT)
    assert cells(line(page, "db/"))[:3] == ["▾db/", "→moved", "src/lib/database/"]
    row = line(page, "redis.js")
    assert cells(row)[0] == "redis.js"
    assert cells(row)[2] == "src/lib/database/redis.js"
    expect(page.page.locator("#tree").get_by_text("lib/", exact=True)).to_have_count(0)


def test_folders_stand_as_they_were_mapped(report: OpenReport) -> None:
    page = report(AUDIT)
    assert cells(line(page, "db/"))[3] == "moved, 1 of 2 files as they were1 block3 info"
    assert cells(line(page, "keys/"))[1:] == ["\u2212only live", "not desired", "only live, 1 file1 block"]
    assert cells(line(page, "routes/"))[:3] == ["▾not live", "+only desired", "routes/"]
    assert cells(line(page, "services/"))[1:] == ["·differs", "services/", "1 block"]
    assert cells(line(page, "node_modules"))[1:] == ["?not looked into", "not desired", "not looked into"]


def test_a_folder_that_was_renamed_is_said_to_be_though_no_finding_joins_it(report: OpenReport) -> None:
    renamed = FolderMapping("lib", "library", FolderState.RENAMED, 1, 1, 1)
    page = report(audit([finding("lib/a.js"), finding("library/a.js", Origin.MISSING)], folders=(renamed,)))
    assert cells(line(page, "lib/"))[:3] == ["▾lib/", "→renamed", "library/"]


def test_a_line_without_findings_leads_nowhere(report: OpenReport) -> None:
    page = report(AUDIT)
    line(page, "node_modules").click()
    assert page.fragment() == ""


def test_each_side_shows_what_it_has(report: OpenReport) -> None:
    page = report(AUDIT)
    assert cells(line(page, "freeswitch.js")) == ["freeswitch.js", "\u2212only live", "not desired", "delete"]
    assert cells(line(page, "admin-users.js")) == ["not live", "+only desired", "admin-users.js", "create"]
    assert cells(line(page, "config.js"))[1] == "≠differs"


def test_what_is_in_sync_is_folded_away_with_its_count(report: OpenReport) -> None:
    page = report(AUDIT)
    assert cells(line(page, "docs/")) == ["docs/", "=as desired", "docs/", "40 files as desired"]
    expect(page.page.locator("#tree").get_by_text("12 more folders, 55 files").first).to_be_visible()
    expect(page.page.locator("#tree").get_by_text("18 files", exact=True).first).to_be_visible()


def test_what_was_not_seen_is_in_the_tree(report: OpenReport) -> None:
    page = report(AUDIT)
    assert cells(line(page, "private"))[1:] == ["?not seen", "not desired", "not seen"]


def test_a_click_folds_and_a_file_leads_to_its_evidence(report: OpenReport) -> None:
    page = report(AUDIT)
    folder = line(page, "services/")
    folder.click()
    expect(folder).to_have_attribute("aria-expanded", "false")
    expect(page.page.locator("#tree").get_by_text("freeswitch.js")).to_have_count(0)
    folder.click()
    line(page, "freeswitch.js").click()
    expect(page.page.get_by_role("group", name="Evidence of src/services/freeswitch.js")).to_be_in_viewport()


def test_the_keyboard_walks_the_tree(report: OpenReport) -> None:
    page = report(AUDIT)
    tree = page.page.locator("#tree")
    expect(tree.locator('[tabindex="0"][aria-level]')).to_have_count(1)
    first = tree.locator(".row[aria-level]").first
    first.focus()
    keys = page.page.keyboard
    expect(first).to_contain_text("src/")
    keys.press("ArrowLeft")
    expect(first).to_have_attribute("aria-expanded", "false")
    keys.press("ArrowRight")
    expect(first).to_have_attribute("aria-expanded", "true")
    keys.press("ArrowRight")
    expect(line(page, "db/")).to_be_focused()
    keys.press("ArrowRight")
    keys.press("ArrowDown")
    expect(line(page, "connection.js")).to_be_focused()
    keys.press("ArrowLeft")
    expect(line(page, "db/")).to_be_focused()
    keys.press("End")
    expect(tree.locator(".row[aria-level]").last).to_be_focused()
    keys.press("Home")
    expect(first).to_be_focused()
    keys.press("Enter")
    expect(page.page.locator("#findings")).to_be_focused()
    assert page.fragment() == "#folder=src"


def test_all_of_it_folds_and_unfolds(report: OpenReport) -> None:
    page = report(AUDIT)
    page.page.get_by_role("button", name="Fold all").click()
    assert set(
        page.page.locator("#tree .row[aria-level]").evaluate_all("rows => rows.map(row => row.ariaLevel)")
    ) == {"1"}
    page.page.get_by_role("button", name="Unfold what differs").click()
    expect(line(page, "redis.js")).to_be_visible()
