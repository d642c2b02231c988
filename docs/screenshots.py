"""Takes pictures of the page, to be looked at. Run by `make screenshots`.

python -m docs.screenshots                 the incident at three widths, light and dark: docs/screenshots/
python -m docs.screenshots --all FOLDER    those, and pages of every other sort, whole and on paper
"""

import argparse
from pathlib import Path
from typing import Any

from docs.replay import incident_audit
from driftaudit.model.audit import Audit, Verdict
from driftaudit.render.base import RenderOptions
from driftaudit.render.html import render
from tests.support.browser import running_chromium, wait_until_ready
from tests.support.reports import audit, big_audit, full_audit, hostile_audit

FOLDER = Path(__file__).with_name("screenshots")

_WIDTHS = {"phone": 390, "tablet": 820, "desktop": 1440}
_HEIGHT = 1000
_OPEN = "src/config.js"  # the finding that is shown with its evidence


def main() -> None:
    """Take the pictures that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--all", type=Path, metavar="FOLDER")
    wanted = parser.parse_args()
    folder = wanted.all or FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with running_chromium() as browser:
        for name in _WIDTHS:
            for scheme in ("light", "dark"):
                _picture(browser, folder / f"incident-{name}-{scheme}.png", incident_audit(), name, scheme)
        if wanted.all:
            _take_others(browser, folder)


def _take_others(browser: Any, folder: Path) -> None:
    incomplete = audit([], verdict=Verdict.INCOMPLETE, reason="Not all could be seen: 1 problem.")
    pages = {
        "full": full_audit(),
        "many": big_audit(),
        "pass": audit([]),
        "incomplete": incomplete,
        "hostile": hostile_audit(),
    }
    for name, shown in pages.items():
        for width in _WIDTHS:
            for scheme in ("light", "dark"):
                _picture(
                    browser,
                    folder / f"{name}-{width}-{scheme}.png",
                    shown,
                    width,
                    scheme,
                    whole=name != "many",
                )
        page = browser.new_page()
        page.set_content(render(shown, RenderOptions()))
        page.pdf(path=folder / f"{name}.pdf", format="A4")
        page.close()


def _picture(browser: Any, file: Path, shown: Audit, width: str, scheme: str, *, whole: bool = False) -> None:
    """Take one picture: from the top, or where a finding is opened on the narrow ones."""
    context = browser.new_context(
        viewport={"width": _WIDTHS[width], "height": _HEIGHT}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    file.with_suffix(".html").write_text(render(shown, RenderOptions()), encoding="utf-8")
    page.goto(file.with_suffix(".html").as_uri())
    wait_until_ready(page)
    finding = page.get_by_role("button", name=_OPEN, exact=True)
    if finding.count():
        finding.first.click()
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=file, full_page=whole)
    context.close()
    file.with_suffix(".html").unlink()


if __name__ == "__main__":
    main()
