"""docs/benchmarks.md: what is between its two marks is made from records, the rest is written by hand."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.goals import Judgement, judged
from benchmarks.peers import BY_NAME
from benchmarks.record import Record, together
from benchmarks.results import Results
from benchmarks.tables import commands_table, markdown, size_table
from benchmarks.trees import Size

BEGIN, END = "<!-- measured -->\n", "<!-- end of what was measured -->\n"
_VERDICTS = {True: "met", False: "**not met**", None: "not measured"}
_PLOT = "![Seconds against the size of the tree, and against the files that were edited](benchmarks.svg)\n"


def put_into(page: Path, measured: str) -> None:
    """Replace what stands between the marks. Raises SystemExit where a mark is missing."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{page} has not both marks: {BEGIN.strip()} and {END.strip()}")
    page.write_text(f"{before}{begin}{measured}{end}{after}", encoding="utf-8")


def measured_part(records: Sequence[Record]) -> str:
    """Return goals, plot, tables, commands and machine as Markdown."""
    results = together(records)
    parts = ["## Goals\n", goals_table(results), "## By size and drift\n", _PLOT]
    for files in sorted({key.files for key in results}):
        parts += [f"### {size_title(files)}\n", size_table(results, files)]
    names = {key.name for key in results}
    shown = [contender for name, contender in BY_NAME.items() if name in names]
    parts += ["## Commands\n", commands_table(shown), "## Machine\n", *map(_circumstances, records)]
    return "\n".join(["", *parts, ""])


def goals_table(results: Results) -> str:
    """Return the goals beside what was measured."""
    return markdown(("goal", "files", "at most", "measured", ""), [_goal(one) for one in judged(results)])


def size_title(files: int) -> str:
    """Return what a tree has."""
    size = Size.of(files)
    return f"{size.files:,} files, {size.size / 1e9:.2f} GB, {size.folders:,} folders"


def _goal(one: Judgement) -> Sequence[str]:
    goal = one.goal
    measured = "" if one.measured is None else _figure(one.measured, goal.unit)
    return goal.what, f"{one.files:,}", f"{goal.limit:g} {goal.unit}", measured, _VERDICTS[one.met]


def _figure(value: float, unit: str) -> str:
    return f"{value:.0f} {unit}" if unit in ("KB", "MB") else f"{value:.2f} {unit}"


def _circumstances(record: Record) -> str:
    machine = ", ".join(f"{name} {value}" for name, value in record.machine.items())
    return f"`{record.command}`: {machine}; load {record.load} before it began.\n"
