"""The report as one HTML file that loads nothing. Without its scripts it is a report to read and to print."""

from driftaudit.model.audit import Audit
from driftaudit.render.base import RenderOptions
from driftaudit.render.html.assets import assets
from driftaudit.render.html.data import PageData, page_data
from driftaudit.render.html.pictures import bars, trend
from driftaudit.render.html.sections import sections
from driftaudit.render.summary import summarise
from driftaudit.render.templates import fill
from driftaudit.render.wording import count_of


def render(audit: Audit, options: RenderOptions) -> str:
    """Return the page; quiet leaves the verdict and the paths that block."""
    data = page_data(audit, only_blocking=options.quiet)
    values = {
        "summary": summarise(audit),
        "quiet": options.quiet,
        "assets": assets(),
        "data": data.text,
        "left_out": _left_out(data),
        "bars": () if options.quiet else bars(audit),
        "trend": trend(audit.tracking.trend) if audit.tracking else None,
        "sections": sections(audit),
        "has_findings": bool(audit.findings),
    }
    return fill("html/report.html.j2", values)


def _left_out(data: PageData) -> str:
    """Return what there is no room for on the page; "" where it has all."""
    if not data.left_out:
        return ""
    total = count_of(sum(data.left_out.values()), "finding")
    kinds = ", ".join(f"{number:,} {severity}" for severity, number in data.left_out.items())
    return f"{total} did not fit on this page ({kinds}); the JSON report has them all."
