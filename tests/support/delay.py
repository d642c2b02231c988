"""A relay on loopback that passes each piece on later than it came, and takes nothing from the bandwidth."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue

_PIECE = 1 << 16  # bytes

Pieces = SimpleQueue[tuple[float, bytes]]


def _take(source: socket.socket, pieces: Pieces, seconds: float) -> None:
    data = b"-"
    while data:
        try:
            data = source.recv(_PIECE)
        except OSError:
            data = b""
        pieces.put((time.monotonic() + seconds, data))


def _give(sink: socket.socket, pieces: Pieces) -> None:
    with suppress(OSError):
        while True:
            due, data = pieces.get()
            time.sleep(max(0.0, due - time.monotonic()))  # the delay itself
            if not data:
                sink.shutdown(socket.SHUT_WR)
                return
            sink.sendall(data)


def _serve(listener: socket.socket, port: int, seconds: float, opened: list[socket.socket]) -> None:
    while True:
        try:
            client, _address = listener.accept()
            server = socket.create_connection(("127.0.0.1", port))
        except OSError:
            return
        opened += [client, server]
        for source, sink in ((client, server), (server, client)):
            source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pieces: Pieces = SimpleQueue()
            threading.Thread(target=_take, args=(source, pieces, seconds), daemon=True).start()
            threading.Thread(target=_give, args=(sink, pieces), daemon=True).start()


@contextmanager
def running_delay(port: int, seconds: float) -> Iterator[int]:
    """Run a relay in front of a port; yield its own. `seconds` is the delay of each direction."""
    opened: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, port, seconds, opened), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    for one in opened:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
    thread.join(5)
