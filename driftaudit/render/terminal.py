"""The summary drawn with rich. Names only ever reach it as `Text`: in markup `[red]` would vanish."""

import re
from collections.abc import Iterable, Iterator

from rich.cells import chop_cells
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from driftaudit.model.finding import Action, Origin, Severity
from driftaudit.render.base import RenderOptions
from driftaudit.render.console import drawing_console
from driftaudit.render.rows import Group, Row, Section
from driftaudit.render.summary import ProblemGroup, Summary, Tree
from driftaudit.render.waivers import WaiverGroup

NARROWEST = 40
INDENT = 2

_SEVERITY_STYLES = {Severity.BLOCK: "bold red", Severity.WARN: "bold yellow", Severity.INFO: "bold cyan"}
_VERDICT_STYLES = {
    "PASS": "bold black on green",
    "BLOCKED": "bold white on red",
    "INCOMPLETE": "bold black on yellow",
}
_ACTION_WIDTH = max(len(action) for action in Action)
_ORIGIN_WIDTH = max(len(origin) for origin in Origin)
_LINE_END = re.compile(r"(?: |\x1b\[[0-9;]*m)+$", re.MULTILINE)

Part = Text | Padding | Table


def draw(summary: Summary, options: RenderOptions) -> str:
    """Return the drawn report without blanks at the ends of lines."""
    width = None if options.width is None else max(options.width, NARROWEST)
    blocks = _quiet(summary, width) if options.quiet else _full(summary, width)
    console = drawing_console(colour=options.colour, width=width)
    with console.capture() as drawn:
        for block in blocks:
            for part in block:
                console.print(part)
            if not options.quiet:
                console.print()
        console.print(_verdict(summary), soft_wrap=True)  # one line, however long it is
    return _LINE_END.sub(lambda end: end[0].replace(" ", ""), drawn.get())


def _quiet(summary: Summary, width: int | None) -> Iterator[list[Part]]:
    blocking = [section for section in summary.sections if section.severity is Severity.BLOCK]
    rows = [row for section in blocking for group in section.groups for row in group.rows]
    if rows:
        yield [_rows(rows, width, 0, is_loud=True)]


def _full(summary: Summary, width: int | None) -> Iterator[list[Part]]:
    yield _header(summary)
    if summary.nothing:
        yield [Text(summary.nothing)]
    for section in summary.sections:
        yield _section(section, width)
        if section.severity is Severity.BLOCK:
            yield _what_to_do(summary)
    if summary.script:
        yield _script(summary)
    if summary.moved_folders:
        moved = Text.assemble(("Moved folders", "bold cyan"), f"  {len(summary.moved_folders)}")
        yield [moved, *(_indented(Text(line)) for line in summary.moved_folders)]
    if summary.problems:
        yield _problems(summary, width)
    if summary.waivers:
        yield _waivers(summary, width)
    if summary.notes:
        yield [Text("Notes", "bold"), *(_indented(Text(note)) for note in summary.notes)]
    if summary.ignored:
        yield [Text(summary.ignored, "dim")]


def _verdict(summary: Summary) -> Text:
    style = _VERDICT_STYLES[summary.verdict]
    return Text.assemble((summary.verdict, style), "  ", (summary.reason, "bold"))


def _header(summary: Summary) -> list[Part]:
    facts = _grid()
    for name, tree in (("desired", summary.desired), ("deployed", summary.deployed)):
        facts.add_row(Text(name, "dim"), _place(tree))
        facts.add_row(Text(), Text(", ".join(_figures(tree)), "dim"))
    for number, line in enumerate(summary.live_commit):
        facts.add_row(Text("" if number else "live", "dim"), Text(line, "dim" if number else ""))
    facts.add_row(Text("deploy", "dim"), Text(summary.deploy))
    counted = (f"{action} {number:,}" for action, number in summary.actions)
    facts.add_row(Text(), Text(", ".join(counted), "dim"))
    title = Text.assemble((summary.target, "bold"), "  ", (summary.when, "dim"))
    return [title, _indented(facts)]


def _place(tree: Tree) -> Text:
    commit = f"  commit {tree.commit}" if tree.commit else ""
    root = f"  which is {tree.real_root}" if tree.real_root else ""
    return Text(f"{tree.title}{commit}{root}")


