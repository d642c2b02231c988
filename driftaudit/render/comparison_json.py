"""A comparison as JSON, for programs. The shape is a contract: `docs/comparison.schema.json`.

No digest and no link target is in it: without labels nobody can tell which of them belong to secrets.
"""

from collections import Counter

import driftaudit
from driftaudit.model.change import Change
from driftaudit.model.comparison import Comparison, Side, State, state_of
from driftaudit.model.entry import Entry
from driftaudit.model.problem import Problem
from driftaudit.render.base import RenderOptions
from driftaudit.render.json_values import Document, modified_at, path_keys, timestamp, written

SCHEMA = "driftaudit/comparison/v1"


def render(comparison: Comparison, options: RenderOptions) -> str:  # noqa: ARG001 - all of it, always
    """Return the report; the same comparison gives the same bytes."""
    return written(document(comparison))


def document(comparison: Comparison) -> Document:
    """Return the report as plain values, keys in the order of the contract."""
    counted = Counter(map(state_of, comparison.changes))
    return {
        "schema": SCHEMA,
        "tool": f"driftaudit {driftaudit.__version__}",
        "outcome": comparison.outcome.value,
        "exit_code": int(comparison.outcome.exit_code),
        "started_at": timestamp(comparison.started_at),
        "duration_seconds": round(comparison.duration_seconds, 3),
        "left": _side(comparison.left),
        "right": _side(comparison.right),
        "counts": {state.value: counted[state] for state in State},
        "changes": [_change(change) for change in comparison.changes],
        "problems": [
            _problem(name, problem)
            for name, side in (("left", comparison.left), ("right", comparison.right))
            for problem in side.problems
        ],
        "notes": list(comparison.notes),
    }


def _side(side: Side) -> Document:
    return {
        "name": side.name,
        "source": side.source.kind,
        "url": side.source.url,
        "revision": side.source.revision,
        "commit": side.source.commit,
        "method": side.source.method,
        "entries": side.entries,
        "bytes": side.scan.bytes,
        "complete": not side.problems,
    }


def _change(change: Change) -> Document:
    return {
        **path_keys(change.path),
        "state": state_of(change).value,
        "aspects": [aspect.value for aspect in change.aspects] if change.desired and change.deployed else [],
        "left": _entry(change.desired),
        "right": _entry(change.deployed),
    }


def _entry(entry: Entry | None) -> Document | None:
    if entry is None:
        return None
    return {
        "kind": entry.kind.value,
        "mode": entry.mode,
        "size": entry.size,
        "modified_at": modified_at(entry.modified_ns),
        "owner": entry.owner,
    }


def _problem(side: str, problem: Problem) -> Document:
    return {"side": side, **path_keys(problem.path), "kind": problem.kind.value, "detail": problem.detail}
