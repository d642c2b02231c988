"""What tests ask of a connection to a host, whatever carries it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pytest

from driftaudit.config.access import Timeouts, TransportName
from driftaudit.errors import ExitCode, SourceError
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.transports import TRANSPORTS
from driftaudit.sources.transport import Channel, Connection
from tests.support.programs import program


@dataclass(frozen=True)
class Way:
    """One of the ways to reach a host, by its name in the registry."""

    name: TransportName

    @contextmanager
    def connected(self, url: str, timeouts: Timeouts | None = None) -> Iterator[Connection]:
        """Connect for the length of a block."""
        program("ssh")
        connect = TRANSPORTS[self.name]
        with closing(connect(SSHAddress.parse(url), timeouts or Timeouts())) as connection:
            yield connection

    def output(self, url: str, command: str) -> bytes:
        """Return all that a program says."""
        with self.connected(url) as connection, closing(connection.run(command)) as channel:
            return read_all(channel)

    def refused(self, url: str, timeouts: Timeouts | None = None) -> SourceError:
        """Return the error that no program can be run by, after a look at what all of them have in common."""
        with pytest.raises(SourceError) as caught, self.connected(url, timeouts) as connection:
            connection.run("true").receive(1)
        error = caught.value
        assert error.exit_code is ExitCode.SOURCE
        assert "\n" not in error.message
        assert "\r" not in error.message
        assert error.advice
        return error


PARAMIKO, OPENSSH = Way("paramiko"), Way("openssh")
WAYS = tuple(map(Way, TRANSPORTS))


def read_all(channel: Channel) -> bytes:
    """Return the rest of what the program says. The channel stays open."""
    return b"".join(iter(lambda: channel.receive(1 << 20), b""))
