"""What tests ask of our own SSH connections."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from driftaudit.config.access import Timeouts
from driftaudit.errors import ExitCode, SourceError
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.channel import SSHChannel
from driftaudit.sources.ssh.connection import ParamikoTransport, connect

PATIENCE = 60  # seconds: a machine may be busy with other things


@contextmanager
def connected(url: str, timeouts: Timeouts | None = None) -> Iterator[ParamikoTransport]:
    address = SSHAddress.parse(url)
    transport = connect(address, timeouts) if timeouts else connect(address)
    try:
        yield transport
    finally:
        transport.close()


def read_all(channel: SSHChannel) -> bytes:
    return b"".join(iter(lambda: channel.receive(1 << 20), b""))


def output(url: str, command: str) -> bytes:
    with connected(url) as transport:
        return read_all(transport.run(command))


def refused(url: str, timeouts: Timeouts | None = None) -> SourceError:
    """Return the error that ends the connecting, after a look at what all of them have in common."""
    with pytest.raises(SourceError) as caught, connected(url, timeouts):
        pass
    error = caught.value
    assert error.exit_code is ExitCode.SOURCE
    assert "\n" not in error.message
    assert error.advice
    return error


def eventually(condition: Callable[[], bool]) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)  # the pause of this poll
