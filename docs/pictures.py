"""Draws docs/check.svg: what `driftaudit check` prints on the replayed incident. Run by `make pictures`."""

import io
from pathlib import Path

from rich.console import Console
from rich.text import Text

from docs.replay import incident_audit
from driftaudit.render.base import RenderOptions
from driftaudit.render.text import render

PICTURE = Path(__file__).with_name("check.svg")

_COLUMNS = 80

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
    """Return the check of the replayed incident as SVG; the same text each time."""
    audit = incident_audit()
    report = render(audit, RenderOptions(width=_COLUMNS, colour=True))
    console = Console(
        file=io.StringIO(), record=True, width=_COLUMNS, force_terminal=True, legacy_windows=False
    )
    console.print(Text("$ driftaudit check production", "bold"))
    console.print(Text.from_ansi(report))
    drawn = console.export_svg(title="driftaudit", code_format=_FORMAT, unique_id="check")
    return "".join(f"{line.rstrip()}\n" for line in drawn.splitlines() if line.strip())


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
