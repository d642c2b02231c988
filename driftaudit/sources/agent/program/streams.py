"""The bytes of a compressed file, piece by piece: never the whole at once, and not without end."""

import os
import subprocess
import zlib

from .hashing import PIECE

XZ_MEMORY = 1 << 28  # bytes that unpacking may take; xz -9 needs a quarter of it
GZIP, XZ = b"\x1f\x8b", b"\xfd7zXZ\0"


class ArchiveError(Exception):
    """Nothing that the archive says can be trusted. `kind` says which advice helps."""

    def __init__(self, detail, kind="archive"):
        Exception.__init__(self, detail)
        self.kind = kind


def raw_pieces(handle):
    while True:
        piece = os.read(handle, PIECE)
        if not piece:
            return
        yield piece


class Inflater:
    """gzip by the interface that the decompressors of lzma and zstd have. zlib checks CRC and length."""

    def __init__(self):
        self.stream = zlib.decompressobj(31)
        self.needs_input = True

    def decompress(self, data, most):
        piece = self.stream.decompress(self.stream.unconsumed_tail + data, most)
        self.needs_input = not self.stream.unconsumed_tail and len(piece) < most
        return piece

    @property
    def eof(self):
        return self.stream.eof

    @property
    def unused_data(self):
        return self.stream.unused_data


def frame_pieces(handle, start, magic, stray):
    """Unpack frame after frame. `stray` is told the number of bytes after the last one."""
    source = raw_pieces(handle)
    data = next(source, b"")
    while data:
        unpacker = start()
        while not unpacker.eof:
            if unpacker.needs_input and not data:
                data = next(source, b"")
                if not data:
                    raise ArchiveError("it is cut off")
            piece = unpacker.decompress(data, PIECE)
            data = b""
            if piece:
                yield piece
        data = after_padding(unpacker.unused_data, source, len(magic))
        if data and not data.startswith(magic):
            stray(len(data) + sum(len(piece) for piece in source))
            return


def after_padding(data, source, least):
    """Return what follows a frame once the zeros that fill up blocks are left out."""
    data = data.lstrip(b"\0")
    for piece in source:
        if len(data) >= least:
            return data + piece
        data = (data + piece).lstrip(b"\0")
    return data


def checked(pieces, errors):
    try:
        for piece in pieces:
            yield piece
    except errors as error:
        raise ArchiveError("it is damaged: %s" % error) from None


def gzip_pieces(handle, stray):
    return checked(frame_pieces(handle, Inflater, GZIP, stray), zlib.error)


def xz_pieces(handle, stray):
    try:
        import lzma
    except ImportError:  # a Python that was built without it
        return program_pieces("xz", handle)

    def start():
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, XZ_MEMORY)

    return checked(frame_pieces(handle, start, XZ, stray), (lzma.LZMAError, EOFError))


def zstd_pieces(handle, stray):
    try:
        import compression.zstd as zstd  # type: ignore[import-not-found] # since Python 3.14
    except ImportError:
        return program_pieces("zstd", handle)
    return checked(frame_pieces(handle, zstd.ZstdDecompressor, b"", stray), (zstd.ZstdError, EOFError))


def program_pieces(name, handle):
    """Let a program unpack, which says by its exit status whether the input was whole."""
    reader, writer = os.pipe()
    try:
        process = subprocess.Popen(  # noqa: S603 - one of two fixed names, and no shell
            [name, "-dcq"], stdin=handle, stdout=writer, stderr=subprocess.DEVNULL
        )
    except OSError:
        os.close(reader)
        detail = "there is neither a module of Python nor the program %s to unpack it" % name
        raise ArchiveError(detail, name) from None
    finally:
        os.close(writer)
    try:
        for piece in raw_pieces(reader):
            yield piece
        if process.wait():
            raise ArchiveError(
                "it is cut off or damaged: %s ended with status %d" % (name, process.returncode)
            )
    finally:
        os.close(reader)
        process.kill()
        process.wait()


class Tape:
    """A stream that is read forwards. `limit` bounds all bytes that come out of it, holes included."""

    def __init__(self, pieces, limit, beat):
        self.pieces = pieces
        self.held = memoryview(b"")
        self.position = 0
        self.made = 0  # bytes of holes
        self.limit = limit
        self.beat = beat

    def some(self, most):
        """Return up to `most` bytes, or none at the end."""
        if not self.held:
            self.beat()
            self.held = memoryview(next(self.pieces, b""))
        piece = self.held[:most]
        self.held = self.held[most:]
        self.position += len(piece)
        return bytes(piece)

    def exactly(self, size):
        return b"".join(self.content(size))

    def content(self, size):
        self.require(size)
        while size:
            piece = self.some(min(size, PIECE))
            if not piece:
                raise ArchiveError("it is cut off")
            size -= len(piece)
            yield piece

    def skip(self, size):
        for _piece in self.content(size):
            pass

    def hole(self, size):
        self.require(size)
        self.made += size
        while size:
            piece = ZEROS[: min(size, PIECE)]
            size -= len(piece)
            self.beat()
            yield piece

    def require(self, size):
        if self.position + self.made + size > self.limit:
            raise ArchiveError("it unpacks to more than %d bytes" % self.limit, "archive-limit")

    def close(self):
        if hasattr(self.pieces, "close"):
            self.pieces.close()


ZEROS = bytes(PIECE)
