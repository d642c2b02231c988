"""How the folders of both trees lie side by side: for a page's tree, and for its table without scripts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from driftaudit.model.audit import Audit
from driftaudit.model.structure import FolderMapping, FolderState
from driftaudit.render.folder_words import MOVES, STATES, figures_of, place_of
from driftaudit.render.printable import printable
from driftaudit.render.wording import count_of

ROOM = 600_000
"""Bytes of the data block that folders may take; those that lie highest come first."""

_MOST_ROWS = 200  # of the table; the tree has more


@dataclass(frozen=True, slots=True)
class FolderRow:
    """A folder of the live tree and what it is in the desired one, "" where there is none."""

    live: str
    desired: str
    words: str


@dataclass(frozen=True, slots=True)
class FolderTable:
    """Folders that are not the same in both trees, and how many others there are."""

    rows: tuple[FolderRow, ...]
    more: str


def folder_table(audit: Audit) -> FolderTable:
    """Return the folders as a table, by path."""
    found = [folder for folder in audit.folders if folder.state is not FolderState.SAME]
    more = len(found) - _MOST_ROWS
    same = len(audit.folders) - len(found)
    words = [f"{count_of(more, 'more folder')} that differ"] if more > 0 else []
    words += [f"{count_of(same, 'folder')} the same in both trees"] if same else []
    return FolderTable(tuple(map(_row, found[:_MOST_ROWS])), " and ".join(words))


def _row(folder: FolderMapping) -> FolderRow:
    end = "" if folder.state is FolderState.UNSEEN else "/"  # whether it is a folder was not seen
    live, desired = (
        "" if path is None else f"{printable(path)}{end}" if path else "the root"
        for path in (folder.live, folder.desired)
    )
    return FolderRow(live, desired, ", ".join(filter(None, (STATES[folder.state], figures_of(folder)))))


def folder_lines(audit: Audit) -> list[list[Any]]:
    """Return place, place in the desired tree where it moved, state, its words and figures, of each folder.

    Where it was not looked into how folders lie, those are left that moved.
    """
    lines = sorted(_lines(audit), key=lambda line: line[0].count("/") + bool(line[0]))
    found, left = [], ROOM
    for line in lines:
        left -= sum(len(str(each).encode("utf-8", "backslashreplace")) for each in line) + 20
        if left < 0:
            break
        found.append(line)
    return found


def _lines(audit: Audit) -> Iterator[list[Any]]:
    for folder in audit.folders:
        if folder.state is not FolderState.SAME:
            to = printable(folder.desired or "") if folder.state in MOVES else None
            yield [
                printable(place_of(folder)),
                to,
                folder.state.value,
                STATES[folder.state],
                figures_of(folder),
            ]
    if not audit.folders:
        moved = FolderState.MOVED
        for move in audit.moved_folders:
            yield [printable(move.folder), printable(move.to), moved.value, STATES[moved], ""]
