"""git ids of contents, as bytes."""

import hashlib
import os

from .opening import NO_ATIME, QUIET

UNNOTICED = QUIET | NO_ATIME
USER = os.geteuid()
PIECE = 128 * 1024  # bytes read at a time; larger buffers were slower on small files


class ChangedError(Exception):
    """A file differed before and after it was read."""


class Hasher:
    """Makes git ids. A copy of an empty hash is many times cheaper than a new one."""

    def __init__(self, algorithm):
        try:
            self.empty = hashlib.new(algorithm, usedforsecurity=False)
        except TypeError:  # before Python 3.9
            self.empty = hashlib.new(algorithm)
        self.width = self.empty.digest_size

    def start(self, size):
        digest = self.empty.copy()
        digest.update(b"blob %d\0" % size)
        return digest

    def blob_id(self, content):
        digest = self.empty.copy()
        digest.update(b"blob %d\0" % len(content))
        digest.update(content)
        return digest.digest()

    def tree_id(self, content):
        digest = self.empty.copy()
        digest.update(b"tree %d\0" % len(content))
        digest.update(content)
        return digest.digest()


def pieces(handle, size):
    """Read `size` bytes, or what there is of them, in pieces no larger than they need be."""
    while size > 0:
        piece = os.read(handle, min(size, PIECE))
        if not piece:
            return
        size -= len(piece)
        yield piece


def with_unix_line_ends(stream):
    held = b""
    for piece in stream:
        text = held + piece
        held = b"\r" if text.endswith(b"\r") else b""
        yield text[: len(text) - len(held)].replace(b"\r\n", b"\n")
    yield held


def free_of_pace(size):
    """Read as fast as it goes."""


def blob_ids(handle, size, hasher, spent=free_of_pace):
    """Return the git blob id, and that of the text with CRLF made LF, or b"" where that changes nothing.

    `spent` hears of the bytes that were read, and may take its time.
    """
    if size <= PIECE:
        content = os.read(handle, size) if size else b""
        spent(size)
        if len(content) != size:
            raise ChangedError
        digest = hasher.empty.copy()
        digest.update(b"blob %d\0" % size)
        digest.update(content)
        # Looking for one byte is far cheaper than for two: most contents cost no more than that.
        if b"\r" in content and b"\0" not in content and b"\r\n" in content:
            return digest.digest(), hasher.blob_id(content.replace(b"\r\n", b"\n"))
        return digest.digest(), b""
    digest = hasher.start(size)
    seen = line_ends = 0
    text = True
    last = b""
    for piece in pieces(handle, size):
        digest.update(piece)
        seen += len(piece)
        spent(len(piece))
        text = text and b"\0" not in piece
        if text:
            line_ends += (piece.count(b"\r\n") if b"\r" in piece else 0) + (
                last == b"\r" and piece[:1] == b"\n"
            )
            last = piece[-1:]
    if seen != size:
        raise ChangedError
    if not (text and line_ends):
        return digest.digest(), b""
    os.lseek(handle, 0, os.SEEK_SET)
    plain = hasher.start(size - line_ends)
    for piece in with_unix_line_ends(pieces(handle, size)):
        plain.update(piece)
    return digest.digest(), plain.digest()


def same_state(a, b):
    # Mode, inode, device, links, uid, gid and size in one comparison; then the exact times.
    return a[:7] == b[:7] and a.st_mtime_ns == b.st_mtime_ns and a.st_ctime_ns == b.st_ctime_ns


def read_file(folder, name, listed, hasher, spent=free_of_pace):
    # Who owns a file may leave its access time as it is; asking for that would be refused to others.
    flags = UNNOTICED if USER in (0, listed.st_uid) else QUIET
    try:
        handle = os.open(name, flags, dir_fd=folder)
    except PermissionError:
        handle = os.open(name, QUIET, dir_fd=folder)
    try:
        ids = blob_ids(handle, listed.st_size, hasher, spent)
        if not same_state(listed, os.fstat(handle)):
            raise ChangedError
        return ids
    finally:
        os.close(handle)


def read_link(folder, name, hasher):
    target = os.fsencode(os.readlink(name, dir_fd=folder))
    return hasher.blob_id(target), target.decode("utf-8", "surrogateescape")
