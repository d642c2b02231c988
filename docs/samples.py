"""Writes reports/samples/: the replayed incident in the formats for people and for CI. Run by `make samples`.

They are what the formats are held against, byte for byte: a test says when they are stale.
"""

from pathlib import Path

from docs.replay import incident_audit
from driftaudit.render.base import RenderOptions
from driftaudit.render.registry import FORMATS

FOLDER = Path(__file__).parents[1] / "reports" / "samples"
COLUMNS = 80
FILES = {
    "incident.txt": "text",
    "incident.json": "json",
    "incident.md": "markdown",
    "incident.html": "html",
    "incident.sarif": "sarif",
    "incident.junit.xml": "junit",
    "incident.combined.txt": "combined",
    "incident.github.txt": "github",
}


def samples() -> dict[str, str]:
    """Return the text of each sample by the name of its file; the same each time."""
    audit = incident_audit()
    options = RenderOptions(width=COLUMNS)
    return {name: FORMATS[form](audit, options) for name, form in FILES.items()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in samples().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
