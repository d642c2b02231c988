"""The style and the scripts that go into a page, and the policy that allows just these."""

from dataclasses import dataclass

from driftaudit.data import data_folder
from driftaudit.render.templates import source_hash

_STYLES = ("base", "report", "workbench", "tree", "diff", "print")
_SCRIPTS = (
    "elements",
    "data",
    "place",
    "clipboard",
    "facets",
    "diff",
    "evidence",
    "rows",
    "table",
    "tree_nodes",
    "tree",
    "ticks",
    "export",
    "theme",
    "main",
)


@dataclass(frozen=True, slots=True)
class Assets:
    """What is inlined, and the content security policy that allows it.

    `first` runs before anything is drawn, `script` at the end of the page.
    """

    style: str
    first: str
    script: str

    @property
    def policy(self) -> str:
        """No request to anywhere, no style and no script but these."""
        return (
            f"default-src 'none'; style-src {source_hash(self.style)}; "
            f"script-src {source_hash(self.first)} {source_hash(self.script)}; "
            "base-uri 'none'; form-action 'none'"
        )


def assets() -> Assets:
    """Read them from `reports/html`. The scripts share one scope, which is theirs alone."""
    folder = data_folder("reports") / "html"
    style = "".join((folder / "style" / f"{name}.css").read_text(encoding="utf-8") for name in _STYLES)
    scripts = [(folder / "script" / f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS]
    joined = "\n".join(scripts)
    first = (folder / "script" / "first.js").read_text(encoding="utf-8")
    return Assets(style, _alone(first), _alone(joined))


def _alone(script: str) -> str:
    return f'(() => {{\n"use strict";\n{script}}})();\n'
