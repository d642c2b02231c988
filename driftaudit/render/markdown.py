"""The report as GitHub-flavoured Markdown, for comments on pull requests and step summaries.

GitHub takes 65,536 characters in a comment and 1 MiB in a step summary. A report has at most `LONGEST`
characters, however they are counted; where there is more to say the worst stays, and it says what is missing.
"""

import re

from driftaudit.model.audit import Audit
from driftaudit.render.base import RenderOptions
from driftaudit.render.printable import shortened
from driftaudit.render.room import Cut, row_count, within
from driftaudit.render.summary import Summary, summarise
from driftaudit.render.templates import fill

LONGEST = 65_000  # UTF-16 code units: never fewer than characters, and at most three bytes each
_LONGEST_TEXT = 500  # characters of one name or sentence
_OPEN_ROWS = 15  # a longer table of warnings is folded

# In running text these make mentions, issue links, bare links and emoji even where they are escaped:
# forges look for them in the finished HTML, but not within code.
_LIVE = r"@|#|://|(?i:www\.)|:(?=[\w+-]+:)"
_SYNTAX = r"[\\`*_\[\]<>|~&$]|\A[-+=]|(?<=\d)[.)]"
_GAPS = re.compile(r"\n{3,}")
_PROSE = re.compile(f"(?P<live>(?:{_LIVE})+)|{_SYNTAX}")


def render(audit: Audit, options: RenderOptions) -> str:
    """Return the report; quiet leaves the verdict and the paths that block."""
    summary = summarise(audit)
    total = row_count(summary)
    report = _drawn(within(summary, total), options)
    if length(report) <= LONGEST:
        return report
    fitting, too_many = 0, total
    while too_many - fitting > 1:
        middle = (fitting + too_many) // 2
        if length(_drawn(within(summary, middle), options)) <= LONGEST:
            fitting = middle
        else:
            too_many = middle
    return _drawn(within(summary, fitting), options)


def length(text: str) -> int:
    """Return the length of a text in UTF-16 code units, which is how a browser counts."""
    return len(text.encode("utf-16-le")) // 2


def _drawn(cut: Cut, options: RenderOptions) -> str:
    values = {
        "summary": cut.summary,
        "left_out": cut.left_out,
        "commands": _commands(cut.summary),
        "open_rows": _OPEN_ROWS,
        "quiet": options.quiet,
    }
    filters = {
        "code": _short_code,
        "cell": _short_cell,
        "prose": _short_prose,
        "fence": fence,
        "number": "{:,}".format,
    }
    report = fill("markdown/report.md.j2", values, filters)
    return _GAPS.sub("\n\n", report).strip("\n") + "\n"


def _commands(summary: Summary) -> tuple[str, ...]:
    """Return the commands that lead on, each with what for; one that is too long to be read is left out."""
    found = [(hint.command, hint.wish) for hint in summary.hints if hint.command]
    widest = max((len(command) for command, _wish in found if len(command) <= _LONGEST_TEXT), default=0)
    return tuple(f"{command:<{widest}}  # {wish}" for command, wish in found if len(command) <= _LONGEST_TEXT)


def code(name: str) -> str:
    """Return a printable name as a code span that holds exactly this text."""
    longest = max((len(run) for run in re.findall("`+", name)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if name.startswith("`") or name.endswith("`") else ""
    return f"{ticks}{pad}{name}{pad}{ticks}"


def cell(name: str) -> str:
    """Return the code span for use in a table, where a bar ends the cell even within code."""
    return code(name).replace("|", "\\|")


def prose(text: str) -> str:
    """Return printable text as a sentence in which nothing is markup, link or mention."""
    return _PROSE.sub(lambda match: f"`{match[0]}`" if match["live"] else f"\\{match[0]}", text)


def fence(text: str) -> str:
    """Return the line that opens and closes a block of code which holds this text."""
    return "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 0)


def _short_code(name: str) -> str:
    return code(shortened(name, _LONGEST_TEXT))


def _short_cell(name: str) -> str:
    return cell(shortened(name, _LONGEST_TEXT))


def _short_prose(text: str) -> str:
    return prose(shortened(text, _LONGEST_TEXT))
