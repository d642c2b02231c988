"""A diff as JSON, for programs. The shape is a contract: `docs/diff.schema.json`."""

import driftaudit
from driftaudit.model.difference import ContentDiff, Hunk, KeyChange, PathDifference
from driftaudit.model.entry import Entry
from driftaudit.render.base import RenderOptions
from driftaudit.render.json_values import Document, path_keys, readable, written

SCHEMA = "driftaudit/diff/v1"


def render(diff: ContentDiff, options: RenderOptions) -> str:  # noqa: ARG001 - all of it, always
    """Return the report; the same diff gives the same bytes."""
    return written(document(diff))


def document(diff: ContentDiff) -> Document:
    """Return the report as plain values, keys in the order of the contract."""
    return {
        "schema": SCHEMA,
        "tool": f"driftaudit {driftaudit.__version__}",
        "target": diff.target,
        "exit_code": int(diff.exit_code),
        "differences": [_difference(each) for each in diff.differences],
        "same": [path_keys(path) for path in diff.same],
        "problems": [
            {**path_keys(problem.path), "kind": problem.kind.value, "detail": problem.detail}
            for problem in diff.problems
        ],
        "notes": list(diff.notes),
    }


def _difference(difference: PathDifference) -> Document:
    content = difference.content
    return {
        **path_keys(difference.path),
        "state": content.state.value,
        "origin": difference.origin,
        "action": difference.action,
        "live": _entry(difference.live),
        "desired": _entry(difference.desired),
        "added": content.added,
        "removed": content.removed,
        "masked": content.masked,
        "document": content.document,
        "keys": [_key(change) for change in content.keys],
        "hunks": [_hunk(hunk) for hunk in content.hunks],
        "notes": list(content.notes),
    }


def _entry(entry: Entry | None) -> Document | None:
    return None if entry is None else {"kind": entry.kind.value, "mode": entry.mode, "size": entry.size}


def _key(change: KeyChange) -> Document:
    """Values are JSON within JSON: so that none is told from null, and 1 from 1.0."""
    return {
        "keys": [readable(key) if isinstance(key, str) else key for key in change.keys],
        "change": change.kind,
        "live": change.live,
        "desired": change.desired,
        "hidden": change.hidden,
    }


def _hunk(hunk: Hunk) -> Document:
    return {
        "live_start": hunk.live_start,
        "live_count": hunk.live_count,
        "desired_start": hunk.desired_start,
        "desired_count": hunk.desired_count,
        "lines": [
            {"sign": line.sign, "text": readable(line.text), "ended": line.ended} for line in hunk.lines
        ],
    }
