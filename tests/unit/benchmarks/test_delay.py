"""The proxy that is far away."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.support.delay import running_delay

ONE_WAY = 0.05  # seconds


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that says back what one client says, and then ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _address = listener.accept()
            with connection:
                while data := connection.recv(1 << 16):
                    connection.sendall(data)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(10)


def test_bytes_come_back_whole_and_not_before_their_time(echo: int) -> None:
    sent = bytes(range(256)) * 4000
    with running_delay(echo, ONE_WAY) as port, socket.create_connection(("127.0.0.1", port), 10) as client:
        started = time.monotonic()
        writer = threading.Thread(target=client.sendall, args=(sent,))
        writer.start()
        first = client.recv(1 << 16)
        assert time.monotonic() - started >= 2 * ONE_WAY
        writer.join()
        client.shutdown(socket.SHUT_WR)
        received = first + b"".join(iter(lambda: client.recv(1 << 16), b""))
    assert received == sent
