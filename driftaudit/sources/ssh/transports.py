"""All ways to reach a host over SSH. A new one is one file and one line here."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from driftaudit.config.access import Access, Timeouts, TransportName
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.transport import Connection

Connect = Callable[[SSHAddress, Timeouts], Connection]


def _by_paramiko(address: SSHAddress, timeouts: Timeouts) -> Connection:
    with _left_out("invoke"):  # half of what paramiko costs to import; it would serve `Match exec` alone
        from driftaudit.sources.ssh.connection import connect

    return connect(address, timeouts)


@contextmanager
def _left_out(module: str) -> Iterator[None]:
    """Let an import of the module fail for now, unless it has been imported already."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment] # what Python takes for "there is none"
    try:
        yield
    finally:
        del sys.modules[module]


def _by_openssh(address: SSHAddress, timeouts: Timeouts) -> Connection:
    from driftaudit.sources.ssh.openssh import connect

    return connect(address, timeouts)


TRANSPORTS: Mapping[TransportName, Connect] = {"paramiko": _by_paramiko, "openssh": _by_openssh}


def open_transport(address: SSHAddress, access: Access) -> Connection:
    """Return the way to a host. Raises SourceError where it is unreachable, unknown or refuses the login.

    With openssh the login is made, and refused, when a program is started.
    """
    return TRANSPORTS[access.transport](address, access.timeouts)
