"""The packets of SFTP version 3 (draft-ietf-secsh-filexfer-02) that reading needs. Pure: bytes to values.

A packet is length (4 bytes, big-endian), type (1), id (4), and what the type says. No packet is trusted.
"""

import struct
from collections.abc import Callable, Mapping
from typing import NamedTuple

VERSION = 3
MAX_PACKET = 256 * 1024  # bytes of a packet less its length; OpenSSH sends and takes no longer ones
MAX_HANDLE = 256  # bytes, by the draft

OK, EOF, NO_SUCH_FILE, PERMISSION_DENIED = range(4)  # the status codes that mean something to us

_INIT, _VERSION = 1, 2
_OPEN, _CLOSE, _READ, _LSTAT, _FSTAT = 3, 4, 5, 7, 8
_OPENDIR, _READDIR, _REALPATH, _STAT, _READLINK = 11, 12, 16, 17, 19
_STATUS, _HANDLE, _DATA, _NAME, _ATTRS = 101, 102, 103, 104, 105

_FOR_READING = 1
_HAS_SIZE, _HAS_OWNER, _HAS_PERMISSIONS, _HAS_TIMES = 1, 2, 4, 8
_HAS_MORE = 0x80000000

_NUMBER = struct.Struct(">I")
_LARGE_NUMBER = struct.Struct(">Q")
_TWO_NUMBERS = struct.Struct(">II")
_HEAD = struct.Struct(">IBI")
_TYPE_AND_ID = struct.Struct(">BI")
_ALL_ATTRIBUTES = struct.Struct(">QIIIII")


class PacketError(Exception):
    """What came is no packet of SFTP, or not one that answers."""


class Request(NamedTuple):
    """What is asked: the type, and all that follows the id."""

    kind: int
    payload: bytes


class Attributes(NamedTuple):
    """What SFTP says of a path; None where it says nothing. `modified` is in whole seconds.

    `permissions` is st_mode with its type.
    """

    size: int | None = None
    uid: int | None = None
    gid: int | None = None
    permissions: int | None = None
    modified: int | None = None


class Status(NamedTuple):
    """How something went."""

    code: int
    message: str


class Handle(NamedTuple):
    """What an open file or folder is called."""

    handle: bytes


class Data(NamedTuple):
    """A piece of a file."""

    content: bytes


class Name(NamedTuple):
    """A name in a folder. `line` is what `ls -l` would print of it."""

    name: bytes
    line: bytes
    attributes: Attributes


class Names(NamedTuple):
    """Some of the names in a folder; the one path that was asked for."""

    names: tuple[Name, ...]


Answer = Status | Handle | Data | Names | Attributes


def packet(number: int, request: Request) -> bytes:
    """Return a request as it is sent."""
    kind, payload = request
    return _HEAD.pack(len(payload) + 5, kind, number) + payload


def greeting() -> bytes:
    """Return the packet that begins the conversation."""
    return _HEAD.pack(5, _INIT, VERSION)


def answered_greeting(body: bytes) -> int:
    """Return the version that the server speaks. Raises PacketError where this is no greeting."""
    if len(body) < _TYPE_AND_ID.size or body[0] != _VERSION:
        raise PacketError("no greeting")
    fields = _Fields(body, 5)
    while not fields.at_end():  # extensions
        fields.text()
        fields.text()
    return int.from_bytes(body[1:5], "big")


def open_file(path: bytes) -> Request:
    """Open a file for reading."""
    return Request(_OPEN, _text(path) + _TWO_NUMBERS.pack(_FOR_READING, 0))


def read(handle: bytes, offset: int, size: int) -> Request:
    """Ask for up to `size` bytes."""
    return Request(_READ, _text(handle) + _LARGE_NUMBER.pack(offset) + _NUMBER.pack(size))


def close(handle: bytes) -> Request:
    """Close a file or folder."""
    return Request(_CLOSE, _text(handle))


def fstat(handle: bytes) -> Request:
    """Ask for the attributes of an open file."""
    return Request(_FSTAT, _text(handle))


def lstat(path: bytes) -> Request:
    """Ask for the attributes of a path, of a link itself."""
    return Request(_LSTAT, _text(path))


