"""A diff as lines of a patch, each with what it is; shared by the formats that show them.

A file of which something is hidden, or shown by escapes, has headers of hunks that neither git nor patch
takes: nobody shall write what stands in the place of a secret into a file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from driftaudit.model.difference import HIDDEN, ContentDiff, ContentState, Hunk, Line, PathDifference
from driftaudit.model.entry import Entry, Kind
from driftaudit.render.diff_wording import said_of, state_words, summary_lines
from driftaudit.render.patch_text import is_exact, quoted

_SHOWN = (ContentState.TEXT, ContentState.SAME)


class Part(Enum):
    """What a line of a patch is."""

    REMARK = auto()
    HEADER = auto()
    PLACE = auto()
    COMMON = auto()
    REMOVED = auto()
    ADDED = auto()
    WITHHELD = auto()


_PARTS = {" ": Part.COMMON, "-": Part.REMOVED, "+": Part.ADDED}


@dataclass(frozen=True, slots=True)
class PatchLine:
    """A line: what our own words and names are, which are fit to be shown, and the text that a file has."""

    part: Part
    words: str = ""
    text: str = ""


def patch(diff: ContentDiff) -> Iterator[PatchLine]:
    """Yield all lines of a diff."""
    for difference in diff.differences:
        yield from of_path(difference)
    for line in summary_lines(diff):
        yield PatchLine(Part.REMARK, f"# {line}")
    if not diff.differences and not diff.problems:
        yield PatchLine(Part.REMARK, "# no content differs")


def of_path(difference: PathDifference) -> Iterator[PatchLine]:
    """Yield the lines of one path."""
    live, desired = _name("live", difference), _name("desired", difference)
    for line in said_of(difference):
        yield PatchLine(Part.REMARK, f"# {line}")
    yield PatchLine(Part.HEADER, f"diff --git {live} {desired}")
    content = difference.content
    if content.state not in _SHOWN and content.state is not ContentState.BINARY:
        yield PatchLine(Part.WITHHELD, state_words(difference))
        return
    hint = _hint(difference)
    for line in _modes(difference):  # by a mode alone git would make an empty file
        yield PatchLine(Part.REMARK, f"# {line}") if hint else PatchLine(Part.HEADER, line)
    live, desired = (
        name if side else "/dev/null"
        for name, side in ((live, difference.live), (desired, difference.desired))
    )
    if content.state is ContentState.BINARY:
        yield PatchLine(Part.WITHHELD, f"Binary files {live} and {desired} differ")
    elif content.hunks:
        yield PatchLine(Part.HEADER, f"--- {_ended(live)}")
        yield PatchLine(Part.HEADER, f"+++ {_ended(desired)}")
        for hunk in content.hunks:
            yield from _hunk(hunk, hint)


def _name(side: str, difference: PathDifference) -> str:
    return quoted(f"{side}/{difference.path}")


def _ended(name: str) -> str:
    """Return a name for the lines of a header, where a blank in it needs a tab behind, as git writes it."""
    return f"{name}\t" if " " in name else name


def _modes(difference: PathDifference) -> Iterator[str]:
    live, desired = _mode(difference.live), _mode(difference.desired)
    if live is None and desired:
        yield f"new file mode {desired}"
    elif desired is None and live:
        yield f"deleted file mode {live}"
    elif live != desired:
        yield from (f"old mode {live}", f"new mode {desired}")


def _mode(entry: Entry | None) -> str | None:
    return entry.mode if entry and entry.kind in (Kind.FILE, Kind.SYMLINK) else None


def _hint(difference: PathDifference) -> str:
    """Return what stands in the place of a hunk so that no program takes it, "" where it may."""
    if difference.content.masked:
        return f"({HIDDEN}) "
    lines = (line for hunk in difference.content.hunks for line in hunk.lines)
    return "" if all(is_exact(line.text) for line in lines) else "(shown with escapes) "


def _hunk(hunk: Hunk, hint: str) -> Iterator[PatchLine]:
    old = f"-{_range(hunk.live_start, hunk.live_count)}"
    new = f"+{_range(hunk.desired_start, hunk.desired_count)}"
    yield PatchLine(Part.PLACE, f"@@ {old} {new} {hint}@@")
    for line in hunk.lines:
        yield from _line(line)


def _range(start: int, count: int) -> str:
    return f"{start}" if count == 1 else f"{start},{count}"


def _line(line: Line) -> Iterator[PatchLine]:
    yield PatchLine(_PARTS[line.sign], line.sign, line.text)
    if not line.ended:
        yield PatchLine(Part.COMMON, "\\ No newline at end of file")
