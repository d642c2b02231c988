"""The byte stream to a host: a TCP connection, or the ProxyCommand of the user's configuration."""

import errno
import os
import selectors
import signal
import socket
import subprocess
import tempfile
import time
from collections import deque
from contextlib import suppress
from itertools import chain, zip_longest

from driftaudit.errors import SourceError

_STAGGER = 0.25  # seconds before the next address is tried beside the last (RFC 8305)
_END_TIME = 2  # seconds for a proxy command to end when asked

_Address = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]


def dial(host: str, port: int, timeout: float, silence: float) -> socket.socket:
    """Return a TCP connection to the first address of `host` that takes one; times are in seconds.

    Data that stays unacknowledged for `silence` ends it. Raises SourceError.
    """
    addresses = _resolve(host, port)
    try:
        connection = _first_to_answer(addresses, time.monotonic() + timeout)
    except TimeoutError as error:
        raise SourceError(
            f"{host} port {port} did not answer within {timeout:g} seconds",
            "Is the host up, and does a firewall let this machine through?",
        ) from error
    except ConnectionRefusedError as error:
        raise SourceError(
            f"{host} port {port} refuses the connection", "Does sshd run there, and is it this port?"
        ) from error
    except OSError as error:
        raise SourceError(
            f"{host} port {port} cannot be reached: {error.strerror or error}",
            "Check the network and the address.",
        ) from error
    connection.settimeout(None)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else an exec takes 45 ms, not 5
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(silence * 1000))
    return connection


class ProxyProcess:
    """A running ProxyCommand. `socket` is its input and output."""

    def __init__(self, command: str) -> None:
        self.socket, theirs = socket.socketpair()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        with theirs:
            # In a session of its own it cannot prompt on the terminal, and all its children end with it.
            self._process = subprocess.Popen(  # noqa: S603 - the user's own configuration, as ssh runs it
                ["/bin/sh", "-c", f"exec {command}"],
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=self._errors,
                start_new_session=True,
            )

    def failure(self) -> str:
        """Return what it said last, and how it ended; an empty text where it says nothing and runs."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(0.5)  # where it ended, the end of its output is seen a little earlier
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        status = self._process.returncode
        ended = [] if status is None else [f"exit status {status}"]
        return "; ".join([*lines[-1:], *ended])

    def close(self) -> None:
        """End it, and what it started."""
        self.socket.close()
        for ending in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, ending)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_END_TIME)
                break
        self._errors.close()


def _resolve(host: str, port: int) -> list[tuple[socket.AddressFamily, _Address]]:
    """Return the addresses of `host`, families taking turns, so that a dead one costs little."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceError(
            f"The host name {host} cannot be resolved", "Check the name, and HostName in ~/.ssh/config."
        ) from error
    families: dict[socket.AddressFamily, list[tuple[socket.AddressFamily, _Address]]] = {}
    for family, _type, _protocol, _name, address in found:
        families.setdefault(family, []).append((family, address))
    turns = chain.from_iterable(zip_longest(*families.values()))
    return [address for address in turns if address is not None]


class _Attempts:
    """Connections on their way. The first that stands is kept, all others are closed."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._open: set[socket.socket] = set()
        self.failure = OSError("it has no address")

    def __bool__(self) -> bool:
        return bool(self._open)

    def begin(self, family: socket.AddressFamily, address: _Address) -> None:
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.setblocking(False)
        code = connection.connect_ex(address)
        if code in (0, errno.EINPROGRESS):
            self._open.add(connection)
            self._selector.register(connection, selectors.EVENT_WRITE)
        else:
            self._failed(connection, code)

    def wait(self, seconds: float) -> socket.socket | None:
        """Return a connection that stands, or None after some time."""
        for key, _events in self._selector.select(seconds):
            connection = next(one for one in self._open if one.fileno() == key.fd)
            self._selector.unregister(connection)
            self._open.remove(connection)
            code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if not code:
                return connection
            self._failed(connection, code)
        return None

    def close(self) -> None:
        self._selector.close()
        for connection in self._open:
            connection.close()

    def _failed(self, connection: socket.socket, code: int) -> None:
        connection.close()
        self.failure = OSError(code, os.strerror(code))


def _first_to_answer(
    addresses: list[tuple[socket.AddressFamily, _Address]], deadline: float
) -> socket.socket:
    """Return the first connection that is established. Raises the last OSError where none is."""
    waiting = deque(addresses)
    attempts = _Attempts()
    try:
        while waiting or attempts:
            if waiting:
                attempts.begin(*waiting.popleft())
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            if attempts and (connection := attempts.wait(min(left, _STAGGER) if waiting else left)):
                return connection
    finally:
        attempts.close()
    raise attempts.failure
