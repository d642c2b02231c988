"""A TCP proxy on loopback that spoils the connection where a test wants it spoilt."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

_CHUNK = 16384  # bytes
_TRICKLE = 0.05  # seconds between two bytes


@dataclass
class Proxy:
    """Passes bytes between its port and `target`; what is spoilt is what comes from the server.

    After `cut_after` bytes it hangs up, with `stall` it keeps the connection open instead, and passes
    nothing more. `drop` and `flip` are positions: the byte there vanishes, or has one bit turned round.
    After `trickle_after` bytes it passes on one byte at a time, with a pause.
    """

    target: tuple[str, int]
    cut_after: int | None = None
    stall: bool = False
    drop: int | None = None
    flip: int | None = None
    trickle_after: int | None = None
    passed: int = 0  # bytes from the server
    connections: int = 0
    _listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    _sockets: list[socket.socket] = field(default_factory=list)
    _closing: threading.Event = field(default_factory=threading.Event)

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
        self._closing.set()
        # shutdown, for closing alone does not wake a thread that waits in accept or recv
        for one in (self._listener, *self._sockets):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _pass(self, source: socket.socket, sink: socket.socket, from_server: bool) -> None:
        with suppress(OSError):
            while data := source.recv(_CHUNK):
                if not from_server:
                    sink.sendall(data)
                    continue
                if self.cut_after is not None:
                    data = data[: self.cut_after - self.passed]
                self._send(sink, data)
                if self.passed == self.cut_after:
                    if self.stall:
                        return
                    break
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _send(self, sink: socket.socket, data: bytes) -> None:
        first = self.passed
        self.passed += len(data)
        if self.flip is not None and first <= self.flip < self.passed:
            at = self.flip - first
            data = data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]
        if self.drop is not None and first <= self.drop < self.passed:
            at = self.drop - first
            data = data[:at] + data[at + 1 :]
        if self.trickle_after is None:
            sink.sendall(data)
            return
        quick = max(0, self.trickle_after - first)
        sink.sendall(data[:quick])
        for at in range(quick, len(data)):
            if self._closing.wait(_TRICKLE):
                return
            sink.sendall(data[at : at + 1])


@contextmanager
def running_proxy(port: int, **spoilt: Any) -> Iterator[Proxy]:
    """Run a proxy in front of a port of loopback; what it spoils is as of `Proxy`."""
    proxy = Proxy(("127.0.0.1", port), **spoilt)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join(5)
