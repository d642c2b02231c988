"""An archive as a source: read from its beginning to its end where it lies, and unpacked nowhere."""

import os
import stat

from .hashing import same_state
from .members import Members
from .opening import open_quietly, reason_of
from .scope import Scope
from .streams import ArchiveError, Tape, gzip_pieces, raw_pieces, xz_pieces, zstd_pieces
from .tar import Tar
from .zip import Zip

LEAST_LIMIT = 1 << 36  # bytes that any archive may unpack to
MOST_RATIO = 100  # and how many times its own size
COMPRESSED = {"tar.gz": gzip_pieces, "tar.xz": xz_pieces, "tar.zst": zstd_pieces}
SIGNS = {"tar.gz": b"\x1f\x8b", "tar.xz": b"\xfd7zXZ\0", "tar.zst": b"\x28\xb5\x2f\xfd", "zip": b"PK"}


class Archive:
    """Reads the members of one open file into a tree."""

    def __init__(self, handle, kind, members, sender):
        self.handle = handle
        self.kind = kind
        self.members = members
        self.sender = sender

    def read(self):
        before = os.fstat(self.handle)
        self.require_archive(before)
        limit = max(LEAST_LIMIT, MOST_RATIO * before.st_size)
        tape = Tape(self.pieces(), limit, self.sender.heartbeat)
        archive = Zip(self.handle, tape, self.stray) if self.kind == "zip" else Tar(tape, self.stray)
        try:
            for member in archive.members():
                self.members.add(member)
        finally:
            tape.close()
        if not same_state(before, os.fstat(self.handle)):
            raise ArchiveError("it changed while it was read", "archive-changed")

    def require_archive(self, state):
        if not stat.S_ISREG(state.st_mode):
            raise ArchiveError("this is neither a file nor a folder")
        if not state.st_size:
            raise ArchiveError("the file is empty")
        head = os.pread(self.handle, 6, 0)
        if self.kind != "tar" and not head.startswith(SIGNS[self.kind]):
            others = [kind for kind, sign in SIGNS.items() if head.startswith(sign)]
            looks = ", but begins as %s does" % others[0] if others else ""
            raise ArchiveError("this is no %s archive%s" % (self.kind, looks))

    def pieces(self):
        if self.kind in COMPRESSED:
            return COMPRESSED[self.kind](self.handle, self.stray)
        return raw_pieces(self.handle)

    def stray(self, count):
        self.members.problem("", "stray-data", "%d bytes in the file belong to no member" % count)


def takers_of(request, sender):
    """Return what is done with the members, reading by reading."""
    if "wanted" not in request:
        return [Members(Scope(request), sender)]
    from .contents import Bringer, Finder  # sent only then

    finder = Finder(request, sender)
    return [finder, Bringer(finder, request, sender)]


def scan_archive(path, request, sender):
    try:
        handle = open_quietly(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        sender.message(b"E", ["no-archive", ""])
        return
    except PermissionError as error:
        sender.message(b"E", ["archive-closed", reason_of(error)])
        return
    try:
        for members in takers_of(request, sender):
            Archive(handle, request["archive"], members, sender).read()
            members.send()
            os.lseek(handle, 0, os.SEEK_SET)
    except ArchiveError as error:
        sender.message(b"E", [error.kind, str(error)])
        return
    finally:
        os.close(handle)
    sender.trailer()
