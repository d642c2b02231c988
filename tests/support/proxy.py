"""A TCP proxy on loopback that cuts the connection where a test wants it cut."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_CHUNK = 16384  # bytes


@dataclass
class Proxy:
    """Passes bytes between its port and `target`; after `cut_after` bytes from the server it hangs up.

    With `stall` it keeps the connection open instead, and passes nothing more.
    """

    target: tuple[str, int]
    cut_after: int | None = None
    stall: bool = False
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

    def _pass(self, source: socket.socket, sink: socket.socket, from_server: bool) -> None:
        with suppress(OSError):
            while data := source.recv(_CHUNK):
                if from_server:
                    if self.cut_after is not None:
                        data = data[: self.cut_after - self.passed]
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
def running_proxy(port: int, *, cut_after: int | None = None, stall: bool = False) -> Iterator[Proxy]:
    """Run a proxy in front of a port of loopback."""
    proxy = Proxy(("127.0.0.1", port), cut_after, stall)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join(5)
