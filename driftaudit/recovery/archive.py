"""Writes what is recovered as one tar.gz that GNU tar, BusyBox and bsdtar unpack alike."""

import gzip
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from driftaudit.model.entry import MODE_EXECUTABLE, Entry, Kind

_NANOSECONDS = 1_000_000_000  # in a second
_LEVEL = 6
_PIECE = 1 << 18  # bytes


@dataclass(frozen=True, slots=True)
class Member:
    """An entry as it is to be again. `file` has its content; a link's is the text of its target."""

    entry: Entry
    file: Path | None = None


def write_archive(stream: IO[bytes], members: Iterable[Member], default_time: int) -> None:
    """Write members in the order of their paths: a folder stands before what lies in it.

    Modes and times are those of the entries; `default_time`, in seconds since the epoch, is that of an entry
    without one. Parts of a second follow in a header that BusyBox passes over.
    """
    with gzip.GzipFile(filename="", fileobj=stream, mode="wb", compresslevel=_LEVEL, mtime=0) as packed:
        for member in sorted(members, key=lambda each: each.entry.path):
            _write(packed, member, default_time)
        packed.write(bytes(2 * tarfile.BLOCKSIZE))


def _write(packed: gzip.GzipFile, member: Member, default_time: int) -> None:
    entry, info = member.entry, _header(member, default_time)
    if entry.modified_ns is not None and entry.modified_ns % _NANOSECONDS:
        packed.write(_exact_time(entry.modified_ns))
    packed.write(info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape"))
    if info.isreg() and member.file is not None:
        with member.file.open("rb") as content:
            while piece := content.read(_PIECE):
                packed.write(piece)
        packed.write(bytes(-info.size % tarfile.BLOCKSIZE))


def _header(member: Member, default_time: int) -> tarfile.TarInfo:
    entry = member.entry
    info = tarfile.TarInfo(entry.path)
    info.mode = _permissions(entry)
    info.mtime = default_time if entry.modified_ns is None else entry.modified_ns // _NANOSECONDS
    info.uname = entry.owner or ""
    if entry.kind is Kind.DIRECTORY:
        info.type = tarfile.DIRTYPE
    elif entry.kind is Kind.SYMLINK:
        info.type, info.linkname = tarfile.SYMTYPE, _target(member)
    elif member.file is not None:
        info.size = member.file.stat().st_size
    return info


def _permissions(entry: Entry) -> int:
    if entry.permissions is not None:
        return entry.permissions
    is_open = entry.kind is Kind.DIRECTORY or entry.mode == MODE_EXECUTABLE
    return 0o755 if is_open else 0o644


def _target(member: Member) -> str:
    if member.entry.link_target is not None:
        return member.entry.link_target
    return member.file.read_bytes().decode("utf-8", "surrogateescape") if member.file else ""


def _exact_time(nanoseconds: int) -> bytes:
    """Return the extended header of POSIX that says a time to the nanosecond."""
    sign = "-" if nanoseconds < 0 else ""
    seconds, rest = divmod(abs(nanoseconds), _NANOSECONDS)
    text = f" mtime={sign}{seconds}.{rest:09d}\n"
    length = len(text) + 2
    record = f"{length}{text}".encode("ascii")
    info = tarfile.TarInfo("PaxHeaders/mtime")
    info.type, info.size = tarfile.XHDTYPE, len(record)
    return (
        info.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict") + record + bytes(-len(record) % tarfile.BLOCKSIZE)
    )
