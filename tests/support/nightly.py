"""A site with a configuration, on which reports are made."""

import json
import os
import re
from pathlib import Path
from typing import Any

from tests.support.cli import Outcome, driftaudit
from tests.support.git import write
from tests.support.schemas import conform
from tests.support.site import Site

CONFIG = """\
version: 1
targets:
  production:
    url: {url}
    deploy: {{method: replace, paths: [src]}}
    packs: [node]
{more}"""


def configured(site: Site, more: str = "") -> Site:
    """Give production a configuration; `more` stands behind it."""
    site.configure(CONFIG.format(url=site.url, more=more))
    return site


def drifted(site: Site) -> Site:
    """Let production differ: an edit, a file of its own, and a secret."""
    write(site.production, {"src/app.txt": "edited\n", "src/only.txt": "only\n", ".env": "TOKEN=hunter2\n"})
    return site


def report(site: Site, *words: str, **environment: Any) -> Outcome:
    return driftaudit(site.repository, "report", *words, **environment)


def history(site: Site, *words: str) -> dict[str, Any]:
    """Return what is listed of the runs of each target, by its name."""
    outcome = driftaudit(site.repository, "history", "--format", "json", *words)
    assert outcome.code == 0, outcome.err
    document = json.loads(outcome.out)
    conform(document, "history")
    return {each["target"]: each for each in document["targets"]}


def pages(site: Site) -> set[str]:
    folder = site.repository / "reports"
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def links(folder: Path, page: str) -> set[str]:
    """Return the places that a page leads to: all of them are there, and none is elsewhere."""
    text = (folder / page).read_text()
    found = set(re.findall(r'(?:href|src)="([^"#]*)"', text))
    for link in found:
        assert "://" not in link and not link.startswith(("/", "data:")), link
        assert (folder / page).parent.joinpath(link).exists(), link
    return {os.path.normpath(Path(page).parent / link) for link in found}
