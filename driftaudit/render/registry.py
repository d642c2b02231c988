"""Every format by the name that `--format` takes. A new one is one file and one line here."""

from collections.abc import Mapping

from driftaudit.render import html, json_report, markdown, text
from driftaudit.render.base import Renderer

FORMATS: Mapping[str, Renderer] = {
    "text": text.render,
    "json": json_report.render,
    "markdown": markdown.render,
    "html": html.render,
}
