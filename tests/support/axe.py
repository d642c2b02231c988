"""axe-core, which looks for what keeps people from using a page: from npm, one version, installed once."""

import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import platformdirs
from playwright.sync_api import Page

from tests.support.programs import program

VERSION = "4.11.0"
_FOLDER = platformdirs.user_cache_path("driftaudit-tests") / f"axe-core-{VERSION}"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """(rules) => axe.run(document, {runOnly: rules, resultTypes: ["violations"]}).then((found) =>
  found.violations.flatMap(({id, nodes}) =>
    nodes.map((each) => `${id}: ${each.target} ${each.failureSummary}`)))
"""


def violations(page: Page) -> list[str]:
    """Return what is wrong with a page as it stands: rule, element, and what would be right."""
    page.evaluate(_source())
    found: Any = page.evaluate(_RUN, _RULES)
    return list(found)


@cache
def _source() -> str:
    script = _FOLDER / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        _install()
    return script.read_text(encoding="utf-8")


def _install() -> None:
    """Install it beside, then rename: several processes may come here at once."""
    _FOLDER.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_FOLDER.parent) as folder:
        command = [
            program("npm"),
            "install",
            "--prefix",
            folder,
            "--no-audit",
            "--no-fund",
            f"axe-core@{VERSION}",
        ]
        subprocess.run(command, check=True, capture_output=True)
        fresh = Path(folder, "fresh")
        fresh.mkdir()
        Path(folder, "node_modules").rename(fresh / "node_modules")
        if not _FOLDER.exists():
            fresh.rename(_FOLDER)
