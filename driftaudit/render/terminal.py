"""The summary drawn with rich. Names only ever reach it as `Text`: in markup `[red]` would vanish."""

import re
from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from driftaudit.model.finding import Action, Origin, Severity
from driftaudit.render.base import RenderOptions
from driftaudit.render.console import drawing_console
from driftaudit.render.next_steps import Hint
from driftaudit.render.rows import Row, Section
from driftaudit.render.summary import ProblemGroup, Summary, Tree
from driftaudit.render.terminal_aside import health, imports, probes, standing
from driftaudit.render.terminal_parts import INDENT, WIDE, Named, Part, Unwrapped, grid, indented, rows
from driftaudit.render.waivers import WaiverGroup

NARROWEST = 40

_SEVERITY_STYLES = {Severity.BLOCK: "bold red", Severity.WARN: "bold yellow", Severity.INFO: "bold cyan"}
_VERDICT_STYLES = {
    "PASS": "bold black on green",
    "BLOCKED": "bold white on red",
    "INCOMPLETE": "bold black on yellow",
}
_COMMAND_STYLE = "cyan"
_ACTION_WIDTH = max(len(action) for action in Action)
_ORIGIN_WIDTH = max(len(origin) for origin in Origin)
_LINE_END = re.compile(r"(?: |\x1b\[[0-9;]*m)+$", re.MULTILINE)


def draw(summary: Summary, options: RenderOptions) -> str:
    """Return the drawn report without blanks at the ends of lines."""
    width = None if options.width is None else max(options.width, NARROWEST)
    blocks = _quiet(summary, width) if options.quiet else _full(summary, width)
    console = drawing_console(colour=options.colour, width=width)
    with console.capture() as drawn:
        for block in blocks:
            for part in block:
                is_line = isinstance(part, Unwrapped)
                console.print(part.text if isinstance(part, Unwrapped) else part, soft_wrap=is_line)
            if not options.quiet:
                console.print()
        console.print(_verdict(summary), soft_wrap=True)  # one line, however long it is
    return _LINE_END.sub(lambda end: end[0].replace(" ", ""), drawn.get())


def _quiet(summary: Summary, width: int | None) -> Iterator[list[Part]]:
    blocking = [section for section in summary.sections if section.severity is Severity.BLOCK]
    held = [row for section in blocking for group in section.groups for row in group.rows]
    if held:
        yield [_rows(held, width, 0, is_loud=True)]


def _full(summary: Summary, width: int | None) -> Iterator[list[Part]]:
    yield _header(summary, width)
    if summary.nothing:
        yield [Text(summary.nothing)]
    for severity, style in _SEVERITY_STYLES.items():
        yield from (_section(each, width) for each in summary.sections if each.severity is severity)
        yield from imports(summary.imports, severity, style, width)
        if severity is Severity.BLOCK and summary.health:
            yield health(summary.health)
    yield from _aside(summary, width)
    if summary.standing:
        yield standing(summary.standing, width)
    if summary.notes:
        yield [Text("Notes", "bold"), *(indented(Text(note)) for note in summary.notes)]
    if summary.ignored:
        yield [Text(summary.ignored, "dim")]
    if summary.hints:
        yield _what_to_do(summary, width)


def _aside(summary: Summary, width: int | None) -> Iterator[list[Part]]:
    if summary.probes:
        yield probes(summary, width)
    if summary.script:
        yield _script(summary)
    if summary.moved_folders:
        moved = Text.assemble(("Moved folders", "bold cyan"), f"  {len(summary.moved_folders)}")
        yield [moved, *(indented(Text(line)) for line in summary.moved_folders)]
    if summary.problems:
        yield _problems(summary, width)
    if summary.waivers:
        yield _waivers(summary, width)


def _verdict(summary: Summary) -> Text:
    style = _VERDICT_STYLES[summary.verdict]
    return Text.assemble((summary.verdict, style), "  ", (summary.reason, "bold"))


