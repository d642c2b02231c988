"""A TCP connection that the host makes for us, over an ssh process of its own (`ssh -W`)."""

import os
import re
import select
import time

from driftaudit.sources.ssh.forwarding import not_forwarded
from driftaudit.sources.ssh.openssh_process import SSHProcess
from driftaudit.sources.transport import NotAskedError, NotConnectedError

_OPEN = b"open confirm"
_FAILED = re.compile(rb"open failed: ([^\r\n]*)")
_NOBODY = b"connect failed"
_PAUSE = 0.005  # seconds between two looks at what ssh logs
_END_TIME = 2.0  # seconds for the rest of the log once ssh has ended


class OpenSSHStream:
    """Implements `Stream`. ssh must log at LogLevel DEBUG2: there it says that the connection stands."""

    def __init__(self, process: SSHProcess, host: str, seconds: float) -> None:
        """Wait until the connection stands. Raises as `Connection.stream` says."""
        self._process = process
        until = time.monotonic() + seconds
        while _OPEN not in process.log:
            if time.monotonic() > until:
                raise TimeoutError
            if process.wait(_PAUSE) is not None:
                process.wait(_END_TIME)
                raise _failure(bytes(process.log), host)

    def send(self, data: bytes, seconds: float) -> None:
        """Write all of `data`. Raises as `Stream` says."""
        left, until = memoryview(data), time.monotonic() + seconds
        while left:
            _wait(self._process.input, select.POLLOUT, until - time.monotonic())
            left = left[os.write(self._process.input, left[:65536]) :]

    def receive(self, size: int, seconds: float) -> bytes:
        """Return up to `size` bytes, or nothing at the end. Raises as `Stream` says."""
        _wait(self._process.output, select.POLLIN, seconds)
        return os.read(self._process.output, size)

    def close(self) -> None:
        """End the connection, and ssh."""
        self._process.close()


def _failure(log: bytes, host: str) -> NotAskedError | NotConnectedError:
    failed = _FAILED.search(log)
    told = failed[1].decode("utf-8", "replace") if failed else "ssh ended without a word"
    if failed and failed[1].startswith(_NOBODY):
        why = told.removeprefix(_NOBODY.decode()).lstrip(": ")
        return NotConnectedError(f"nothing takes a connection there{f': {why}' if why else ''}")
    return not_forwarded(host, told)


def _wait(stream: int, event: int, seconds: float) -> None:
    poll = select.poll()
    poll.register(stream, event)
    if not poll.poll(max(0.0, seconds) * 1000):
        raise TimeoutError
