"""Snapshots as files: `docs/snapshot-format.md` says what is in one."""

import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from driftaudit import __version__
from driftaudit.errors import SourceError
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.snapshot import GitDirectory, ScanFacts, Snapshot, SourceFacts

MAGIC = b"driftaudit snapshot "
VERSION = 1
SUFFIX = ".driftaudit"

_DIGEST_LENGTH = 64  # hexadecimal digits of SHA-256
_GZIP = 31  # zlib's word for it
_PIECE = 1 << 18  # bytes
_LONGEST_LINE = 1 << 24  # bytes
_ENTRY_FIELDS = tuple(Entry.__dataclass_fields__)
_MODE = re.compile(r"[0-7]{6}")
_DIGEST = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Saved:
    """A snapshot, and what must be known to compare it: with which ids, and whether contents were read."""

    snapshot: Snapshot
    object_format: str
    read_contents: bool = True


def write_snapshot(stream: IO[bytes], saved: Saved) -> None:
    """Write a snapshot to a stream that can be sought. Raises OSError."""
    stream.write(b"%b%d\n" % (MAGIC, VERSION))
    place = stream.tell()
    stream.write(b"0" * _DIGEST_LENGTH + b"\n")
    digest, packer = hashlib.sha256(), zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    for line in _lines(saved):
        piece = packer.compress(line)
        digest.update(piece)
        stream.write(piece)
    piece = packer.flush()
    digest.update(piece)
    stream.write(piece)
    stream.seek(place)
    stream.write(digest.hexdigest().encode("ascii"))


def read_snapshot(path: Path) -> Saved:
    """Return what was saved. Raises SourceError where the file is absent, damaged, cut off or too new."""
    try:
        with path.open("rb") as stream:
            return read_saved(stream, path)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}", "Check the path.") from error


def read_saved(stream: IO[bytes], path: Path) -> Saved:
    """Return what was saved from a stream; `path` is what it is called. Raises OSError, and SourceError."""
    try:
        return _Reading(path).take(_checked_lines(stream, path))
    except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError, zlib.error) as error:
        raise _damaged(path) from error


def is_snapshot(path: Path) -> bool:
    """Whether a file of this machine was saved by `driftaudit snapshot`, or is named as if it were."""
    if not path.is_file():
        return False
    if path.suffix == SUFFIX:
        return True
    try:
        with path.open("rb") as stream:
            return stream.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def _lines(saved: Saved) -> Iterator[bytes]:
    snapshot = saved.snapshot
    scan = snapshot.scan
    head = {
        "tool": f"driftaudit {__version__}",
        "source": asdict(snapshot.source),
        "started_at": scan.started_at.isoformat(),
        "duration_seconds": scan.duration_seconds,
        "bytes": scan.bytes,
        "object_format": saved.object_format,
        "read_contents": saved.read_contents,
        "entries": len(snapshot.entries),
        "problems": len(snapshot.problems),
    }
    yield _line(head)
    yield from (_line(["note", note]) for note in snapshot.notes)
    yield from (_line(["problem", each.path, each.kind, each.detail]) for each in snapshot.problems)
    yield from (_line(["git", each.path, list(each.refs)]) for each in snapshot.git_directories)
    for entry in snapshot.entries:
        yield _line(["entry", *(getattr(entry, field) for field in _ENTRY_FIELDS)])


