"""As much of a summary as there is room for: the worst first, and what was left out said."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from driftaudit.model.finding import Severity
from driftaudit.render.imports import ImportGroup
from driftaudit.render.rows import Group, Section
from driftaudit.render.summary import ProblemGroup, Summary
from driftaudit.render.waivers import WaiverGroup
from driftaudit.render.wording import count_of

R = TypeVar("R")
G = TypeVar("G", Group, ProblemGroup, WaiverGroup, ImportGroup)

_URGENT = (Severity.BLOCK, Severity.WARN)


@dataclass(frozen=True, slots=True)
class Cut:
    """A summary of so many rows, and what it lacks, such as `12 rows of Warnings`."""

    summary: Summary
    left_out: tuple[str, ...]


@dataclass(slots=True)
class _Room:
    """Rows that there is still room for. What is taken first is what must not be missed."""

    rows: int
    lacking: list[tuple[int, str]] = field(default_factory=list)

    def take(self, title: str, rows: Sequence[R]) -> tuple[R, ...]:
        taken = tuple(rows[: self.rows])
        self.rows -= len(taken)
        self._say(title, len(rows) - len(taken))
        return taken

    def take_groups(self, title: str, groups: Sequence[G]) -> tuple[G, ...]:
        kept = []
        cut = 0
        for group in groups:
            rows = group.rows[: self.rows]
            self.rows -= len(rows)
            cut += len(group.rows) - len(rows)
            if rows:
                kept.append(replace(group, rows=rows))
        self._say(title, cut)
        return tuple(kept)

    def _say(self, title: str, number: int) -> None:
        if number:
            self.lacking.append((number, title))


def row_count(summary: Summary) -> int:
    """Return how many rows a summary has in all."""
    room = _Room(0)
    _within(summary, room)
    return sum(number for number, _title in room.lacking)


def within(summary: Summary, rows: int) -> Cut:
    """Return the summary in so many rows: what blocks first, then gaps in the evidence, then warnings."""
    room = _Room(rows)
    cut = _within(summary, room)
    return Cut(cut, tuple(f"{count_of(number, 'row')} of {title}" for number, title in room.lacking))


def _within(summary: Summary, room: _Room) -> Summary:
    sections: list[Section] = []
    imports: list[ImportGroup] = []
    blocking, warned = _URGENT
    _take(summary, blocking, room, sections, imports)
    health = room.take("what the probes say together", summary.health)
    problems = room.take_groups("Not seen", summary.problems)
    _take(summary, warned, room, sections, imports)
    probes = room.take("probes", summary.probes)
    moved = room.take("Moved folders", summary.moved_folders)
    script = room.take("the script", summary.script)
    notes = room.take("Notes", summary.notes)
    waivers = room.take_groups("Waivers", summary.waivers)
    standing = summary.standing
    if standing:
        standing = replace(standing, rows=room.take("what is new and what is resolved", standing.rows))
    _take(summary, Severity.INFO, room, sections, imports)
    return replace(
        summary,
        sections=tuple(sections),
        imports=tuple(imports),
        health=health,
        problems=problems,
        probes=probes,
        moved_folders=moved,
        script=script,
        notes=notes,
        waivers=waivers,
        standing=standing,
    )


def _take(
    summary: Summary, severity: Severity, room: _Room, sections: list[Section], imports: list[ImportGroup]
) -> None:
    for section in summary.sections:
        if section.severity is severity:
            groups = room.take_groups(section.title, section.groups)
            sections += [replace(section, groups=groups)] if groups else []
    broken = [group for group in summary.imports if group.severity is severity]
    imports += room.take_groups("imports", broken)
