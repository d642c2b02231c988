"""A TCP connection that the host makes for us, over one channel of a connection."""

import time
from contextlib import suppress

import paramiko


class SSHStream:
    """Implements `Stream`."""

    def __init__(self, channel: paramiko.Channel) -> None:
        self._channel = channel

    def send(self, data: bytes, seconds: float) -> None:
        """Write all of `data`. Raises as `Stream` says."""
        left, until = memoryview(data), time.monotonic() + seconds
        while left:
            self._channel.settimeout(max(0.001, until - time.monotonic()))
            sent = self._channel.send(bytes(left))
            if not sent:
                raise BrokenPipeError("the connection was closed")
            left = left[sent:]

    def receive(self, size: int, seconds: float) -> bytes:
        """Return up to `size` bytes, or nothing at the end. Raises as `Stream` says."""
        self._channel.settimeout(max(0.001, seconds))
        return self._channel.recv(size)

    def close(self) -> None:
        """End the connection."""
        with suppress(Exception):
            self._channel.close()
