"""The report as one HTML file that loads nothing. Without its scripts it is a report to read and to print."""

from collections.abc import Iterator
from dataclasses import dataclass

from driftaudit.model.audit import Audit
from driftaudit.model.finding import Severity
from driftaudit.render.base import RenderOptions
from driftaudit.render.html.assets import assets
from driftaudit.render.html.data import PageData, page_data
from driftaudit.render.html.pictures import bars, trend
from driftaudit.render.html.sections import sections
from driftaudit.render.html.side_by_side import folder_table
from driftaudit.render.summary import Summary, summarise
from driftaudit.render.templates import fill
from driftaudit.render.wording import count_of


@dataclass(frozen=True, slots=True)
class Count:
    """How much there is of a severity; `beside` says how much of it is no finding on a path."""

    severity: str
    number: int
    place: str
    beside: str


def render(audit: Audit, options: RenderOptions) -> str:
    """Return the page; quiet leaves the verdict and the paths that block."""
    data = page_data(audit, only_blocking=options.quiet)
    summary = summarise(audit)
    values = {
        "summary": summary,
        "quiet": options.quiet,
        "assets": assets(),
        "data": data.text,
        "left_out": _left_out(data),
        "bars": () if options.quiet else bars(audit),
        "trend": trend(audit.tracking.trend) if audit.tracking else None,
        "sections": sections(audit),
        "folders": folder_table(audit),
        "has_findings": bool(audit.findings),
        "counts": tuple(counts(audit, summary)),
    }
    return fill("html/report.html.j2", values)


def counts(audit: Audit, summary: Summary) -> Iterator[Count]:
    """Yield what there is of each severity, with the place on the page that shows it."""
    for severity, number in summary.counts:
        if severity is Severity.IGNORE:
            continue
        imports = sum(each.severity is severity for each in audit.structure)
        health = sum(each.severity is severity for each in audit.health)
        is_of_paths = number > imports + health or not number
        place = f"severity={severity.value}" if is_of_paths else "imports" if imports else "health"
        beside = (count_of(imports, "import") if imports else "", f"{health:,} of probes" if health else "")
        yield Count(severity.value, number, f"#{place}", ", ".join(filter(None, beside)))


def _left_out(data: PageData) -> str:
    """Return what there is no room for on the page; "" where it has all."""
    if not data.left_out:
        return ""
    total = count_of(sum(data.left_out.values()), "finding")
    kinds = ", ".join(f"{number:,} {severity}" for severity, number in data.left_out.items())
    return f"{total} did not fit on this page ({kinds}); the JSON report has them all."
