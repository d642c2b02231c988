"""The system's Chromium, driven by playwright: it downloads nothing of its own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.programs import program


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Run it without a window. In a container there is no sandbox to be had."""
    with sync_playwright() as playwright:
        names = ("chromium", "chromium-browser", "google-chrome")
        path = next(filter(None, map(shutil.which, names)), None) or program("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def wait_until_ready(page: Page) -> None:
    """Wait until the page's script has run.

    Not by Playwright's `wait_for_function`: when what it waits for is not so at once it calls `eval` in the
    page, and the page's policy forbids that.
    """
    expect(page.locator("html")).to_have_attribute("data-ready", "yes")