def _figures(tree: Tree) -> Iterator[str]:
    yield tree.entries
    if tree.size:
        yield tree.size
    if tree.method:
        yield f"read by {tree.method}"
    if not tree.complete:
        yield "INCOMPLETE"


def _section(section: Section, width: int | None) -> list[Part]:
    title = Text.assemble((section.title, _SEVERITY_STYLES[section.severity]), f"  {section.total}")
    is_loud = section.severity is Severity.BLOCK
    return [title, *(part for group in section.groups for part in _group(group, width, is_loud))]


def _group(group: Group, width: int | None, is_loud: bool) -> list[Part]:
    reason = Text.assemble(group.reason, (f"  ({group.rule})", "dim"))
    return [_indented(reason), _indented(_rows(group.rows, width, 2 * INDENT, is_loud), 2 * INDENT)]


def _rows(rows: Iterable[Row], width: int | None, indent: int, is_loud: bool) -> Table:
    """Return a line for each row, its path last; without a width all that is known of it stands there."""
    grid = _grid()
    for row in rows:
        amount = f"  {row.amount}" if row.amount else ""
        rule = f"  {row.rule}" if width is None else ""
        what = Text.assemble(
            (f"{row.action:<{_ACTION_WIDTH}}", "red" if is_loud else ""),
            (f"  {row.origin:<{_ORIGIN_WIDTH}}{rule}", "dim"),
        )
        room = None if width is None else width - indent - len(what) - INDENT
        grid.add_row(what, _named(row.path + amount, ", ".join(row.details), room, is_loud))
    return grid


def _named(name: str, detail: str, room: int | None, is_loud: bool) -> Text:
    """Return a name with what there is to say of it: behind it, or below where there is only so much room.

    The name is cut where the line ends and nowhere else, since rich would swallow a blank that it breaks at.
    """
    if room is None:
        return Text(f"{name}  {detail}" if detail else name)
    lines = "\n".join(chop_cells(name, room)) or name
    return Text.assemble((lines, "bold" if is_loud else ""), (f"\n{detail}" if detail else "", "dim"))


def _what_to_do(summary: Summary) -> list[Part]:
    ways = _grid()
    for hint in summary.hints:
        ways.add_row(Text(hint.wish, "bold"), Text("`".join(hint.way)))
    parts: list[Part] = [Text("What to do", "bold"), _indented(ways)]
    if summary.deploy_lines:
        parts += [
            _indented(
                Text("Say in driftaudit.yml how you deploy; this much is lost only in the worst case:")
            ),
            *(_indented(Text(line), 3 * INDENT) for line in summary.deploy_lines),
        ]
    return parts


def _script(summary: Summary) -> list[Part]:
    rows = _grid()
    for row in summary.script:
        rows.add_row(Text(row.place, "dim"), Text.assemble((row.does, "bold"), (f"\n{row.text}", "dim")))
    return [Text("What the script does, line by line", "bold"), _indented(rows)]


def _problems(summary: Summary, width: int | None) -> list[Part]:
    parts: list[Part] = [Text.assemble(("Not seen", "bold yellow"), f"  {summary.problem_count}")]
    for group in summary.problems:
        parts += [_indented(_problem_rows(group, width)), _indented(Text("`".join(group.advice)), 2 * INDENT)]
    return parts


def _waivers(summary: Summary, width: int | None) -> list[Part]:
    parts: list[Part] = [Text.assemble(("Waivers", "bold"), f"  {summary.waiver_total}")]
    for group in summary.waivers:
        parts += [_indented(_problem_rows(group, width)), _indented(Text("`".join(group.advice)), 2 * INDENT)]
    return parts


def _problem_rows(group: ProblemGroup | WaiverGroup, width: int | None) -> Table:
    grid = _grid()
    for row in group.rows:
        room = None if width is None else width - 2 * INDENT - len(group.kind)
        amount = f"  {row.amount}" if row.amount else ""
        grid.add_row(Text(group.kind, "yellow"), _named(row.path + amount, row.detail, room, is_loud=True))
    return grid


def _grid() -> Table:
    """Return two columns without lines, of which the second may be wrapped."""
    grid = Table.grid(padding=(0, INDENT, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    return grid


def _indented(part: Text | Table, level: int = INDENT) -> Padding:
    return Padding.indent(part, level)
