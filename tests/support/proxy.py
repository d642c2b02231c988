"""A TCP proxy on loopback that cuts the connection where a test wants it cut."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from queue import SimpleQueue

_CHUNK = 16384  # bytes


@dataclass
class Proxy:
    """Passes bytes between its port and `target`; after `cut_after` bytes from the server it hangs up.

    With `stall` it keeps the connection open instead, and passes nothing more. `delay` is how many seconds
    later than it came each piece is passed on, in both directions; it takes nothing from the bandwidth.
    """

    target: tuple[str, int]
    cut_after: int | None = None
    stall: bool = False
    delay: float = 0.0
    passed: int = 0  # bytes from the server
    connections: int = 0
    _listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    _sockets: list[socket.socket] = field(default_factory=list)

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    def serve(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
                server = socket.create_connection(self.target)
            except OSError:
                return
            self.connections += 1
            self._sockets += [client, server]
            threading.Thread(target=self._pass, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, True), daemon=True).start()

    def close(self) -> None:
        # shutdown, for closing alone does not wake a thread that waits in accept or recv
        for one in (self._listener, *self._sockets):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _received(self, source: socket.socket) -> Iterator[bytes]:
        """Yield what comes, at once or each piece as late as it is to be."""
        pieces: SimpleQueue[tuple[float, bytes]] = SimpleQueue()
        if not self.delay:
            yield from iter(lambda: source.recv(_CHUNK), b"")
            return

        def take() -> None:
            data = b"-"
            while data:
                try:
                    data = source.recv(_CHUNK)
                except OSError:
                    data = b""
                pieces.put((time.monotonic() + self.delay, data))

        threading.Thread(target=take, daemon=True).start()
        while True:
            due, data = pieces.get()
            time.sleep(max(0.0, due - time.monotonic()))  # the delay itself
            if not data:
                return
            yield data

    def _pass(self, source: socket.socket, sink: socket.socket, from_server: bool) -> None:
        with suppress(OSError):
            for piece in self._received(source):
                data = piece
                if from_server:
                    if self.cut_after is not None:
                        data = piece[: self.cut_after - self.passed]
                    self.passed += len(data)
                sink.sendall(data)
                if from_server and self.passed == self.cut_after:
                    if self.stall:
                        return
                    break
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


@contextmanager
def running_proxy(
    port: int, *, cut_after: int | None = None, stall: bool = False, delay: float = 0.0
) -> Iterator[Proxy]:
    """Run a proxy in front of a port of loopback."""
    proxy = Proxy(("127.0.0.1", port), cut_after, stall, delay)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join(5)
