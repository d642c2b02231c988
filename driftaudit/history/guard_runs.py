"""The runs under guard, as the guard itself has written them down: a file of JSON lines."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from driftaudit.errors import HistoryError
from driftaudit.model.history import GuardedRun

_BEGUN = "begun"


def guarded_runs(path: Path) -> tuple[GuardedRun, ...]:
    """Return all runs in the order in which they began; a line that was cut off is passed over.

    Raises HistoryError where the file is there and cannot be read.
    """
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise HistoryError(
            f"the history of guards {path} cannot be read: {error.strerror}",
            "Give yourself read access to it.",
        ) from error
    runs = {run.id: run for run in _parsed(lines)}  # of a run that came to its end the last line counts
    return tuple(sorted(runs.values(), key=lambda run: run.started_at))


def _parsed(lines: list[bytes]) -> Iterator[GuardedRun]:
    for line in lines:
        try:
            yield _guarded(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError):
            continue


def _guarded(row: dict[str, Any]) -> GuardedRun:
    override, person = row.get("override") or {}, row["person"]
    return GuardedRun(
        id=str(row["run"]),
        target=str(row["target"]),
        url=str(row["url"]),
        started_at=datetime.fromisoformat(row["started_at"]),
        command=str(row["command"]),
        verdict=str(row["verdict"]),
        outcome=_outcome(row),
        exit_code=None if row["exit_code"] is None else int(row["exit_code"]),
        person=str(person["git"] or person["login"]),
        reason=str(override.get("reason") or ""),
        findings=sum(len(override.get(kind) or ()) for kind in ("findings", "imports", "health")),
    )


def _outcome(row: dict[str, Any]) -> str:
    if row["phase"] == _BEGUN:
        return "begun, and its end is not recorded"
    state = (row.get("after") or {}).get("state")
    return f"run, {state}" if state else "not run"
