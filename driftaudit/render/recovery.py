"""A recovery for people and for programs."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import driftaudit
from driftaudit.model.backup import Holding
from driftaudit.model.recovery import (
    Giver,
    GiverKind,
    Hole,
    HoleState,
    Recovery,
    RecoveryPlan,
    WrittenArchive,
)
from driftaudit.render.backup import backup_keys, backup_lines
from driftaudit.render.base import RenderOptions
from driftaudit.render.json_values import Document, path_keys, readable, timestamp, written
from driftaudit.render.printable import printable
from driftaudit.render.rescue import names
from driftaudit.render.wording import count_of

SCHEMA = "driftaudit/recovery/v1"

_TITLES = {
    HoleState.LOST: "Lost",
    HoleState.OLDER: "Older than it was",
    HoleState.CHANGED: "Not as it was",
    HoleState.UNKNOWN: "It cannot be told",
}
_WORDS = {
    HoleState.LOST: "lost",
    HoleState.OLDER: "older than it was",
    HoleState.CHANGED: "changed",
    HoleState.UNKNOWN: "not to be told",
}


def text(recovery: Recovery, options: RenderOptions) -> str:
    """Return what is open and what has it, what was written, and the outcome last."""
    lines: list[str] = []
    if not options.quiet:
        lines = [line for part in _details(recovery) for line in [*part, ""]]
    return "\n".join([*lines, *_archive(recovery), *_outcome(recovery)]) + "\n"


def json(recovery: Recovery, options: RenderOptions) -> str:  # noqa: ARG001 - all of it, always
    """Return the same as JSON. No digest is in it."""
    plan, reference = recovery.plan, recovery.reference
    counts = iter(plan.counts)
    return written(
        {
            "schema": SCHEMA,
            "tool": f"driftaudit {driftaudit.__version__}",
            "target": printable(recovery.target),
            "url": printable(recovery.url),
            "exit_code": int(recovery.exit_code),
            "started_at": timestamp(recovery.started_at),
            "reference": {
                "name": readable(reference.name),
                "at": timestamp(reference.at) if reference.at else None,
                "composed": reference.is_composed,
            },
            "counts": {
                "whole": plan.whole,
                "unproven": plan.unproven,
                "new": len(plan.new),
                "expected": plan.expected,
            }
            | {state.value: len(plan.of(state)) for state in HoleState},
            "backups": [
                backup_keys(backup, recovery.started_at)
                | {"counts": None if backup.fault else _count_keys(next(counts))}
                for backup in recovery.backups
            ],
            "holes": [_hole_keys(hole) for hole in plan.holes],
            "folders": [path_keys(folder.path) for folder in plan.folders],
            "new": [path_keys(path) for path in plan.new],
            "archive": _archive_keys(recovery.written),
            "failed": [{**path_keys(path), "detail": printable(why)} for path, why in recovery.failed],
            "kept_out": [path_keys(path) for path in recovery.kept_out],
            "unseen": [{**path_keys(path), "kind": kind} for path, kind in recovery.unseen],
            "notes": [printable(note) for note in recovery.notes],
        }
    )


FORMATS: Mapping[str, Callable[[Recovery, RenderOptions], str]] = {"text": text, "json": json}


def _count_keys(counts: Mapping[Holding, int]) -> Document:
    return {holding.value: counts[holding] for holding in Holding}


def _hole_keys(hole: Hole) -> Document:
    return {
        **path_keys(hole.path),
        "state": hole.state.value,
        "why": printable(hole.why) or None,
        "sources": [_giver_keys(giver) for giver in hole.givers],
        "older": [_giver_keys(giver) for giver in hole.older],
        "in_the_way": None if hole.in_the_way is None else readable(hole.in_the_way),
        "live_is_only_copy": hole.unsaved,
    }


def _giver_keys(giver: Giver) -> Document:
    return {"kind": giver.kind.value, "where": readable(giver.where), "path": readable(giver.entry.path)}


def _archive_keys(archive: WrittenArchive | None) -> Document | None:
    if archive is None:
        return None
    return {
        "file": readable(archive.file),
        "paths": [path_keys(path) for path in archive.paths],
        "older": [path_keys(path) for path in archive.older],
        "replaced": [path_keys(path) for path in archive.replaced],
        "commands": [{"for": name, "command": command} for name, command in archive.commands],
    }


def _details(recovery: Recovery) -> Iterator[list[str]]:
    yield _head(recovery)
    backups = list(_backups(recovery))
    if backups:
        yield backups
    called = _called(recovery)
    for state, title in _TITLES.items():
        holes = recovery.plan.of(state)
        if holes:
            yield [f"{title}  {count_of(len(holes), 'file')}", *names([_row(hole, called) for hole in holes])]
    if recovery.plan.folders:
        rows = [f"{printable(folder.path)}/" for folder in recovery.plan.folders]
        yield [f"Lost folders  {len(rows)}", *names(rows)]
    if recovery.plan.new:
        rows = [printable(path) for path in recovery.plan.new]
        yield [f"New since then  {count_of(len(rows), 'file')}", *names(rows)]
    if recovery.unseen:
        rows = [f"{printable(path) or 'the root'}  {kind}" for path, kind in recovery.unseen]
        yield ["Not seen", *names(rows)]


def _head(recovery: Recovery) -> list[str]:
    reference = recovery.reference
    is_dated = reference.at and not reference.is_composed  # the parts of a composed one say when they are of
    when = f" of {reference.at:%Y-%m-%d %H:%M:%S} UTC" if is_dated else ""
    lines = [f"{printable(recovery.target)} against {printable(reference.name)}{when}"]
    lines += [f"  {printable(note)}" for note in recovery.notes]
    plan = recovery.plan
    parts = [f"{plan.whole:,} whole{_unproven(plan)}"]
    parts += [f"{len(plan.of(state)):,} {word}" for state, word in _WORDS.items() if plan.of(state)]
    parts += [f"{len(plan.new):,} new"] if plan.new else []
    parts += [f"{plan.expected:,} changed by the application itself"] if plan.expected else []
    return [*lines, "  " + ", ".join(parts)]


def _unproven(plan: RecoveryPlan) -> str:
    return f" ({plan.unproven:,} of them by size and time alone)" if plan.unproven else ""


def _backups(recovery: Recovery) -> Iterator[str]:
    counts = iter(recovery.plan.counts)
    for backup in recovery.backups:
        yield from backup_lines(backup, recovery.started_at)
        if not backup.fault:
            yield f"    {_of_the_open(next(counts))}"


def _of_the_open(counts: Mapping[Holding, int]) -> str:
    total = sum(counts.values())
    if not total:
        return "nothing is asked of it"
    words = {
        Holding.SAME: "as before",
        Holding.OLDER: "in another version",
        Holding.UNREAD: "not to be told",
        Holding.ABSENT: "not in it",
    }
    parts = [f"{counts[holding]:,} {word}" for holding, word in words.items() if counts[holding]]
    return f"of the {count_of(total, 'file')} below: {', '.join(parts)}"


def _called(recovery: Recovery) -> Mapping[str, str]:
    """Return what each backup is called in a row: its file name, where no other one has that."""
    short = [backup.name.rpartition("/")[2] for backup in recovery.backups]
    return {
        backup.name: name if short.count(name) == 1 else backup.name
        for backup, name in zip(recovery.backups, short, strict=True)
    }


def _row(hole: Hole, called: Mapping[str, str]) -> str:
    parts = [printable(hole.path)]
    if hole.why:
        parts.append(printable(hole.why))
    parts.append(_from(hole, called))
    if hole.in_the_way is not None:
        parts.append(f"in the way: {printable(hole.in_the_way)}")
    if hole.unsaved and hole.state is not HoleState.LOST:
        parts.append("what is live now exists nowhere else: `driftaudit rescue` first")
    return "  ".join(parts)


def _from(hole: Hole, called: Mapping[str, str]) -> str:
    if hole.givers:
        return f"from {_giver(hole.givers[0], called)}"
    if hole.older:
        return f"in no source as it was; another version in {_giver(hole.older[0], called)}"
    return "in no source"


def _giver(giver: Giver, called: Mapping[str, str]) -> str:
    if giver.kind is GiverKind.SNAPSHOT:
        return giver.where
    if giver.kind in (GiverKind.BACKUP, GiverKind.LIVE):
        unsure = "" if giver.is_proven else " (whether it is the same cannot be told)"
        other = unsure if giver.kind is GiverKind.BACKUP else ""
        where = (
            f"{printable(called.get(giver.where, giver.where))}: " if giver.kind is GiverKind.BACKUP else ""
        )
        return f"{giver.kind.value} {where}{printable(giver.entry.path)}{other}"
    return f"{giver.kind.value} {printable(giver.where)}"


def _archive(recovery: Recovery) -> Iterator[str]:
    archive = recovery.written
    if recovery.in_the_way:
        ways = sorted({hole.in_the_way or "" for hole in recovery.in_the_way})
        files = count_of(len(recovery.in_the_way), "file")
        yield f"In no archive, for something stands in the way: {files} ({_few(ways)}). Move that away first."
    if archive is None:
        if recovery.offered:
            yield f"-o FILE.tar.gz writes {_offered(recovery)}."
        return
    yield f"Written: {printable(archive.file)}, {count_of(len(archive.paths), 'file')}"
    if archive.replaced:
        yield f"  It replaces the other version that is there of {count_of(len(archive.replaced), 'file')}."
    if archive.older:
        yield f"  Older than they were: {', '.join(map(printable, archive.older))}"
    yield from names([f"not in it: {printable(path)}  {printable(why)}" for path, why in recovery.failed])
    if archive.commands:
        yield "Unpack it; " + (
            "nothing else is touched:" if archive.replaced else "what is there stays as it is:"
        )
    for number, (name, command) in enumerate(archive.commands):
        yield f"  {command}" if not number else f"  where tar is {name}'s: {command}"
    yield ""


def _offered(recovery: Recovery) -> str:
    """Return what an archive would hold."""
    folders = len(recovery.plan.folders)
    files = recovery.offered - folders
    parts = [f"{count_of(files, 'file')} that can be had back"] if files else []
    return ", and ".join([*parts, count_of(folders, "lost folder")] if folders else parts)


def _outcome(recovery: Recovery) -> Iterator[str]:
    plan = recovery.plan
    if recovery.kept_out:
        left = count_of(len(recovery.kept_out), "secret")
        yield f"Left out: {left} ({_few(recovery.kept_out)}); --include-secrets takes them in."
    holes = [hole for hole in plan.holes if hole.state is not HoleState.UNKNOWN]
    if holes or plan.folders:
        yield f"OPEN  {_open(recovery, holes)}"
    elif recovery.exit_code:
        yield "INCOMPLETE  Nothing is known to be lost, but not all could be told."
    else:
        all_of = (
            "The one file is as it was" if plan.whole == 1 else f"All {plan.whole:,} files are as they were"
        )
        yield f"WHOLE  {all_of}{_unproven(plan)}."


def _open(recovery: Recovery, holes: Sequence[Hole]) -> str:
    parts = [
        f"{len(recovery.plan.of(state)):,} {word}"
        for state, word in _WORDS.items()
        if recovery.plan.of(state)
    ]
    if not holes:
        parts.append(count_of(len(recovery.plan.folders), "lost folder"))
    nowhere = [hole.path for hole in holes if not hole.givers]
    ends = f"; {len(nowhere):,} in no source as they were: {_few(nowhere)}" if nowhere else ""
    return f"{', '.join(parts)}{ends}."


def _few(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - 5:,} more" if len(paths) > 5 else ""
    return ", ".join(map(printable, paths[:5])) + more
