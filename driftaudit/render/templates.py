"""The templates in `reports/`, filled in with jinja2."""

import base64
import hashlib
from collections.abc import Callable, Mapping

from driftaudit.data import data_folder


def fill(
    template: str, values: Mapping[str, object], filters: Mapping[str, Callable[[str], str]] | None = None
) -> str:
    """Return the filled-in template. In HTML every value is escaped; a name that is not given is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FileSystemLoader(data_folder("reports")),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(filters or {})
    return environment.get_template(template).render(values)


def source_hash(text: str) -> str:
    """Return the source expression that lets a content security policy accept just this style or script."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
