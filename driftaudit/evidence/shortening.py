"""Differences cut to what a page has room for; what is left out is counted. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from driftaudit.model.difference import ContentDifference, Hunk, KeyChange, Line

MOST_LINES = 300
"""Lines of one path."""

MOST_KEYS = 200
"""Keys of one document."""

LONGEST = 400
"""Characters of a line or a value."""

ALL_TOGETHER = 1_200_000
"""Characters of all paths."""


@dataclass(slots=True)
class Room:
    """How many characters there is room for still."""

    characters: int = ALL_TOGETHER

    @property
    def is_used_up(self) -> bool:
        """Whether nothing more fits."""
        return self.characters <= 0

    def takes(self, text: str) -> bool:
        """Whether a text had room, which it takes then."""
        if self.is_used_up:
            return False
        self.characters -= len(text)
        return True


def shortened(content: ContentDifference, room: Room) -> ContentDifference:
    """Return the difference with as many of its lines and keys as there is room for, each cut to a length."""
    keys = [_short_key(change) for change in content.keys[:MOST_KEYS]]
    keys = [change for change in keys if room.takes(f"{change.keys}{change.live}{change.desired}")]
    hunks, left = [], MOST_LINES
    for hunk in content.hunks:
        lines = _fitting(hunk.lines[:left], room)
        left -= len(lines)
        if lines:
            hunks.append(_cut(hunk, lines))
    total = sum(len(hunk.lines) for hunk in content.hunks) + len(content.keys)
    shown = sum(len(hunk.lines) for hunk in hunks) + len(keys)
    return replace(content, hunks=tuple(hunks), keys=tuple(keys), left_out=total - shown)


def _fitting(lines: Sequence[Line], room: Room) -> tuple[Line, ...]:
    short = (replace(line, text=_short(line.text)) for line in lines)
    return tuple(line for line in short if room.takes(line.text + "\n"))


def _cut(hunk: Hunk, lines: tuple[Line, ...]) -> Hunk:
    if len(lines) == len(hunk.lines):
        return replace(hunk, lines=lines)
    live = sum(line.sign != "+" for line in lines)
    desired = sum(line.sign != "-" for line in lines)
    return replace(hunk, lines=lines, live_count=live, desired_count=desired)


def _short(text: str) -> str:
    rest = len(text) - LONGEST
    return f"{text[:LONGEST]}… ({rest:,} more characters)" if rest > 0 else text


def _short_key(change: KeyChange) -> KeyChange:
    keys = tuple(_short(key) if isinstance(key, str) else key for key in change.keys)
    live, desired = (None if side is None else _short(side) for side in (change.live, change.desired))
    return replace(change, keys=keys, live=live, desired=desired)