def _line(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n"


def _checked_lines(stream: IO[bytes], path: Path) -> Iterator[bytes]:
    """Yield the lines; their end comes only after the digest was found to be right."""
    first = stream.readline(len(MAGIC) + 20)
    _require_version(first, path)
    told = stream.read(_DIGEST_LENGTH + 1)
    digest, unpacker = hashlib.sha256(), zlib.decompressobj(_GZIP)
    held = b""
    while piece := stream.read(_PIECE):
        digest.update(piece)
        while piece:
            held += unpacker.decompress(piece, _PIECE)
            piece = unpacker.unconsumed_tail
            *lines, held = held.split(b"\n")
            yield from lines
            if len(held) > _LONGEST_LINE:
                raise _damaged(path)
    *lines, held = (held + unpacker.flush()).split(b"\n")
    yield from lines
    if held or not unpacker.eof or unpacker.unused_data or told != b"%b\n" % digest.hexdigest().encode():
        raise _damaged(path)


def _require_version(line: bytes, path: Path) -> None:
    match = re.fullmatch(rb"([1-9][0-9]{0,8})\n", line.removeprefix(MAGIC))
    if not line.startswith(MAGIC) or not match:
        raise SourceError(
            f"{path}: this is no saved snapshot, or its beginning is damaged",
            "Save it anew: driftaudit snapshot SOURCE -o FILE",
        )
    if int(match[1]) > VERSION:
        raise SourceError(
            f"{path}: it was saved in format {int(match[1])}, and this driftaudit reads format {VERSION}",
            "Upgrade driftaudit, or save it anew with this one.",
        )


def _damaged(path: Path) -> SourceError:
    return SourceError(
        f"{path}: the saved snapshot is damaged or cut off",
        "Nothing in it can be trusted. Fetch it again, or save it anew.",
    )


class _Reading:
    """Makes a snapshot of the lines, and believes none of them unseen."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries: list[Entry] = []
        self._problems: list[Problem] = []
        self._notes: list[str] = []
        self._git: list[GitDirectory] = []

    def take(self, lines: Iterator[bytes]) -> Saved:
        head = json.loads(next(lines, b""))
        for line in lines:
            self._row(*json.loads(line))
        if (len(self._entries), len(self._problems)) != (head["entries"], head["problems"]):
            raise ValueError("rows are missing")
        facts = SourceFacts(**head["source"])
        started = datetime.fromisoformat(head["started_at"]).astimezone(UTC)
        source = SourceFacts(
            "snapshot", str(self._path), facts.origin, facts.revision, facts.commit, facts.real_root
        )
        told = f"saved {started:%Y-%m-%d %H:%M:%S} UTC from {facts.url}, by {head['tool']}"
        snapshot = Snapshot(
            source=source,
            entries=tuple(self._entries),
            problems=tuple(self._problems),
            scan=ScanFacts(started_at=started, bytes=int(head["bytes"])),
            git_directories=tuple(self._git),
            notes=(told, *self._notes),
        )
        return Saved(snapshot, str(head["object_format"]), bool(head["read_contents"]))

    def _row(self, kind: str, *fields: Any) -> None:
        match kind:
            case "entry":
                self._entry(dict(zip(_ENTRY_FIELDS, fields, strict=True)))
            case "problem":
                path, name, detail = fields
                self._problems.append(Problem(_text(path), ProblemKind(name), _text(detail)))
            case "note":
                self._notes.append(_text(*fields))
            case "git":
                path, refs = fields
                self._git.append(GitDirectory(_path(path), tuple(map(_digest, refs))))
            case _:
                raise ValueError(kind)

    def _entry(self, row: dict[str, Any]) -> None:
        path = _path(row["path"])
        if self._entries and self._entries[-1].path >= path:
            raise ValueError("entries are not sorted")
        if not _MODE.fullmatch(row["mode"]) or not isinstance(row["pruned"], bool):
            raise ValueError("no mode")
        row["kind"] = Kind(row["kind"])
        for name in ("digest", "text_digest"):
            row[name] = None if row[name] is None else _digest(row[name])
        for name in ("size", "modified_ns", "permissions"):
            row[name] = None if row[name] is None else int(row[name])
        for name in ("link_target", "owner"):
            row[name] = None if row[name] is None else _text(row[name])
        self._entries.append(Entry(**row))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _path(value: object) -> str:
    path = _text(value)
    if not path or {"", ".", ".."} & set(path.split("/")) or "\0" in path:
        raise ValueError("no path")
    return path


def _digest(value: object) -> str:
    digest = _text(value)
    if not _DIGEST.fullmatch(digest):
        raise ValueError("no digest")
    return digest
