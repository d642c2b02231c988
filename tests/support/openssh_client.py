"""What tests ask of connections by the system's ssh."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from driftaudit.config.access import Timeouts
from driftaudit.errors import ExitCode, SourceError
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.openssh import OpenSSHTransport, connect
from driftaudit.sources.ssh.openssh_channel import OpenSSHChannel
from tests.support.programs import program


@contextmanager
def reached(url: str, timeouts: Timeouts | None = None) -> Iterator[OpenSSHTransport]:
    program("ssh")
    with closing(connect(SSHAddress.parse(url), timeouts or Timeouts())) as transport:
        yield transport


def all_of(channel: OpenSSHChannel) -> bytes:
    try:
        return b"".join(iter(lambda: channel.receive(1 << 20), b""))
    finally:
        channel.close()


def answer(url: str, command: str) -> bytes:
    with reached(url) as transport:
        return all_of(transport.run(command))


def turned_away(url: str, timeouts: Timeouts | None = None) -> SourceError:
    """Return the error that ends the connecting, after a look at what all of them have in common."""
    with pytest.raises(SourceError) as caught, reached(url, timeouts) as transport:
        transport.run("true")
    error = caught.value
    assert error.exit_code is ExitCode.SOURCE
    assert "\n" not in error.message
    assert "\r" not in error.message
    assert error.advice
    return error


def children(pid: int) -> list[int]:
    """Return the processes that a process has started and that are there still, as Linux knows them."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
