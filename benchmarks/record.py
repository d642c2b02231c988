"""Results as a file, so that a long run need not be run again to be shown."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.answers import Answer
from benchmarks.results import Key, Results, Run, Series

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Record:
    """What one run of the benchmark brought, and under which circumstances."""

    command: str
    machine: Mapping[str, str]
    load: str  # of the machine before the first round
    results: Results


def save(record: Record, path: Path) -> None:
    """Write a record."""
    series = [{"key": asdict(key), **asdict(value)} for key, value in record.results.items()]
    document = {
        "format": _FORMAT,
        "command": record.command,
        "machine": dict(record.machine),
        "load": record.load,
    }
    path.write_text(json.dumps({**document, "series": series}, indent=1) + "\n")


def load(path: Path) -> Record:
    """Read a record. Raises SystemExit where the file is none."""
    try:
        document = json.loads(path.read_text())
        if document["format"] != _FORMAT:
            raise SystemExit(f"{path} is of another format: run the benchmark again")
        results = dict(map(_series, document["series"]))
        return Record(document["command"], document["machine"], document["load"], results)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SystemExit(f"{path} is no record of a benchmark: {error}") from error


def together(records: Iterable[Record]) -> Results:
    """Return the results of several runs.

    Raises SystemExit where two have the same tree: ratios are of one run.
    """
    results: Results = {}
    for record in records:
        twice = {key.files for key in record.results} & {key.files for key in results}
        if twice:
            raise SystemExit(f"two records have the tree of {twice.pop():,} files")
        results |= record.results
    return results


def _series(values: dict[str, Any]) -> tuple[Key, Series]:
    return Key(**values["key"]), Series(tuple(map(_run, values["runs"])), values["stopped"])


def _run(values: dict[str, Any]) -> Run:
    return Run(**{**values, "answer": Answer(**values["answer"])})
