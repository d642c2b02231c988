"""What backups cover, for people and for programs."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

import driftaudit
from driftaudit.model.backup import BackupFacts, BackupReport, Dated, DatedBy, Holding
from driftaudit.render.base import RenderOptions
from driftaudit.render.json_values import Document, path_keys, readable, timestamp, written
from driftaudit.render.printable import printable
from driftaudit.render.rescue import names
from driftaudit.render.wording import count_of, size_of

SCHEMA = "driftaudit/backup/v1"

_SAID_BY = {
    DatedBy.NAME: "by its name",
    DatedBy.FILE_TIME: "by the time of the file",
    DatedBy.SAVED: "saved then",
}
_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))


def text(report: BackupReport, options: RenderOptions) -> str:
    """Return backup by backup what it has, and last what all of them have together."""
    lines = [] if options.quiet else [line for part in _details(report) for line in part]
    return "\n".join([*lines, *_outcome(report)]) + "\n"


def json(report: BackupReport, options: RenderOptions) -> str:  # noqa: ARG001 - all of it, always
    """Return the same as JSON, with every path. No digest is in it."""
    usable = [backup for backup in report.backups if not backup.fault]
    return written(
        {
            "schema": SCHEMA,
            "tool": f"driftaudit {driftaudit.__version__}",
            "target": printable(report.target),
            "url": printable(report.url),
            "exit_code": int(report.exit_code),
            "started_at": timestamp(report.started_at),
            "backups": [
                backup_keys(backup, report.started_at)
                | {"counts": _keys(report.counts[number]) if number < len(usable) else None}
                for number, backup in enumerate(report.backups)
            ],
            "union": _keys(report.union),
            "entries": [
                {
                    **path_keys(cover.path),
                    "best": cover.best.value,
                    "newest": None if cover.newest is None else readable(usable[cover.newest].name),
                    "holdings": [holding.value for holding in cover.holdings],
                }
                for cover in report.covers
            ],
            "generated": report.generated,
            "unseen": [{**path_keys(path), "kind": kind} for path, kind in report.unseen],
        }
    )


FORMATS: Mapping[str, Callable[[BackupReport, RenderOptions], str]] = {"text": text, "json": json}


def backup_keys(backup: BackupFacts, now: datetime) -> Document:
    """Return what is told of a backup as values of JSON."""
    dated = backup.dated
    return {
        "name": readable(backup.name),
        "made_at": timestamp(dated.at) if dated else None,
        "dated_by": dated.by.value if dated else None,
        "age_seconds": max(0, round((now - dated.at).total_seconds())) if dated else None,
        "size": backup.size,
        "files": backup.files,
        "strip": readable(backup.strip),
        "under": readable(backup.under),
        "gaps": backup.gaps,
        "has_contents": not backup.is_fingerprint,
        "fault": printable(backup.fault) or None,
    }


def backup_lines(backup: BackupFacts, now: datetime) -> Iterator[str]:
    """Yield the name of a backup, when it was made, and where it lies in the tree."""
    yield printable(backup.name)
    if backup.fault:
        yield f"    unusable: {printable(backup.fault)}"
        return
    if backup.dated:
        yield f"    {made(backup.dated, now)}; {count_of(backup.files, 'file')}, {size_of(backup.size)}"
    if backup.strip or backup.under:
        strip = f"{printable(backup.strip)}/" if backup.strip else "its top"
        under = f"{printable(backup.under)}/ under the root" if backup.under else "the root"
        yield f"    {strip} in it is {under}"
    if backup.gaps:
        yield f"    {count_of(backup.gaps, 'member')} of it could not be read, and count for nothing"
    if backup.is_fingerprint:
        yield "    a saved snapshot: it proves what was there, and has no contents to give back"


def made(dated: Dated, now: datetime) -> str:
    """Return when a backup was made, how long ago that is, and what says so."""
    return f"made {dated.at:%Y-%m-%d %H:%M:%S} UTC, {age(dated, now)}, {_SAID_BY[dated.by]}"


def age(dated: Dated, now: datetime) -> str:
    """Return how old a backup is, in its largest unit."""
    seconds = max(0, int((now - dated.at).total_seconds()))
    for unit, name in _UNITS:
        if seconds >= unit:
            return f"{count_of(seconds // unit, name)} old"
    return "less than a minute old"


def _details(report: BackupReport) -> Iterator[list[str]]:
    for number, backup in enumerate(report.backups):
        lines = list(backup_lines(backup, report.started_at))
        if not backup.fault:
            lines.append(f"    {_counted(report.counts[number])}")
        yield [*lines, ""]
    for holding, title in (
        (Holding.ABSENT, "In no backup"),
        (Holding.OLDER, "Only in another version"),
    ):
        paths = [printable(cover.path) for cover in report.covers if cover.best is holding]
        if paths:
            yield [f"{title}  {count_of(len(paths), 'file')}", *names(paths), ""]
    if report.unread:
        paths = [printable(cover.path) for cover in report.unread]
        yield [f"There, and read in no backup  {count_of(len(paths), 'file')}", *names(paths), ""]
    if report.unseen:
        rows = [f"{printable(path) or 'the root'}  {kind}" for path, kind in report.unseen]
        yield ["Not seen of the deployed tree", *names(rows), ""]


def _counted(counts: Mapping[Holding, int]) -> str:
    said = {
        Holding.SAME: "same",
        Holding.OLDER: "in another version",
        Holding.UNREAD: "not compared",
        Holding.ABSENT: "absent",
    }
    return ", ".join(
        f"{counts[holding]:,} {word}"
        for holding, word in said.items()
        if counts[holding] or holding is not Holding.UNREAD
    )


def _outcome(report: BackupReport) -> Iterator[str]:
    union, total = report.union, len(report.covers)
    usable = [backup for backup in report.backups if not backup.fault and not backup.is_fingerprint]
    together = "together have" if len(usable) > 1 else "has"
    has = f"{count_of(len(usable), 'backup')} {together if usable else 'have nothing'}"
    of = f"of the {count_of(total, 'deployed file')} of {printable(report.target)}"
    yield f"{has} {of}: {_counted(union)}" if usable else f"No backup has anything {of}."
    broken = [backup for backup in report.backups if backup.fault]
    if broken:
        yield f"{count_of(len(broken), 'backup')} of no use: " + ", ".join(
            printable(backup.name.rpartition("/")[2]) for backup in broken
        )
    if report.generated:
        yield f"{count_of(report.generated, 'path')} with the label generated can be rebuilt: not counted."


def _keys(counts: Mapping[Holding, int]) -> dict[str, int]:
    return {holding.value: counts[holding] for holding in Holding}
