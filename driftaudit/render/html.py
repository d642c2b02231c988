"""The report as one HTML file that loads nothing and runs nothing."""

import base64
import hashlib

from driftaudit.data import data_folder
from driftaudit.model.audit import Audit
from driftaudit.render.base import RenderOptions
from driftaudit.render.summary import summarise
from driftaudit.render.templates import fill


def render(audit: Audit, options: RenderOptions) -> str:
    """Return the page; quiet leaves the verdict and the paths that block."""
    style = (data_folder("reports") / "html" / "report.css").read_text(encoding="utf-8")
    values = {
        "summary": summarise(audit),
        "quiet": options.quiet,
        "style": style,
        "style_hash": _csp_hash(style),
    }
    return fill("html/report.html.j2", values)


def _csp_hash(style: str) -> str:
    """Return the source expression that lets a content security policy accept exactly this style."""
    digest = hashlib.sha256(style.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
