"""Every format by the name that `--format` takes. A new one is one file and one line here."""

from collections.abc import Mapping
from importlib import import_module

from driftaudit.model.audit import Audit
from driftaudit.render.base import Renderer, RenderOptions
from driftaudit.render.path_lists import PATH_LISTS


def _drawn_by(module: str) -> Renderer:
    """Return what draws a format; its module is imported when it is asked to, since a run asks few."""

    def render(audit: Audit, options: RenderOptions) -> str:
        draw: Renderer = import_module(f"driftaudit.render.{module}").render
        return draw(audit, options)

    return render


FORMATS: Mapping[str, Renderer] = {
    "text": _drawn_by("text"),
    "json": _drawn_by("json_report"),
    "markdown": _drawn_by("markdown"),
    "html": _drawn_by("html"),
    "sarif": _drawn_by("sarif"),
    "junit": _drawn_by("junit"),
    "combined": _drawn_by("combined"),
    "github": _drawn_by("github"),
    **PATH_LISTS,
}
