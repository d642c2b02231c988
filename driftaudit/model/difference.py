"""In what the contents of one path differ, as it may be shown: what is secret is hidden in it already."""

from dataclasses import dataclass
from enum import StrEnum

from driftaudit.errors import ExitCode
from driftaudit.model.entry import Entry
from driftaudit.model.problem import Problem

HIDDEN = "\u2039hidden\u203a"


class ContentState(StrEnum):
    """What can be shown of two contents."""

    SAME = "same"
    TEXT = "text"
    BINARY = "binary"
    SECRET = "secret"  # noqa: S105 - a label of rules; the content is not shown
    TOO_LARGE = "too-large"
    NOT_FETCHED = "not-fetched"  # the application's own, which is shown where it is named
    SPECIAL = "special"  # a socket, a FIFO or a device is never opened
    UNREAD = "unread"  # a side could not be had; the notes say why


@dataclass(frozen=True, slots=True)
class Line:
    """A line: "-" where only the live content has it, "+" where only the desired one has, " " where both do.

    Bytes that are not UTF-8 are surrogate escapes in `text`. `ended` is false for a last line without its LF.
    """

    sign: str
    text: str
    ended: bool = True


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that differ, with those around them, and where they begin on both sides, counted from 1."""

    live_start: int
    live_count: int
    desired_start: int
    desired_count: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A key on which two documents differ, with the values as JSON; None where there is none."""

    keys: tuple[str | int, ...]
    live: str | None
    desired: str | None
    hidden: bool = False

    @property
    def kind(self) -> str:
        """Return added, removed or changed, as the deploy would do it."""
        if self.live is None:
            return "added"
        return "removed" if self.desired is None else "changed"


@dataclass(frozen=True, slots=True)
class ContentDifference:
    """What differs from the live to the desired content.

    `added` and `removed` count all lines. `masked` tells that values are hidden in hunks or keys. `document`
    is the format that both sides could be read in, and `keys` in what they differ then. `left_out` counts the
    lines of hunks, and the keys, that a report has no room for.
    """

    state: ContentState
    hunks: tuple[Hunk, ...] = ()
    added: int = 0
    removed: int = 0
    masked: bool = False
    document: str | None = None
    keys: tuple[KeyChange, ...] = ()
    notes: tuple[str, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class PathDifference:
    """A path with what lies there on both sides, in what that differs, and what the deploy does about it.

    `origin` and `action` are as a finding has them, "" where there is no finding.
    """

    path: str
    live: Entry | None
    desired: Entry | None
    content: ContentDifference
    origin: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class ContentDiff:
    """What a deploy would do to the contents of one target, or of some paths of it.

    `same` are paths that were asked for and do not differ, `problems` what of all that was asked for could
    not be seen.
    """

    target: str
    differences: tuple[PathDifference, ...]
    same: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """What a pipeline sees. What could not be read counts most: then the diff is not whole."""
        if self.problems or any(each.content.state is ContentState.UNREAD for each in self.differences):
            return ExitCode.INCOMPLETE
        return ExitCode.BLOCKED if self.differences else ExitCode.PASS
