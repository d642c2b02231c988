"""Packets as values and back, and what becomes of those that are cut off or make no sense."""

import struct
from collections.abc import Callable

import paramiko
import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftaudit.sources.sftp import packets
from driftaudit.sources.sftp.packets import (
    Answer,
    Attributes,
    Data,
    Handle,
    Name,
    Names,
    PacketError,
    Request,
    Status,
    answer,
    answered_greeting,
    greeting,
    packet,
)

U32 = st.integers(0, 2**32 - 1)
U64 = st.integers(0, 2**64 - 1)
texts = st.binary(max_size=40)


def text(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


@st.composite
def encoded_attributes(draw: st.DrawFn) -> tuple[bytes, Attributes]:
    size, owner = draw(st.none() | U64), draw(st.none() | st.tuples(U32, U32))
    permissions, times = draw(st.none() | U32), draw(st.none() | st.tuples(U32, U32))
    extensions = draw(st.lists(st.tuples(texts, texts), max_size=2))
    flags, body = 0, b""
    if size is not None:
        flags, body = flags | 1, body + struct.pack(">Q", size)
    if owner is not None:
        flags, body = flags | 2, body + struct.pack(">II", *owner)
    if permissions is not None:
        flags, body = flags | 4, body + struct.pack(">I", permissions)
    if times is not None:
        flags, body = flags | 8, body + struct.pack(">II", *times)
    if extensions:
        flags |= 0x80000000
        body += struct.pack(">I", len(extensions)) + b"".join(text(a) + text(b) for a, b in extensions)
    uid, gid = owner or (None, None)
    value = Attributes(size, uid, gid, permissions, times[1] if times else None)
    return struct.pack(">I", flags) + body, value


@st.composite
def encoded_names(draw: st.DrawFn) -> tuple[bytes, Names]:
    rows = draw(st.lists(st.tuples(texts, texts, encoded_attributes()), max_size=4))
    body = b"".join(text(name) + text(line) + attributes[0] for name, line, attributes in rows)
    names = Names(tuple(Name(name, line, attributes[1]) for name, line, attributes in rows))
    return struct.pack(">I", len(rows)) + body, names


def encoded_status() -> st.SearchStrategy[tuple[bytes, Status]]:
    return st.tuples(U32, st.text(max_size=20)).map(
        lambda value: (struct.pack(">I", value[0]) + text(value[1].encode()) + text(b"en"), Status(*value))
    )


answers: st.SearchStrategy[tuple[int, bytes, Answer]] = st.one_of(
    encoded_status().map(lambda made: (101, *made)),
    texts.map(lambda value: (102, text(value), Handle(value))),
    texts.map(lambda value: (103, text(value), Data(value))),
    encoded_names().map(lambda made: (104, *made)),
    encoded_attributes().map(lambda made: (105, *made)),
)


@given(answers, U32)
def test_an_answer_is_what_was_encoded(made: tuple[int, bytes, Answer], number: int) -> None:
    kind, body, value = made
    assert answer(struct.pack(">BI", kind, number) + body) == (number, value)


@given(answers)
def test_an_answer_cut_off_anywhere_or_too_long_is_none(made: tuple[int, bytes, Answer]) -> None:
    kind, body, _value = made
    whole = struct.pack(">BI", kind, 7) + body
    for end in range(len(whole)):
        with pytest.raises(PacketError):
            answer(whole[:end])
    with pytest.raises(PacketError):
        answer(whole + b"\0")


@given(st.binary(max_size=200), st.sampled_from(["any", "101", "102", "103", "104", "105"]))
def test_garbage_is_an_answer_or_an_error_and_never_a_crash(garbage: bytes, kind: str) -> None:
    body = garbage if kind == "any" else struct.pack(">BI", int(kind), 1) + garbage
    try:
        number, _value = answer(body)
    except PacketError:
        return
    assert number == int.from_bytes(body[1:5], "big")


def test_many_names_in_a_short_packet_cost_no_memory() -> None:
    with pytest.raises(PacketError, match="cut off"):
        answer(struct.pack(">BII", 104, 1, 2**32 - 1))


def test_a_handle_that_would_make_every_request_large_is_refused() -> None:
    assert answer(struct.pack(">BI", 102, 1) + text(b"h" * 256))[1] == Handle(b"h" * 256)
    with pytest.raises(PacketError, match="257"):
        answer(struct.pack(">BI", 102, 1) + text(b"h" * 257))


@pytest.mark.parametrize("kind", [0, 1, 2, 3, 100, 106, 200, 255])
def test_a_packet_that_answers_nothing_is_refused(kind: int) -> None:
    with pytest.raises(PacketError, match=f"type {kind}"):
        answer(struct.pack(">BI", kind, 1))


PATHS: list[tuple[int, Callable[[bytes], Request]]] = [
    (paramiko.sftp.CMD_LSTAT, packets.lstat),
    (paramiko.sftp.CMD_STAT, packets.stat),
    (paramiko.sftp.CMD_OPENDIR, packets.open_folder),
    (paramiko.sftp.CMD_REALPATH, packets.real_path),
    (paramiko.sftp.CMD_READLINK, packets.read_link),
    (paramiko.sftp.CMD_READDIR, packets.read_folder),
    (paramiko.sftp.CMD_CLOSE, packets.close),
    (paramiko.sftp.CMD_FSTAT, packets.fstat),
]


@pytest.mark.parametrize(("kind", "make"), PATHS, ids=[make.__name__ for _kind, make in PATHS])
@given(value=texts, number=U32)
def test_a_request_is_what_another_implementation_reads(
    kind: int, make: Callable[[bytes], Request], value: bytes, number: int
) -> None:
    data = packet(number, make(value))
    assert int.from_bytes(data[:4], "big") == len(data) - 4
    assert data[4] == kind
    message = paramiko.Message(data[5:])
    assert (message.get_int(), message.get_string(), message.get_remainder()) == (number, value, b"")


@given(texts, U64, U32)
def test_requests_with_more_than_a_path(value: bytes, offset: int, size: int) -> None:
    read = paramiko.Message(packets.read(value, offset, size).payload)
    assert (read.get_string(), read.get_int64(), read.get_int()) == (value, offset, size)
    opened = packets.open_file(value)
    message = paramiko.Message(opened.payload)
    assert (message.get_string(), message.get_int()) == (value, paramiko.sftp.SFTP_FLAG_READ)
    assert (message.get_int(), message.get_remainder()) == (0, b"")
    assert opened.kind == paramiko.sftp.CMD_OPEN


def test_the_greeting_and_its_answer() -> None:
    assert greeting() == bytes([0, 0, 0, 5, 1, 0, 0, 0, 3])
    whole = bytes([2, 0, 0, 0, 3]) + text(b"limits@openssh.com") + text(b"1")
    assert answered_greeting(whole) == 3
    for end in range(len(whole)):
        if end != 5:
            with pytest.raises(PacketError):
                answered_greeting(whole[:end])
    with pytest.raises(PacketError):
        answered_greeting(b"Welcome to production!")
