"""A stream in the form that http.client wants: a socket whose reads and writes all end at one moment."""

import io
import ssl
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from driftaudit.sources.transport import Stream

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

T = TypeVar("T")
_READ = 1 << 15  # bytes


class Deadline:
    """The moment by which all must be done."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """The seconds that are left. Raises TimeoutError where none are."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class Wire:
    """A stream with a deadline, plain or, after `secure`, by TLS."""

    def __init__(self, stream: Stream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline
        self._tls: ssl.SSLObject | None = None
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()

    def secure(self, name: str) -> None:
        """Begin TLS with a server that can prove to be `name`. Raises ssl.SSLError where it cannot."""
        context = ssl.create_default_context()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name)
        self._done(self._tls.do_handshake)

    def receive(self, size: int) -> bytes:
        """Return up to `size` bytes, nothing at the end. Raises TimeoutError, OSError or ssl.SSLError."""
        tls = self._tls
        if tls is None:
            return self._stream.receive(size, self._deadline.left)
        try:
            return self._done(lambda: tls.read(size))
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""

    # What http.client asks of a socket:

    def sendall(self, data: bytes) -> None:
        """Write all of `data`."""
        tls = self._tls
        if tls is None:
            self._stream.send(data, self._deadline.left)
            return
        view = memoryview(data)
        while view:
            view = view[self._done(lambda: tls.write(view)) :]  # noqa: B023 - called at once

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return the answer as a file."""
        return io.BufferedReader(_Reader(self), _READ)

    def close(self) -> None:
        """Do nothing: http.client closes its socket while the answer is still to be read."""

    def end(self) -> None:
        """End the connection."""
        self._stream.close()

    def _done(self, step: Callable[[], T]) -> T:
        """Take a step of TLS as often as it takes, moving what it reads and writes."""
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                self._flush()
                data = self._stream.receive(_READ, self._deadline.left)
                if data:
                    self._incoming.write(data)
                else:
                    self._incoming.write_eof()
                continue
            except ssl.SSLError:
                self._flush()  # the alert that says what we did not like
                raise
            self._flush()
            return result

    def _flush(self) -> None:
        data = self._outgoing.read()
        if data:
            self._stream.send(data, self._deadline.left)


class _Reader(io.RawIOBase):
    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer", /) -> int:
        buffer = memoryview(buffer)
        data = self._wire.receive(len(buffer))
        buffer[: len(data)] = data
        return len(data)
