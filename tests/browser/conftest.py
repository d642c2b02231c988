"""Pages in a real browser. A test fails where one logs an error, makes a request or breaks its policy."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from driftaudit.model.audit import Audit
from driftaudit.render.base import RenderOptions
from driftaudit.render.html import render
from tests.support.browser import running_chromium, wait_until_ready
from tests.support.waiting import eventually

PATIENCE = 10_000  # ms that a page may take for anything
expect.set_options(timeout=PATIENCE)

_WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
"""


@dataclass
class Report:
    """A page that is open, and what it did that it should not."""

    page: Page
    context: BrowserContext
    address: str
    faults: list[str] = field(default_factory=list)

    def row(self, path: str) -> Any:
        """Return the row of a finding."""
        return self.page.locator("tr.finding", has=self.page.get_by_role("button", name=path, exact=True))

    def open(self, path: str) -> Any:
        """Open a finding, and return its evidence."""
        self.page.get_by_role("button", name=path, exact=True).first.click()
        return self.page.get_by_role("group", name=f"Evidence of {path}", exact=True)

    def paths(self) -> list[str]:
        """Return the paths of the table, in their order."""
        return self.page.locator("tr.finding th.path button code").all_text_contents()

    def reload(self) -> None:
        """Reload a page that has stored something, once that is there to be read.

        Chromium hands it on in its own time: on a busy machine a reload at once may come before it.
        """
        eventually(self._has_kept)

    def _has_kept(self) -> bool:
        self.page.reload()
        wait_until_ready(self.page)
        return bool(self.page.evaluate("localStorage.length"))

    def fragment(self) -> str:
        """Return the fragment of the address."""
        return str(self.page.evaluate("location.hash"))

    def facet(self, facet: str, value: str) -> Any:
        """Return the box of a filter."""
        return self.page.locator(f'input[data-facet="{facet}"][value="{value}"]')


OpenReport = Callable[..., Report]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests of a process."""
    with running_chromium() as running:
        yield running


@pytest.fixture
def report(browser: Browser, tmp_path: Path) -> Iterator[OpenReport]:
    """Open pages of audits, from files, each in a context of its own unless one is given."""
    opened: list[Report] = []
    with ExitStack() as contexts:

        def start(
            audit: Audit | str, fragment: str = "", context: BrowserContext | None = None, **options: Any
        ) -> Report:
            file = tmp_path / "report.html"
            text = audit if isinstance(audit, str) else render(audit, RenderOptions())
            file.write_text(text, encoding="utf-8")
            if context is None:
                context = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | options))
                contexts.callback(context.close)
                context.add_init_script(_WATCH)
            context.set_default_timeout(PATIENCE)
            shown = Report(context.new_page(), context, file.as_uri())
            _watch(shown)
            opened.append(shown)
            shown.page.goto(shown.address + fragment)
            if options.get("java_script_enabled", True):
                wait_until_ready(shown.page)
            return shown

        yield start
        for shown in opened:
            assert not shown.faults
            assert not shown.page.evaluate("window.violations ?? []")


def _watch(shown: Report) -> None:
    def asked(url: str) -> None:
        if not url.startswith((shown.address, "blob:")):
            shown.faults.append(f"asked for {url}")

    shown.page.on("request", lambda request: asked(request.url))
    shown.page.on("pageerror", lambda error: shown.faults.append(f"error: {error}"))
    shown.page.on(
        "console",
        lambda said: (
            shown.faults.append(f"{said.type}: {said.text}") if said.type in ("error", "warning") else None
        ),
    )
