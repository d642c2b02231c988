"""The report as one HTML page: read at once without scripts, a workbench with them."""

from driftaudit.render.html.page import render

__all__ = ["render"]