def stat(path: bytes) -> Request:
    """Ask for the attributes of what a path leads to."""
    return Request(_STAT, _text(path))


def open_folder(path: bytes) -> Request:
    """Open a folder."""
    return Request(_OPENDIR, _text(path))


def read_folder(handle: bytes) -> Request:
    """Ask for some more names of a folder."""
    return Request(_READDIR, _text(handle))


def real_path(path: bytes) -> Request:
    """Ask where a path leads, without links."""
    return Request(_REALPATH, _text(path))


def read_link(path: bytes) -> Request:
    """Ask for the text of a link."""
    return Request(_READLINK, _text(path))


def answer(body: bytes) -> tuple[int, Answer]:
    """Return the number of the request that is answered, and the answer. Raises PacketError."""
    if len(body) < _TYPE_AND_ID.size:
        raise PacketError("a packet without a type and a number")
    kind, number = _TYPE_AND_ID.unpack_from(body)
    parse = _ANSWERS.get(kind)
    if parse is None:
        raise PacketError(f"a packet of type {kind}")
    fields = _Fields(body, _TYPE_AND_ID.size)
    value = parse(fields)
    if not fields.at_end():
        raise PacketError("more in a packet than belongs there")
    return number, value


class _Fields:
    """Reads a packet's fields, one after the other."""

    def __init__(self, body: bytes, at: int) -> None:
        self._body = body
        self._at = at

    def at_end(self) -> bool:
        return self._at == len(self._body)

    def number(self) -> int:
        value: int = self._unpacked(_NUMBER)[0]
        return value

    def text(self) -> bytes:
        start = self._at + 4
        self._at = start + self.number()
        if self._at > len(self._body):
            raise PacketError("a text that is longer than its packet")
        return self._body[start : self._at]

    def attributes(self) -> Attributes:
        flags = self.number()
        if flags == _HAS_SIZE | _HAS_OWNER | _HAS_PERMISSIONS | _HAS_TIMES:
            size, uid, gid, permissions, _read, modified = self._unpacked(_ALL_ATTRIBUTES)
            return Attributes(size, uid, gid, permissions, modified)
        return self._some_attributes(flags)

    def _some_attributes(self, flags: int) -> Attributes:
        if flags & ~(_HAS_SIZE | _HAS_OWNER | _HAS_PERMISSIONS | _HAS_TIMES | _HAS_MORE):
            raise PacketError("attributes that version 3 has not")
        size = self._unpacked(_LARGE_NUMBER)[0] if flags & _HAS_SIZE else None
        uid, gid = self._unpacked(_TWO_NUMBERS) if flags & _HAS_OWNER else (None, None)
        permissions = self.number() if flags & _HAS_PERMISSIONS else None
        modified = self._unpacked(_TWO_NUMBERS)[1] if flags & _HAS_TIMES else None
        for _extension in range(self.number() if flags & _HAS_MORE else 0):
            self.text()
            self.text()
        return Attributes(size, uid, gid, permissions, modified)

    def _unpacked(self, form: struct.Struct) -> tuple[int, ...]:
        start = self._at
        self._at += form.size
        if self._at > len(self._body):
            raise PacketError("a packet that is cut off")
        return form.unpack_from(self._body, start)


def _status(fields: _Fields) -> Status:
    code, message, _language = fields.number(), fields.text(), fields.text()
    return Status(code, message.decode("utf-8", "replace"))


def _handle(fields: _Fields) -> Handle:
    handle = fields.text()
    if len(handle) > MAX_HANDLE:
        raise PacketError(f"a handle of {len(handle)} bytes")
    return Handle(handle)


def _names(fields: _Fields) -> Names:
    count = fields.number()
    return Names(tuple(Name(fields.text(), fields.text(), fields.attributes()) for _name in range(count)))


_ANSWERS: Mapping[int, Callable[[_Fields], Answer]] = {
    _STATUS: _status,
    _HANDLE: _handle,
    _DATA: lambda fields: Data(fields.text()),
    _NAME: _names,
    _ATTRS: _Fields.attributes,
}


def _text(value: bytes) -> bytes:
    return _NUMBER.pack(len(value)) + value
