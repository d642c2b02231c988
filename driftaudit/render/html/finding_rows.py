"""Findings as the rows of a page's data: what they share by number, what they have not left out."""

from datetime import UTC, datetime, timedelta
from typing import Any

from driftaudit.model.change import Aspect
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.finding import Action, Finding, Origin, Recoverable, Severity, Sighting, Similar
from driftaudit.model.tracking import Standing, Tracked
from driftaudit.render.html.tables import Tables
from driftaudit.render.printable import printable
from driftaudit.render.secrecy import without_secrets
from driftaudit.render.shell_words import path_word
from driftaudit.render.times import day

KINDS = [kind.value for kind in Kind]
SEVERITIES = [severity.value for severity in Severity]
ACTIONS = [action.value for action in Action]
ORIGINS = [origin.value for origin in Origin]
RECOVERABLE = [recoverable.value for recoverable in Recoverable]
STANDINGS = [standing.value for standing in Standing]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = 16  # of a digest: enough to tell contents of one path apart
_MOST_SIGHTINGS = 5
_MOST_COPIES = 10

Row = list[Any]


def finding_row(finding: Finding, tracked: Tracked | None, tables: Tables) -> Row:
    """Return path, severity, action, origin, rule and reason, and by name what else there is to say."""
    shown = without_secrets(finding)
    return [
        printable(shown.path) or ".",
        SEVERITIES.index(shown.severity),
        ACTIONS.index(shown.action),
        ORIGINS.index(shown.provenance.origin),
        tables.text(shown.rule),
        tables.text(shown.reason),
        {name: value for name, value in _details(shown, tracked, tables).items() if value not in (None, [])},
    ]


def _details(finding: Finding, tracked: Tracked | None, tables: Tables) -> dict[str, Any]:
    change, provenance = finding.change, finding.provenance
    word = path_word(finding.path or ".")
    return {
        "labels": [tables.text(label) for label in finding.labels],
        "live": _entry(change.deployed, tables),
        "desired": _entry(change.desired, tables),
        "aspects": [aspect.value for aspect in change.aspects if aspect is not Aspect.CONTENT],
        "untold": True if change.deployed and change.desired and not change.aspects else None,
        "recoverable": RECOVERABLE.index(provenance.recoverable),
        "moved": None if provenance.moved_to is None else printable(provenance.moved_to),
        "group": None if provenance.group is None else tables.text(provenance.group),
        "copies": [
            [printable(copy.kind), printable(copy.where), int(copy.safe)]
            for copy in provenance.copies[:_MOST_COPIES]
        ],
        "seen": [_sighting(sighting, tables) for sighting in provenance.sightings[:_MOST_SIGHTINGS]],
        "removed": provenance.removed_in and tables.commit(provenance.removed_in),
        "similar": provenance.similar and _similar(provenance.similar, tables),
        "word": None if word == printable(finding.path) else word,
        "standing": tracked and [STANDINGS.index(tracked.standing), day(tracked.first_seen), tracked.runs],
    }


def _entry(entry: Entry | None, tables: Tables) -> Row | None:
    """Return kind, mode, size, digest, time and owner, then where a link leads and its full mode."""
    if entry is None:
        return None
    found: Row = [
        KINDS.index(entry.kind),
        entry.mode,
        entry.size,
        (entry.digest or "")[:_DIGITS],
        "" if entry.modified_ns is None else _minute(entry.modified_ns),
        tables.text(entry.owner) if entry.owner else None,
        printable(entry.link_target or ""),
        "" if entry.permissions is None else f"{entry.permissions:04o}",
    ]
    while found[-1] in ("", None):
        found.pop()
    return found


def _sighting(sighting: Sighting, tables: Tables) -> Row:
    branches = [tables.text(branch) for branch in sighting.branches[:_MOST_SIGHTINGS]]
    return [
        tables.text(sighting.path),
        tables.commit(sighting.oldest),
        tables.commit(sighting.newest),
        int(sighting.is_older),
        *branches,
    ]


def _similar(similar: Similar, tables: Tables) -> Row:
    return [
        tables.text(similar.path),
        round(similar.likeness, 3),
        similar.added,
        similar.removed,
        None if similar.newest is None else tables.commit(similar.newest),
        int(similar.is_desired),
    ]


def _minute(nanoseconds: int) -> str:
    try:
        return f"{_EPOCH + timedelta(microseconds=nanoseconds // 1000):%Y-%m-%d %H:%M}"
    except OverflowError:  # a file system can claim any year
        return ""
