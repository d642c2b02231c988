"""A finding opened: why, both sides, history, content, and commands to copy."""

from playwright.sync_api import expect

from driftaudit.render.printable import printable
from tests.browser.conftest import OpenReport
from tests.support.reports import full_audit, hostile_audit

AUDIT = full_audit()


def test_a_finding_opens_to_its_evidence_and_closes(report: OpenReport) -> None:
    page = report(AUDIT)
    evidence = page.open("src/config.js")
    for text in (
        "It exists nowhere else: in no commit and no backup.",
        "core/only-copy",
        "93% like the version of src/config.js: +1 -1 lines",
        "050505050505 of 2025-02-05: Change number 5",
        "aaaaaaaaaaaaaaaa",
        "2025-10-30 18:10 UTC",
        "driftaudit explain production src/config.js",
        "driftaudit diff production src/config.js",
        "driftaudit rescue production",
        "driftaudit accept production src/config.js --reason 'WHY'",
    ):
        expect(evidence).to_contain_text(text)
    assert "open=src%2Fconfig.js" in page.fragment()
    button = page.page.get_by_role("button", name="src/config.js", exact=True)
    expect(button).to_have_attribute("aria-expanded", "true")
    button.click()
    expect(evidence).to_have_count(0)
    expect(button).to_have_attribute("aria-expanded", "false")


def test_the_diff_marks_what_differs_within_a_line(report: OpenReport) -> None:
    page = report(AUDIT)
    evidence = page.open("src/config.js")
    assert evidence.locator(".minus .text").all_text_contents() == ["  pool: 40,"]
    assert evidence.locator(".plus .text").all_text_contents() == ["  pool: 10,"]
    assert evidence.locator(".minus mark").all_text_contents() == ["4"]
    assert evidence.locator(".plus mark").all_text_contents() == ["1"]


def test_a_document_is_compared_by_key_and_what_is_left_out_is_said(report: OpenReport) -> None:
    evidence = report(AUDIT).open("src/package.json")
    rows = evidence.locator(".keys tbody tr").all_text_contents()
    assert rows == [
        'version"1.2.0""1.3.0"',
        'scripts.startnot there"node index.js"',
        "dbPassword\u2039hidden\u203a\u2039hidden\u203a",
    ]
    expect(evidence).to_contain_text("7 more lines not shown here")
    expect(evidence).to_contain_text("Values that look like secrets are hidden.")


def test_what_is_not_drawn_is_said(report: OpenReport) -> None:
    page = report(AUDIT)
    expect(page.open("src/logo.png")).to_contain_text("It is binary: the content is not drawn.")
    large = page.open("src/huge.sql")
    expect(large).to_contain_text("It is too large to be drawn here.")
    expect(large).to_contain_text("50.0 MB")
    secret = page.open("src/keys/service.pem")
    expect(secret).to_contain_text("It is a secret: the content is shown nowhere.")
    expect(secret).not_to_contain_text("aaaa")
    expect(page.open("src/routes/admin-users.js")).to_contain_text("The content was not read for this page.")


def test_history_and_copies_are_told(report: OpenReport) -> None:
    page = report(AUDIT)
    evidence = page.open("src/branch.js")
    expect(evidence).to_contain_text("Committed on feature/voice: last 030303030303")
    expect(evidence).to_contain_text("Also in backup irisx-20251030.tar.gz")
    evidence = page.open("src/db/connection.js")
    expect(evidence).to_contain_text("Removed from the desired history in 050505050505")
    expect(evidence).to_contain_text("is now at src/lib/database/connection.js")
    expect(evidence).to_contain_text("It moved with its folder src/db/")
    expect(evidence).to_contain_text("first seen")


def test_a_command_is_copied(report: OpenReport) -> None:
    page = report(AUDIT)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    evidence = page.open("src/config.js")
    evidence.get_by_role("button", name="Copy").first.click()
    expect(evidence.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.page.evaluate("navigator.clipboard.readText()")
    assert copied == "driftaudit explain production src/config.js"


def test_without_the_clipboard_s_interface_it_is_copied_all_the_same(report: OpenReport) -> None:
    page = report(AUDIT)
    page.page.evaluate(
        """() => {
          Object.defineProperty(navigator, "clipboard", {value: undefined});
          document.addEventListener("copy", () => (window.copied = document.activeElement.value));
        }"""
    )
    button = page.open("src/config.js").get_by_role("button", name="Copy").first
    button.click()
    expect(page.page.locator("#said")).to_have_text("Copied")
    assert page.page.evaluate("window.copied") == "driftaudit explain production src/config.js"


def test_a_command_names_a_path_that_does_not_show_as_it_is(report: OpenReport) -> None:
    page = report(hostile_audit())
    evidence = page.open(printable("two\nlines"))
    expect(evidence).to_contain_text("$'two\\012lines'")
    evidence = page.open(printable("-rf"))
    expect(evidence).to_contain_text(" ./-rf")
