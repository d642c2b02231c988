"""The table of findings: filters, search, order and folding, all of it in the address."""

import re
from collections.abc import Callable
from urllib.parse import quote

from playwright.sync_api import expect

from driftaudit.model.finding import Finding, Severity
from tests.browser.conftest import OpenReport
from tests.support.reports import full_audit

AUDIT = full_audit()
SHOWN = [finding for finding in AUDIT.findings if finding.severity is not Severity.IGNORE]
WORST = list(Severity)


def paths(fits: Callable[[Finding], bool]) -> set[str]:
    return {finding.path for finding in SHOWN if fits(finding)}


def test_all_but_what_is_expected_is_shown_the_worst_first(report: OpenReport) -> None:
    page = report(AUDIT)
    ordered = sorted(SHOWN, key=lambda finding: (WORST.index(finding.severity), finding.path))
    assert page.paths() == [finding.path for finding in ordered]
    expect(page.page.locator("#shown")).to_have_text(f"{len(SHOWN)} of {len(AUDIT.findings)} findings")


def test_each_filter_shows_what_it_says_and_how_many(report: OpenReport) -> None:
    page = report(AUDIT)
    filters: tuple[tuple[str, str, Callable[[Finding], bool]], ...] = (
        ("severity", "block", lambda finding: finding.severity is Severity.BLOCK),
        ("action", "create", lambda finding: finding.action == "create"),
        ("origin", "hotfix", lambda finding: finding.provenance.origin == "hotfix"),
        ("label", "secret", lambda finding: "secret" in finding.labels),
        ("rule", "core/drift", lambda finding: finding.rule == "core/drift"),
    )
    for facet, value, fits in filters:
        box = page.facet(facet, value)
        amount = box.locator("xpath=..").locator(".amount").text_content()
        box.check()
        assert set(page.paths()) == paths(fits)
        assert amount == str(len(paths(fits)))
        assert page.fragment() == f"#{facet}={quote(value, safe='')}"
        page.page.get_by_role("button", name="Clear all filters").click()
        assert len(page.paths()) == len(SHOWN)
        assert page.fragment() == ""


def test_values_of_one_filter_add_up_and_filters_narrow_each_other(report: OpenReport) -> None:
    page = report(AUDIT)
    page.facet("origin", "hotfix").check()
    page.facet("origin", "unknown").check()
    page.facet("action", "delete").check()
    found = paths(lambda finding: finding.provenance.origin == "unknown" and finding.action == "delete")
    assert set(page.paths()) == found


def test_the_counts_at_the_top_filter(report: OpenReport) -> None:
    page = report(AUDIT)
    page.page.get_by_role("link", name=re.compile("blocking")).click()
    assert set(page.paths()) == paths(lambda finding: finding.severity is Severity.BLOCK)
    expect(page.page.locator("#findings")).to_be_focused()
    page.page.locator(".counts").get_by_role("link", name=re.compile("creates")).click()
    assert set(page.paths()) == paths(lambda finding: finding.action == "create")


def test_a_bar_shows_its_folder(report: OpenReport) -> None:
    page = report(AUDIT)
    page.page.locator(".bars a", has_text="src/lib/").click()
    assert set(page.paths()) == paths(lambda finding: finding.path.startswith("src/lib/"))
    expect(page.page.get_by_label("Folder", exact=True)).to_have_value("src/lib")


def test_search_takes_all_words_wherever_they_are(report: OpenReport) -> None:
    page = report(AUDIT)
    page.page.get_by_role("searchbox").fill("REDIS drift")
    assert set(page.paths()) == {"src/db/redis.js", "src/lib/database/redis.js"}
    page.page.get_by_role("searchbox").fill("no such thing")
    expect(page.page.get_by_text("No finding fits these filters.")).to_be_visible()
    assert page.paths() == []


def test_what_has_become_of_findings_filters_where_runs_are_stored(report: OpenReport) -> None:
    page = report(AUDIT, "#standing=new")
    assert AUDIT.tracking
    new = {each.path for each in AUDIT.tracking.tracked if each.standing == "new"}
    assert set(page.paths()) == new


def test_what_is_expected_is_there_on_request(report: OpenReport) -> None:
    page = report(AUDIT)
    page.facet("severity", "ignore").check()
    assert page.paths() == ["logs/out.log"]


def test_an_address_brings_everything_back(report: OpenReport) -> None:
    page = report(AUDIT)
    page.facet("severity", "block").check()
    page.facet("severity", "info").check()
    page.page.get_by_role("searchbox").fill("src/")
    page.page.get_by_label("Folder", exact=True).select_option("src/db")
    page.page.get_by_role("button", name="Path").click()
    page.page.get_by_role("button", name="Path").click()
    page.page.get_by_label("Fold by folder").check()
    shown, fragment = page.paths(), page.fragment()
    assert shown == ["src/db/redis.js", "src/db/connection.js"]
    again = report(AUDIT, fragment)
    assert again.paths() == shown
    assert again.fragment() == fragment
    expect(again.facet("severity", "block")).to_be_checked()
    expect(again.page.get_by_role("searchbox")).to_have_value("src/")
    expect(again.page.get_by_label("Fold by folder")).to_be_checked()


def test_an_address_opens_a_finding_even_one_that_is_not_shown(report: OpenReport) -> None:
    page = report(AUDIT, "#severity=block&open=src%2Flogo.png")
    expect(page.page.get_by_role("group", name="Evidence of src/logo.png")).to_be_in_viewport()


def test_an_address_of_nonsense_does_no_harm(report: OpenReport) -> None:
    page = report(AUDIT, "#severity=&sort=__proto__&open=constructor&x=%E0%A4%A&turned=maybe")
    assert len(page.paths()) in (0, len(SHOWN))


def test_every_column_sorts_both_ways(report: OpenReport) -> None:
    page = report(AUDIT)
    columns: tuple[tuple[str, Callable[[Finding], str | int]], ...] = (
        ("Path", lambda finding: finding.path),
        ("Deploy", lambda finding: finding.action.value),
        ("Origin", lambda finding: finding.provenance.origin.value),
        ("Size", lambda finding: -((finding.change.deployed and finding.change.deployed.size) or -1)),
    )
    for title, key in columns:
        head = page.page.get_by_role("button", name=title, exact=True)
        head.click()
        rising = sorted(SHOWN, key=lambda finding: finding.path)
        rising.sort(key=key)
        assert page.paths() == [finding.path for finding in rising]
        column = page.page.locator("#rows").get_by_role("columnheader", name=title)
        expect(column).to_have_attribute("aria-sort", "ascending")
        head.click()
        falling = sorted(SHOWN, key=lambda finding: finding.path, reverse=title == "Path")
        falling.sort(key=key, reverse=True)
        assert page.paths() == [finding.path for finding in falling]
        expect(column).to_have_attribute("aria-sort", "descending")


def test_findings_fold_by_folder(report: OpenReport) -> None:
    page = report(AUDIT)
    page.page.get_by_label("Fold by folder").check()
    folder = page.page.locator("tr.group").get_by_role("button", name="src/db/", exact=True)
    expect(folder).to_have_attribute("aria-expanded", "true")
    folder.click()
    expect(folder).to_have_attribute("aria-expanded", "false")
    expect(folder).to_be_focused()
    assert not [path for path in page.paths() if path.startswith("src/db/")]
    folder.click()
    assert [path for path in page.paths() if path.startswith("src/db/")]
