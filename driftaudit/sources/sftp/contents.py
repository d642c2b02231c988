"""Reading files and links over SFTP, and the git ids of what is in them."""

from collections.abc import Callable
from typing import TypeVar

from driftaudit.model.problem import ProblemKind
from driftaudit.sources.agent.program.hashing import Hasher
from driftaudit.sources.sftp.packets import (
    EOF,
    Answer,
    Attributes,
    Data,
    Handle,
    PacketError,
    Status,
    close,
    fstat,
    lstat,
    open_file,
    read,
    read_link,
)
from driftaudit.sources.sftp.tasks import Task, Unseen, only_name, taken

T = TypeVar("T")

WINDOW = 1 << 21  # bytes of a file that are on their way at a time; a smaller file is held as a whole
PIECE = 1 << 16  # bytes of one request; servers may give fewer, most give 64 KiB or more


def changed() -> Unseen:
    """Return what is said of a file that was not the same before and after."""
    return Unseen(ProblemKind.UNSTABLE, "it changed while it was read")


def file_ids(path: bytes, listed: Attributes, hasher: Hasher) -> Task[tuple[str, str]]:
    """Return the git blob id, and that of the text with CRLF made LF, or "" where that changes nothing.

    `listed` is how the file was before. Raises Unseen where it was not so on the open file and at the path
    after the last byte was read, which is what tells of a link in its place: SFTP follows it in silence.
    """
    return (yield from from_open(path, listed, lambda handle, size: _ids(handle, size, hasher)))


def file_content(path: bytes, listed: Attributes) -> Task[bytes]:
    """Return what a small file holds, checked in the same way."""
    return (yield from from_open(path, listed, lambda handle, size: window(handle, 0, size)))


def openable(path: bytes) -> Task[None]:
    """Find out whether a file may be read, and read nothing. Raises Unseen where it may not."""
    handle = taken((yield [open_file(path)])[0], Handle).handle
    yield [close(handle)]


def link_text(path: bytes, listed: Attributes) -> Task[bytes]:
    """Return the text of a link. Raises Unseen where it is another link by now."""
    text, after = yield [read_link(path), lstat(path)]
    found = only_name(text)
    if after != listed:
        raise changed()
    return found


def blob_id(content: bytes, hasher: Hasher) -> str:
    """Return the git blob id of a content in hexadecimal digits."""
    digest = hasher.start(len(content))
    digest.update(content)
    found: str = digest.hexdigest()
    return found


def from_open(path: bytes, listed: Attributes, reading: Callable[[bytes, int], Task[T]]) -> Task[T]:
    """Return what `reading` makes of an open file, given handle and size; checked as in `file_ids`."""
    handle = taken((yield [open_file(path)])[0], Handle).handle
    try:
        found = yield from reading(handle, listed.size or 0)
    except Unseen:
        yield [close(handle)]
        raise
    of_file, of_path, _closed = yield [fstat(handle), lstat(path), close(handle)]
    if not of_file == of_path == listed:
        raise changed()
    return found


def _ids(handle: bytes, size: int, hasher: Hasher) -> Task[tuple[str, str]]:
    if size > WINDOW:
        return (yield from _ids_of_large(handle, size, hasher))
    content = yield from window(handle, 0, size)
    windows = b"\0" not in content and b"\r\n" in content
    return blob_id(content, hasher), blob_id(content.replace(b"\r\n", b"\n"), hasher) if windows else ""


def _ids_of_large(handle: bytes, size: int, hasher: Hasher) -> Task[tuple[str, str]]:
    """Read a text with CRLF twice: a git id begins with the size, which is not known the first time."""
    digest = hasher.start(size)
    text, line_ends, last = True, 0, b""
    for start in range(0, size, WINDOW):
        piece = yield from window(handle, start, min(WINDOW, size - start))
        digest.update(piece)
        text = text and b"\0" not in piece
        if text:
            line_ends += piece.count(b"\r\n") + (last == b"\r" and piece[:1] == b"\n")
            last = piece[-1:]
    if not (text and line_ends):
        return digest.hexdigest(), ""
    plain, held = hasher.start(size - line_ends), b""
    for start in range(0, size, WINDOW):
        piece = held + (yield from window(handle, start, min(WINDOW, size - start)))
        held = b"\r" if piece.endswith(b"\r") else b""
        plain.update(piece[: len(piece) - len(held)].replace(b"\r\n", b"\n"))
    plain.update(held)
    return digest.hexdigest(), plain.hexdigest()


def window(handle: bytes, start: int, size: int) -> Task[bytes]:
    """Return these bytes of a file, all of them, by requests that are out at the same time."""
    wanted = [(at, min(PIECE, start + size - at)) for at in range(start, start + size, PIECE)]
    found: dict[int, bytes] = {}
    while wanted:
        answers = yield [read(handle, at, length) for at, length in wanted]
        asked, wanted = wanted, []
        for (at, length), value in zip(asked, answers, strict=True):
            found[at] = content = _content(value, length)
            if len(content) < length:
                wanted.append((at + len(content), length - len(content)))
    return b"".join(found[at] for at in sorted(found))


def _content(value: Answer, most: int) -> bytes:
    if isinstance(value, Status) and value.code == EOF:
        raise changed()  # it is shorter than it was
    content = taken(value, Data).content
    if not 0 < len(content) <= most:
        raise PacketError(f"{len(content)} bytes where up to {most} were asked for")
    return content
