"""The data block of a page: all that its scripts draw, as JSON that no HTML parser reads anything into."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from driftaudit.model.audit import Audit
from driftaudit.model.finding import Finding, Severity
from driftaudit.model.tracking import Standing, Tracked
from driftaudit.render.html.difference_rows import difference_row
from driftaudit.render.html.finding_rows import (
    ACTIONS,
    KINDS,
    ORIGINS,
    RECOVERABLE,
    SEVERITIES,
    STANDINGS,
    finding_row,
)
from driftaudit.render.html.side_by_side import folder_lines
from driftaudit.render.html.tables import Tables
from driftaudit.render.printable import printable
from driftaudit.render.shell_words import shell_word

ROOM = 4_500_000
"""Bytes of the block. With the rest of the page it stays under 5 MB; what has no room is counted."""

_FOR_CONTENTS = 1_600_000  # bytes of it that contents may take
_SEVERITIES = tuple(Severity)
_HARMFUL = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_ESCAPES = str.maketrans(_HARMFUL)


@dataclass(frozen=True, slots=True)
class PageData:
    """The block, and how many findings it has no room for, by severity."""

    text: str
    left_out: Mapping[str, int]


def page_data(audit: Audit, *, only_blocking: bool = False) -> PageData:
    """Return the findings with their evidence, the worst first as far as there is room, by path."""
    tables = Tables()
    findings = [each for each in audit.findings if not only_blocking or each.severity is Severity.BLOCK]
    head = _json(_head(audit))[:-1]
    written = _Written(ROOM - _size(head), tables)
    contents = _contents(audit)
    tracked = _tracked(audit)
    ordered = sorted(findings, key=_badness)
    for number, finding in enumerate(ordered):
        row = finding_row(finding, tracked.get(finding.path), tables)
        if not written.add(finding.path, _json(row), contents.get(finding.path)):
            left_out = Counter(each.severity.value for each in ordered[number:])
            break
    else:
        left_out = Counter()
    rest = {
        "texts": tables.texts.values,
        "commits": tables.commits.values,
        "leftOut": sum(left_out.values()),
    }
    block = f'{head},{_json(rest)[1:-1]},"findings":[{",".join(written.rows())}]}}'
    return PageData(block.translate(_ESCAPES), left_out)


def _head(audit: Audit) -> dict[str, Any]:
    """Return what is said once, and the words that rows name by their number."""
    return {
        "target": printable(audit.target),
        "word": shell_word(audit.target),
        "place": printable(audit.deployed.source.url),
        "verdict": audit.decision.verdict.value,
        "run": f"{audit.started_at:%Y-%m-%dT%H:%M:%SZ}",
        "severities": SEVERITIES,
        "actions": ACTIONS,
        "origins": ORIGINS,
        "kinds": KINDS,
        "recoverable": RECOVERABLE,
        "standings": STANDINGS,
        "sides": folder_lines(audit),
        "folders": [
            [printable(each.path), each.files, each.directly, each.others, each.in_others]
            for each in audit.in_sync
        ],
        "unseen": sorted({printable(problem.path) for problem in audit.problems if problem.path}),
    }


class _Written:
    """Rows as JSON, by path, in a room of so many bytes."""

    def __init__(self, room: int, tables: Tables) -> None:
        self._room = room
        self._tables = tables
        self._known = tables.size
        self._room_for_contents = _FOR_CONTENTS
        self._rows: list[tuple[str, str]] = []

    def add(self, path: str, row: str, contents: list[dict[str, Any]] | None) -> bool:
        """Add a finding, and its contents where there is room for them; false where there is none for it."""
        size = _size(row) + self._tables.size - self._known
        self._known = self._tables.size
        if size > self._room:
            return False
        self._room -= size
        shown = _json(contents) if contents else ""
        cost = _size(shown)
        if shown and cost <= min(self._room, self._room_for_contents):
            self._room -= cost
            self._room_for_contents -= cost
            row = f"{row[:-1]},{shown}]"
        self._rows.append((path, row))
        return True

    def rows(self) -> Iterable[str]:
        """Return the rows, sorted by path."""
        return [row for _path, row in sorted(self._rows)]


def _size(text: str) -> int:
    """Return how many bytes a text takes in the page; what is escaped there takes five more."""
    return len(text.encode("utf-8", "backslashreplace")) + 5 * sum(map(text.count, _HARMFUL))


def _badness(finding: Finding) -> tuple[int, bool, str]:
    return _SEVERITIES.index(finding.severity), not finding.action.destroys, finding.path


def _contents(audit: Audit) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for difference in audit.differences:
        found.setdefault(difference.path, []).append(difference_row(difference))
    return found


def _tracked(audit: Audit) -> dict[str, Tracked]:
    if audit.tracking is None:
        return {}
    return {each.path: each for each in audit.tracking.tracked if each.standing is not Standing.RESOLVED}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
