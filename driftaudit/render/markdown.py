"""The report as GitHub-flavoured Markdown, for comments on pull requests."""

import re

from driftaudit.model.audit import Audit
from driftaudit.render.base import RenderOptions
from driftaudit.render.summary import summarise
from driftaudit.render.templates import fill

# In running text these make mentions, issue links, bare links and emoji even where they are escaped:
# forges look for them in the finished HTML, but not within code.
_LIVE = r"@|#|://|(?i:www\.)|:(?=[\w+-]+:)"
_SYNTAX = r"[\\`*_\[\]<>|~&$]|\A[-+=]|(?<=\d)[.)]"
_PROSE = re.compile(f"(?P<live>(?:{_LIVE})+)|{_SYNTAX}")


def render(audit: Audit, options: RenderOptions) -> str:
    """Return the report; quiet leaves the verdict and the paths that block."""
    values = {"summary": summarise(audit), "quiet": options.quiet}
    return fill("markdown/report.md.j2", values, {"code": code, "cell": cell, "prose": prose})


def code(name: str) -> str:
    """Return a printable name as a code span that holds exactly this text."""
    longest = max((len(run) for run in re.findall("`+", name)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if name.startswith("`") or name.endswith("`") else ""
    return f"{fence}{pad}{name}{pad}{fence}"


def cell(name: str) -> str:
    """Return the code span for use in a table, where a bar ends the cell even within code."""
    return code(name).replace("|", "\\|")


def prose(text: str) -> str:
    """Return printable text as a sentence in which nothing is markup, link or mention."""
    return _PROSE.sub(lambda match: f"`{match[0]}`" if match["live"] else f"\\{match[0]}", text)
