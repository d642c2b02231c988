"""A diff as a patch that git and patch take, coloured in a terminal; and all formats of a diff by name."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from driftaudit.model.difference import ContentDiff
from driftaudit.render import diff_json, diff_markdown, diff_stat
from driftaudit.render.base import RenderOptions
from driftaudit.render.patch import Part, PatchLine, patch
from driftaudit.render.patch_text import for_a_patch, for_the_eye

if TYPE_CHECKING:
    from rich.text import Text

_STYLES = {
    Part.REMARK: "yellow",
    Part.HEADER: "bold",
    Part.PLACE: "cyan",
    Part.COMMON: "",
    Part.REMOVED: "red",
    Part.ADDED: "green",
    Part.WITHHELD: "bold yellow",
}


def render(diff: ContentDiff, options: RenderOptions) -> str:
    """Return the patch. For a terminal all that does not show is written out, elsewhere lines are exact."""
    if options.colour:
        return _coloured(patch(diff))
    if options.width is not None:
        return "".join(f"{_plain(line)}\n" for line in patch(diff))
    return "".join(f"{line.words}{for_a_patch(line.text)}\n" for line in patch(diff))


def _plain(line: PatchLine) -> str:
    return line.words + "".join(piece for piece, _is_escape in for_the_eye(line.text))


def _coloured(lines: Iterator[PatchLine]) -> str:
    from driftaudit.render.console import drawing_console

    console = drawing_console(colour=True)
    with console.capture() as drawn:
        for line in lines:
            console.print(_text(line), soft_wrap=True)
    return drawn.get()


def _text(line: PatchLine) -> "Text":
    from rich.text import Text

    style = _STYLES[line.part]
    text = Text(line.words, style)
    for piece, is_escape in for_the_eye(line.text):
        text.append(piece, f"{style} reverse".strip() if is_escape else style)
    return text


FORMATS: Mapping[str, Callable[[ContentDiff, RenderOptions], str]] = {
    "text": render,
    "json": diff_json.render,
    "markdown": diff_markdown.render,
    "stat": diff_stat.render,
}
