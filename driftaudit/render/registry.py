"""Every format by the name that `--format` takes. A new one is one file and one line here."""

from collections.abc import Mapping

from driftaudit.render import combined, github, html, json_report, junit, markdown, sarif, text
from driftaudit.render.base import Renderer
from driftaudit.render.path_lists import PATH_LISTS

FORMATS: Mapping[str, Renderer] = {
    "text": text.render,
    "json": json_report.render,
    "markdown": markdown.render,
    "html": html.render,
    "sarif": sarif.render,
    "junit": junit.render,
    "combined": combined.render,
    "github": github.render,
    **PATH_LISTS,
}
