"""The report for a terminal, a log or a pipe: the verdict is the last line."""

from driftaudit.model.audit import Audit
from driftaudit.render.base import RenderOptions
from driftaudit.render.summary import summarise


def render(audit: Audit, options: RenderOptions) -> str:
    """Return the report: wrapped to the width where there is one, otherwise a line for each finding."""
    from driftaudit.render.terminal import draw

    return draw(summarise(audit), options)