def _header(summary: Summary, width: int | None) -> list[Part]:
    facts = grid()

    def add(name: str, fact: Text, *details: str) -> None:
        """Add a fact with its details: behind it where there is room, else below."""
        if width is not None and width >= WIDE:
            behind = Text("".join(f"  {detail}" for detail in details), "dim")
            facts.add_row(Text(name, "dim"), Text.assemble(fact, behind))
            return
        facts.add_row(Text(name, "dim"), fact)
        for detail in details:
            facts.add_row(Text(), Text(detail, "dim"))

    for name, tree in (("desired", summary.desired), ("deployed", summary.deployed)):
        add(name, _place(tree), ", ".join(_figures(tree)))
    if summary.live_commit:
        add("live", Text(summary.live_commit[0]), *summary.live_commit[1:])
    counted = (f"{action} {number:,}" for action, number in summary.actions)
    add("deploy", Text(summary.deploy), ", ".join(counted))
    if summary.probe_total:
        add("probes", Text(summary.probe_total))
    title = Text.assemble((summary.target, "bold"), "  ", (summary.when, "dim"))
    return [title, indented(facts)]


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
    held = [row for group in section.groups for row in group.rows]
    widest = max(cell_len(_named(row, width, is_loud).name) for row in held)
    parts: list[Part] = [title]
    for group in section.groups:
        parts.append(indented(Text.assemble(group.reason, (f"  ({group.rule})", "dim"))))
        parts.append(indented(_rows(group.rows, width, 2 * INDENT, is_loud, widest), 2 * INDENT))
    return parts


def _rows(held: Iterable[Row], width: int | None, indent: int, is_loud: bool, widest: int = 0) -> Table:
    """Return a line for each row, its path last; without a width all that is known of it stands there."""
    named = (_named(row, width, is_loud) for row in held)
    return rows(named, width, indent, is_loud=is_loud, widest=widest)


def _named(row: Row, width: int | None, is_loud: bool) -> Named:
    amount = f"  {row.amount}" if row.amount else ""
    rule = f"  {row.rule}" if width is None else ""
    what = Text.assemble(
        (f"{row.action:<{_ACTION_WIDTH}}", "red" if is_loud else ""),
        (f"  {row.origin:<{_ORIGIN_WIDTH}}{rule}", "dim"),
    )
    return Named(what, row.path + amount, ", ".join(row.details))


def _what_to_do(summary: Summary, width: int | None) -> list[Part]:
    parts: list[Part] = [Text("What to do", "bold")]
    widest = max(len(hint.wish) for hint in summary.hints)
    for hint in summary.hints:
        parts += _hint(hint, widest, width)
    if summary.deploy_lines:
        parts += [
            indented(Text("Say in driftaudit.yml how you deploy; this much is lost only in the worst case:")),
            *(indented(Text(line), 3 * INDENT) for line in summary.deploy_lines),
        ]
    return parts


def _hint(hint: Hint, widest: int, width: int | None) -> Iterator[Part]:
    """Yield a way on; on a terminal its command has a line of its own, to be copied whole."""
    wish = (f"{hint.wish:<{widest}}", "bold")
    margin = " " * INDENT
    if width is None or not hint.command:
        way = grid()
        way.add_row(Text.assemble(wish), Text("`".join(hint.way)))
        yield indented(way)
        return
    text = hint.way[0].rstrip(": ")
    if text == "Run":
        yield Unwrapped(Text.assemble(margin, wish, margin, (hint.command, _COMMAND_STYLE)))
        return
    line = Text.assemble(margin, wish, margin, f"{text}:")
    command = Text(hint.command, _COMMAND_STYLE)
    if cell_len(line.plain) + 1 + cell_len(command.plain) <= width and width >= WIDE:
        yield Unwrapped(Text.assemble(line, " ", command))
        return
    yield line
    yield Unwrapped(Text.assemble(" " * (2 * INDENT + widest), command))


def _script(summary: Summary) -> list[Part]:
    lines = grid()
    for row in summary.script:
        lines.add_row(Text(row.place, "dim"), Text.assemble((row.does, "bold"), (f"\n{row.text}", "dim")))
    return [Text("What the script does, line by line", "bold"), indented(lines)]


def _problems(summary: Summary, width: int | None) -> list[Part]:
    parts: list[Part] = [Text.assemble(("Not seen", "bold yellow"), f"  {summary.problem_count}")]
    for group in summary.problems:
        parts += [indented(_problem_rows(group, width)), indented(Text("`".join(group.advice)), 2 * INDENT)]
    return parts


def _waivers(summary: Summary, width: int | None) -> list[Part]:
    parts: list[Part] = [Text.assemble(("Waivers", "bold"), f"  {summary.waiver_total}")]
    for group in summary.waivers:
        parts += [indented(_problem_rows(group, width)), indented(Text("`".join(group.advice)), 2 * INDENT)]
    return parts


def _problem_rows(group: ProblemGroup | WaiverGroup, width: int | None) -> Table:
    held = (
        Named(Text(group.kind, "yellow"), row.path + (f"  {row.amount}" if row.amount else ""), row.detail)
        for row in group.rows
    )
    return rows(held, width, INDENT, is_loud=True)
