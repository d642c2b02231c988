"""Contents that differ as a page's data: lines with their sign in front, keys as people write them."""

from typing import Any

from driftaudit.model.difference import Hunk, KeyChange, Line, PathDifference
from driftaudit.render.diff_wording import key_name
from driftaudit.render.patch_text import visible
from driftaudit.render.printable import printable

_NO_NEWLINE = "\\ no line break at the end"


def difference_row(difference: PathDifference) -> dict[str, Any]:
    """Return the difference by name; what there is nothing of is left out."""
    content = difference.content
    row = {
        "state": content.state.value,
        "added": content.added,
        "removed": content.removed,
        "masked": content.masked,
        "document": content.document,
        "keys": [_key(change) for change in content.keys],
        "hunks": [_hunk(hunk) for hunk in content.hunks],
        "notes": [printable(note) for note in content.notes],
        "left": content.left_out,
    }
    return {name: value for name, value in row.items() if value}


def _key(change: KeyChange) -> list[Any]:
    live, desired = (None if side is None else visible(side) for side in (change.live, change.desired))
    return [key_name(change), live, desired]


def _hunk(hunk: Hunk) -> list[Any]:
    lines: list[str] = []
    for line in hunk.lines:
        lines += _line(line)
    return [hunk.live_start, hunk.desired_start, lines]


def _line(line: Line) -> list[str]:
    shown = f"{line.sign}{visible(line.text)}"
    return [shown] if line.ended else [shown, _NO_NEWLINE]
