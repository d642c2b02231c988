"""Draws docs/check.svg: what `driftaudit check` prints on the replayed incident. Run by `make pictures`.

Everything in the picture comes from a real run; only what differs from machine to machine is set: times,
the place of the folder, and the owner of its files.
"""

import io
import os
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.text import Text

from driftaudit.audit import run_audit
from driftaudit.cli.target import Options, Workplace, audit_request
from driftaudit.incident import build_incident
from driftaudit.model.audit import Audit
from driftaudit.model.finding import Finding
from driftaudit.render.base import RenderOptions
from driftaudit.render.text import render

PICTURE = Path(__file__).with_name("check.svg")

_COLUMNS = 80
_PLACE = "/home/ubuntu/irisx-backend"
_OWNER = "ubuntu"
_CHECKED = datetime(2025, 11, 3, 18, 39, tzinfo=UTC)
_EDITED = datetime(2025, 8, 12, 9, tzinfo=UTC)

# rich's own format loads its font from the network; a README's picture asks nobody for anything.
_FORMAT = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font: {char_height}px/{line_height}px ui-monospace, Menlo, Consolas, monospace; }}
.{unique_id}-title {{ font: bold 18px sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def picture() -> str:
    """Replay the incident in a temporary folder, and return its check as SVG; the same text each time."""
    with tempfile.TemporaryDirectory() as folder:
        incident = build_incident(Path(folder), url="../irisx-backend")
        for file in incident.production.rglob("*"):
            os.utime(file, (_EDITED.timestamp(), _EDITED.timestamp()))
        request = audit_request(Workplace(Options(), incident.repository), "production", Options())
        audit = _anywhere(run_audit(replace(request, structure=True)))
    report = render(audit, RenderOptions(width=_COLUMNS, colour=True))
    console = Console(
        file=io.StringIO(), record=True, width=_COLUMNS, force_terminal=True, legacy_windows=False
    )
    console.print(Text("$ driftaudit check production", "bold"))
    console.print(Text.from_ansi(report))
    drawn = console.export_svg(title="driftaudit", code_format=_FORMAT, unique_id="check")
    return "".join(f"{line.rstrip()}\n" for line in drawn.splitlines() if line.strip())


def _anywhere(audit: Audit) -> Audit:
    """Return the audit as it would be on any machine."""
    source = replace(audit.deployed.source, url=_PLACE, real_root=None)
    return replace(
        audit,
        started_at=_CHECKED,
        duration_seconds=0.1,
        deployed=replace(audit.deployed, source=source),
        findings=tuple(map(_owned, audit.findings)),
    )


def _owned(finding: Finding) -> Finding:
    deployed = finding.change.deployed
    entry = deployed and replace(deployed, owner=_OWNER)
    return replace(finding, change=replace(finding.change, deployed=entry))


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
