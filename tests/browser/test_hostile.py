"""Names that would be markup, scripts or commands: nothing is injected, and nothing is lost."""

from playwright.sync_api import expect

from driftaudit.render.printable import printable
from tests.browser.conftest import OpenReport
from tests.support.reports import HOSTILE, hostile_audit

AUDIT = hostile_audit()
_TAGS = "[...new Set([...document.querySelectorAll('*')].map((each) => each.localName))].sort()"
_EVENTS = """[...document.querySelectorAll('*')].filter(
  (each) => [...each.attributes].some(({name}) => name.startsWith('on'))).length"""


def test_every_name_is_text_and_nothing_else(report: OpenReport) -> None:
    page = report(AUDIT)
    assert set(page.paths()) == {printable(finding.path) for finding in AUDIT.findings}
    for name in HOSTILE:
        evidence = page.open(printable(name))
        expect(evidence).to_contain_text(printable(name), use_inner_text=False)
    assert page.page.evaluate("window.owned") is None
    assert page.page.evaluate("document.scripts.length") == 3
    assert page.page.evaluate(_EVENTS) == 0
    assert not {"img", "iframe", "object", "link", "base"} & set(page.page.evaluate(_TAGS))
    assert page.page.evaluate("document.querySelectorAll('main b').length") == 0


def test_the_tree_takes_them_too(report: OpenReport) -> None:
    page = report(AUDIT)
    page.page.get_by_role("button", name="Unfold what differs").click()
    shown = set(page.page.locator("#tree .row[aria-level] code").all_text_contents())
    assert {printable(name) for name in HOSTILE if "/" not in name and name != "__proto__"} <= shown
    assert "constructor/" in shown  # where __proto__ moved to
    assert page.page.evaluate("Object.prototype.live") is None


def test_a_hostile_name_travels_through_the_address(report: OpenReport) -> None:
    page = report(AUDIT)
    for name in (HOSTILE[1], HOSTILE[7], HOSTILE[8], HOSTILE[11]):
        page.page.get_by_role("searchbox").fill(printable(name))
        assert printable(name) in page.paths()
        again = report(AUDIT, page.fragment())
        assert again.paths() == page.paths()


def test_the_longest_path_does_not_burst_the_page(report: OpenReport) -> None:
    for width in (390, 1440):
        page = report(AUDIT, viewport={"width": width, "height": 800})
        wide = page.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width
