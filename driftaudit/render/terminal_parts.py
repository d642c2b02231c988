"""What the report for a terminal is put together from. Names only ever reach rich as `Text`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, chop_cells
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

INDENT = 2
_NARROWEST = 8  # columns of a name, however narrow the terminal
WIDE = 120  # columns, from which on what there is to say of a name stands beside it


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """A line that is never broken, however long it is: a command to be copied."""

    text: Text


Part = Text | Padding | Table | Unwrapped


@dataclass(frozen=True, slots=True)
class Named:
    """A row: what it is, a name, and what there is to say of it."""

    what: Text
    name: str
    detail: str


def rows(named: Iterable[Named], width: int | None, indent: int, *, is_loud: bool, widest: int = 0) -> Table:
    """Return a grid: details behind the name where there is room, below it where there is not.

    `width` is that of the terminal, None where a line may be as long as it comes. `widest` is how wide names
    are elsewhere that these are to be in line with.
    """
    held = list(named)
    style = "bold" if is_loud else ""
    beside = _width_of_names(held, width, indent, widest)
    if beside:
        return _in_columns(held, beside, style)
    table = grid()
    for row in held:
        room = None if width is None else max(width - indent - len(row.what) - INDENT, _NARROWEST)
        table.add_row(row.what, _below(row, room, style))
    return table


def _width_of_names(held: Sequence[Named], width: int | None, indent: int, widest: int) -> int:
    """Return how wide a column of names is; 0 where there is no room for details beside it."""
    if width is None or not held:
        return 0
    names = max(widest, *(cell_len(row.name) for row in held))
    details = max(cell_len(row.detail) for row in held)
    room = width - indent - max(len(row.what) for row in held) - INDENT
    if width >= WIDE:
        return min(names, room // 2)
    return names if details and names + INDENT + details <= room else 0


def _in_columns(held: Sequence[Named], width_of_names: int, style: str) -> Table:
    table = grid()
    table.add_column(overflow="fold")
    table.columns[1].width = width_of_names
    for row in held:
        name = "\n".join(chop_cells(row.name, width_of_names)) or row.name
        table.add_row(row.what, Text(name, style), Text(row.detail, "dim"))
    return table


def _below(row: Named, room: int | None, style: str) -> Text:
    """Return a name with its detail behind it, or below where there is only so much room.

    The name is cut where the line ends and nowhere else, since rich would swallow a blank that it breaks at.
    """
    if room is None:
        return Text(f"{row.name}  {row.detail}" if row.detail else row.name)
    lines = "\n".join(chop_cells(row.name, room)) or row.name
    return Text.assemble((lines, style), (f"\n{row.detail}" if row.detail else "", "dim"))


def grid() -> Table:
    """Return two columns without lines, of which the second may be wrapped."""
    table = Table.grid(padding=(0, INDENT, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    return table


def indented(part: Text | Table, level: int = INDENT) -> Padding:
    """Return a part that begins so many columns further right."""
    return Padding.indent(part, level)
