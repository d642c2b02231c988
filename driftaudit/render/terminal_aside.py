"""What the report for a terminal says beside the findings: the running application, imports, and history."""

from collections.abc import Iterable, Iterator, Sequence

from rich.text import Text

from driftaudit.model.finding import Severity
from driftaudit.model.probe import ProbeState
from driftaudit.render.imports import ImportGroup, ImportRow
from driftaudit.render.running import HealthRow
from driftaudit.render.standing import StandingWords
from driftaudit.render.summary import Summary
from driftaudit.render.terminal_parts import INDENT, Named, Part, grid, indented, rows
from driftaudit.render.wording import count_of

_MOST_ROWS = 20  # of the history; all are in the other formats
_STATES = {ProbeState.WELL: "green", ProbeState.ILL: "bold red", ProbeState.NOT_ASKED: "yellow"}
_STANDINGS = {"new": "bold", "resolved": "green"}
_SEVERITIES = {Severity.BLOCK: "bold red", Severity.WARN: "bold yellow", Severity.INFO: "bold cyan"}


def imports(
    groups: Iterable[ImportGroup], severity: Severity, style: str, width: int | None
) -> Iterator[list[Part]]:
    """Yield the imports of one severity that do not resolve, a block for each thing that is wrong."""
    for group in groups:
        if group.severity is severity:
            title = Text.assemble((group.title, style), f"  {group.total}")
            reason = Text.assemble(group.reason, (f"  ({group.rule})", "dim"))
            held = [Named(Text(), row.place, _imported(row)) for row in group.rows]
            is_loud = severity is Severity.BLOCK
            yield [title, indented(reason), indented(rows(held, width, INDENT, is_loud=is_loud))]


def _imported(row: ImportRow) -> str:
    return f"imports {row.module}" + (f", {row.cause}" if row.cause else "")


def health(found: Sequence[HealthRow]) -> list[Part]:
    """Return what the probes say together."""
    table = grid()
    for row in found:
        by = f", by {row.subjects}" if row.subjects else ""
        said = Text.assemble(row.detail, (f"  ({row.rule}{by})", "dim"))
        table.add_row(Text(row.severity.value, _SEVERITIES[row.severity]), said)
    return [Text("The running application", "bold"), indented(table)]


def probes(summary: Summary, width: int | None) -> list[Part]:
    """Return what was asked of the application, and what it answered."""
    widest = max(len(row.state) for row in summary.probes)
    held = [
        Named(Text(f"{row.state:<{widest}}", _STATES[row.state]), row.subject, row.detail)
        for row in summary.probes
    ]
    title = Text.assemble(("Probes", "bold"), f"  {summary.probe_total}")
    return [title, indented(rows(held, width, INDENT, is_loud=False))]


def standing(words: StandingWords, width: int | None) -> list[Part]:
    """Return what is new, what is resolved, and how old the rest is."""
    counts = ", ".join(f"{number:,} {name}" for name, number in words.counts)
    parts: list[Part] = [Text.assemble(("History", "bold"), f"  {words.title}: {counts}")]
    widest = max((len(row.standing) for row in words.rows), default=0)
    held = [
        Named(
            Text(f"{row.standing:<{widest}}", _STANDINGS.get(row.standing, "")),
            row.path,
            f"{row.origin}, {row.age}",
        )
        for row in words.rows[:_MOST_ROWS]
    ]
    if held:
        parts.append(indented(rows(held, width, INDENT, is_loud=False)))
    more = len(words.rows) - len(held)
    if more:
        parts.append(indented(Text(f"and {count_of(more, 'more', 'more')}, in every other format", "dim")))
    return parts
