"""A diff as GitHub-flavoured Markdown, for comments on pull requests."""

import re
from collections.abc import Iterator

from driftaudit.model.difference import ContentDiff, PathDifference
from driftaudit.render.base import RenderOptions
from driftaudit.render.diff_wording import said_of, summary_lines
from driftaudit.render.markdown import code, prose
from driftaudit.render.patch import Part, of_path
from driftaudit.render.patch_text import visible
from driftaudit.render.printable import printable


def render(diff: ContentDiff, options: RenderOptions) -> str:  # noqa: ARG001 - all of it, always
    """Return the report: a section for each path, its lines in a block of code."""
    return "\n".join(_lines(diff)) + "\n"


def _lines(diff: ContentDiff) -> Iterator[str]:
    yield f"## What a deploy would change in {code(printable(diff.target))}"
    yield ""
    yield "`-` is what is live, `+` what is desired."
    yield ""
    for difference in diff.differences:
        yield from _section(difference)
    said = list(summary_lines(diff))
    if not diff.differences and not diff.problems:
        said.append("Nothing differs.")
    yield from (f"- {prose(line)}" for line in said)


def _section(difference: PathDifference) -> Iterator[str]:
    yield f"### {code(printable(difference.path))}"
    yield ""
    said = [line.strip() for line in said_of(difference)]
    yield from (f"- {code(line)}" for line in said)
    if said:
        yield ""
    lines = [line.words + visible(line.text) for line in of_path(difference) if line.part is not Part.REMARK]
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}diff"
    yield from lines
    yield fence
    yield ""
