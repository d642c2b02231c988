"""Edits of a live tree, and taking them back."""

import random
import shutil
from pathlib import Path

from benchmarks.trees import Tree, paths

_EDIT = b"// edited\n"
_SEED = 2


def edited(tree: Tree, files: int) -> list[str]:
    """Name the paths that a drift of this many files edits: all over the tree, the same ones first."""
    found = list(paths(tree.size))
    random.Random(_SEED).shuffle(found)
    return found[:files]


def drift_to(tree: Tree, files: int) -> None:
    """Edit this many files of the live tree, where more than now are edited, or else put the rest back."""
    now = _drifted(tree)
    _say(tree, max(now, files))  # first: whoever is interrupted finds what to put back
    for path in edited(tree, now)[files:]:
        shutil.copy2(tree.repository / path, tree.live / path)
    for path in edited(tree, files)[now:]:
        with (tree.live / path).open("ab") as file:
            file.write(_EDIT)
    _say(tree, files)


def put_back(tree: Tree) -> int:
    """Make the live tree what is committed, also after a run that was interrupted.

    Returns how many files were edited.
    """
    edits = _drifted(tree)
    drift_to(tree, 0)
    return edits


def _drifted(tree: Tree) -> int:
    note = _note(tree)
    return int(note.read_text()) if note.is_file() else 0


def _say(tree: Tree, files: int) -> None:
    beside = _note(tree).with_suffix(".new")
    beside.write_text(f"{files}\n")
    beside.replace(_note(tree))


def _note(tree: Tree) -> Path:
    return tree.folder / "drift"
