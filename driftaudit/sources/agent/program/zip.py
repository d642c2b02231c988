"""The members of a zip archive, as its central directory lists them."""

import os
import stat
import struct
import zlib

from .hashing import PIECE
from .members import Member
from .streams import ArchiveError

END = struct.Struct("<4s4H2LH")
END_64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR = struct.Struct("<4sLQL")
CENTRAL = struct.Struct("<4s6H3L5H2L")
LOCAL = struct.Struct("<4s5H3L2H")
MOST_DIRECTORY = 1 << 28  # bytes
MOST_LINK = 1 << 16  # bytes of a link's target
BY_UNIX = (3, 19)  # systems that made the entry: Unix, macOS
BY_DOS = 0
ENCRYPTED, UTF8 = 0x1, 0x800
STORED, DEFLATED = 0, 8
FULL, FULL_64 = 0xFFFF, 0xFFFFFFFF


class Zip:
    def __init__(self, handle, tape, stray):
        self.handle = handle
        self.size = os.fstat(handle).st_size
        self.tape = tape  # holds the limit, and hears of what is read
        self.stray = stray

    def at(self, offset, size):
        data = b""
        while len(data) < size and offset >= 0:
            piece = os.pread(self.handle, min(size - len(data), 1 << 20), offset + len(data))
            if not piece:
                break
            data += piece
        if len(data) != size:
            raise ArchiveError("it is cut off or damaged")
        return data

    def members(self):
        count, length, offset, shift = self.directory()
        rows = self.at(offset + shift, length)
        at = taken = 0
        for _ in range(count):
            if len(rows) - at < CENTRAL.size or rows[at : at + 4] != b"PK\1\2":
                raise ArchiveError("it is damaged: its directory makes no sense")
            entry = Entry(rows, at)
            at = entry.end
            taken += entry.packed + LOCAL.size
            if taken > self.size:
                raise ArchiveError("its members lie one over the other", "archive-limit")
            yield self.member(entry, shift)
        if at != len(rows):
            raise ArchiveError("it is damaged: its directory is longer or shorter than it says")

    def directory(self):
        """Return entries, bytes and offset of the central directory, and what all offsets lack."""
        tail_size = min(self.size, END.size + FULL)
        tail = self.at(self.size - tail_size, tail_size)
        at = tail.rfind(b"PK\5\6", 0, max(0, tail_size - END.size + 4))
        if at < 0:
            raise ArchiveError("it is cut off, or no zip archive")
        _sign, disk, _first, here, count, length, offset, comment = END.unpack_from(tail, at)
        start = self.size - tail_size + at
        behind = tail_size - at - END.size - comment
        if behind < 0:
            raise ArchiveError("it is cut off")
        if FULL in (here, count) or FULL_64 in (length, offset):
            start, disk, here, count, length, offset = self.directory_64(
                start, (disk, here, count, length, offset)
            )
        if disk not in (0, FULL) or here != count:
            raise ArchiveError("it is one part of several")
        shift = start - length - offset
        if shift < 0 or length > MOST_DIRECTORY:
            raise ArchiveError("it is damaged: its directory does not lie where it should")
        if behind or shift:
            self.stray(behind + shift)
        return count, length, offset, shift

    def directory_64(self, end, plain):
        if end < LOCATOR.size:
            return (end, *plain)
        sign, _disk, offset, _disks = LOCATOR.unpack(self.at(end - LOCATOR.size, LOCATOR.size))
        if sign != b"PK\6\7":
            return (end, *plain)  # as many as that, by chance
        start = end - LOCATOR.size - END_64.size
        fields = END_64.unpack(self.at(start, END_64.size))
        if fields[0] != b"PK\6\6" or offset > start:
            raise ArchiveError("it is damaged: its directory does not lie where it should")
        _sign, _size, _made, _needed, disk, _first, here, count, length, place = fields
        return start, disk, here, count, length, place

    def member(self, entry, shift):
        member = Member(entry.name(), entry.mode())
        member.size = entry.size
        member.modified = entry.modified()
        self.tape.require(entry.size)
        if stat.S_ISDIR(member.mode):
            member.size = 0
            return member
        if entry.flags & ENCRYPTED:
            member.flaw = ["encrypted", "it is encrypted, so its content is not known"]
        elif entry.method not in (STORED, DEFLATED):
            member.flaw = ["unsupported", "its compression, method %d, is not known here" % entry.method]
        member.content = lambda: self.content(entry, shift)
        if stat.S_ISLNK(member.mode):
            if member.flaw or entry.size > MOST_LINK:
                member.refusal = member.flaw or ["unsupported", "a link whose target is longer than any path"]
            else:
                member.link = b"".join(member.content())
        return member

    def content(self, entry, shift):
        local = self.at(entry.offset + shift, LOCAL.size)
        sign, _needed, _flags, _method, _time, _date, _crc, _packed, _size, name, extra = LOCAL.unpack(local)
        start = entry.offset + shift + LOCAL.size
        if sign != b"PK\3\4" or self.at(start, name) != entry.raw_name:
            raise ArchiveError(
                "it is damaged: %s is not where the directory says" % ascii(entry.raw_name)[2:-1]
            )
        pieces = self.packed(start + name + extra, entry.packed)
        crc = seen = 0
        for piece in inflated(pieces) if entry.method == DEFLATED else pieces:
            crc = zlib.crc32(piece, crc)
            seen += len(piece)
            if seen > entry.size:
                break
            self.tape.position += len(piece)
            self.tape.beat()
            yield piece
        if seen != entry.size or crc != entry.crc:
            raise ArchiveError(
                "it is damaged: %s is not what its checksum says" % ascii(entry.raw_name)[2:-1]
            )

    def packed(self, offset, size):
        while size:
            piece = self.at(offset, min(size, PIECE))
            offset += len(piece)
            size -= len(piece)
            yield piece


def inflated(pieces):
    stream = zlib.decompressobj(-15)
    try:
        for piece in pieces:
            rest = piece
            while rest and not stream.eof:
                out = stream.decompress(rest, PIECE)
                rest = stream.unconsumed_tail
                if out:
                    yield out
        out = stream.flush()
    except zlib.error as error:
        raise ArchiveError("it is damaged: %s" % error) from None
    if out:
        yield out
    if not stream.eof:
        raise ArchiveError("it is damaged: the end of a member is missing")


class Entry:
    """One row of the central directory."""

    def __init__(self, rows, at):
        fields = CENTRAL.unpack_from(rows, at)
        _sign, made, _needed, self.flags, self.method, _time, _date, self.crc = fields[:8]
        self.packed, self.size, name, extra, comment, _disk, _internal, self.attributes, self.offset = fields[
            8:
        ]
        self.system = made >> 8
        at += CENTRAL.size
        self.raw_name = rows[at : at + name]
        self.extras = dict(extra_fields(rows[at + name : at + name + extra]))
        self.end = at + name + extra + comment
        self.widen(self.extras.get(0x0001, b""))

    def widen(self, data):
        """Take from the zip64 field, in its order, what the row has no room for."""
        for name in ("size", "packed", "offset"):
            if getattr(self, name) == FULL_64:
                if len(data) < 8:
                    raise ArchiveError("it is damaged: a size is missing")
                setattr(self, name, struct.unpack("<Q", data[:8])[0])
                data = data[8:]

    def name(self):
        """Return the name as unzip would write it on Unix."""
        raw, unicode_path = self.raw_name, self.extras.get(0x7075, b"")
        if not self.flags & UTF8 and self.system not in BY_UNIX:
            raw = raw.decode("cp437").encode("utf-8")
        if unicode_path[:1] == b"\1" and unicode_path[1:5] == struct.pack("<L", zlib.crc32(self.raw_name)):
            raw = unicode_path[5:]
        if self.system == BY_DOS and b"/" not in raw:
            raw = raw.replace(b"\\", b"/")
        return raw

    def mode(self):
        """Return st_mode; what was not made on Unix has none, whatever stands in its place."""
        mode = self.attributes >> 16 if self.system in BY_UNIX else 0
        file_type = stat.S_IFMT(mode)
        if self.name().endswith(b"/") or file_type == stat.S_IFDIR:
            return stat.S_IFDIR | (mode & 0o7777 or 0o755)
        if file_type in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK):
            return mode
        return stat.S_IFREG | (mode & 0o7777 or 0o644)

    def modified(self):
        """Return nanoseconds; the time of DOS is of some unknown zone, and not used."""
        stamp = self.extras.get(0x5455, b"")
        if len(stamp) < 5 or not stamp[0] & 1:
            return None
        return struct.unpack("<l", stamp[1:5])[0] * 10**9


def extra_fields(data):
    while len(data) >= 4:
        kind, size = struct.unpack("<2H", data[:4])
        yield kind, data[4 : 4 + size]
        data = data[4 + size :]
