"""The two machines that probes ask from: the host of a target, over its connection, and this one."""

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from driftaudit.errors import SourceError
from driftaudit.probes.base import Ran
from driftaudit.probes.scripts import OUTPUT_LIMIT, framed, unframed
from driftaudit.sources.command import shell_command
from driftaudit.sources.transport import (
    Channel,
    Connection,
    NotAskedError,
    NotConnectedError,
    Stream,
)

_READ = 1 << 16  # bytes
_GRACE = 2.0  # seconds beyond what a script may take, for the way there and back


class RemoteHost:
    """Implements `Host` by a connection. `become` is the user that scripts run as, None for the login."""

    def __init__(self, connection: Connection, become: str | None) -> None:
        self._connection = connection
        self._become = become

    def stream(self, host: str, port: int, seconds: float) -> Stream:
        """Return a connection that the host makes. Raises as `Host` says."""
        return self._connection.stream(host, port, seconds)

    def run(self, script: str, seconds: float) -> Ran:
        """Run a script there. Raises as `Host` says."""
        text, marker = framed(script, seconds)
        channel = self._connection.run(shell_command("exec /bin/sh -s", self._become))
        with ended_after(seconds + _GRACE, channel.close) as is_late:
            try:
                channel.send(text)
                channel.end_input()
                printed, is_endless = _bounded(channel)
                errors = b"" if is_endless else channel.finish()[1]
            except SourceError:
                if not is_late():
                    raise
                printed, is_endless, errors = b"", False, b""
            finally:
                channel.close()
        return _ran(printed, marker, errors, is_late=is_late(), is_endless=is_endless)


class LocalHost:
    """Implements `Host` by this machine."""

    def stream(self, host: str, port: int, seconds: float) -> Stream:
        """Return a connection from here. Raises as `Host` says."""
        try:
            return SocketStream(socket.create_connection((host, port), seconds))
        except TimeoutError:
            raise
        except socket.gaierror as error:
            raise NotAskedError(f"the host name {host} cannot be resolved", "Check the name.") from error
        except ConnectionRefusedError as error:
            raise NotConnectedError("nothing takes a connection there: Connection refused") from error
        except (OSError, UnicodeError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise NotAskedError(f"{host} cannot be reached from here: {why}", "Check the network.") from error

    def run(self, script: str, seconds: float) -> Ran:
        """Run a script here. Raises as `Host` says."""
        text, marker = framed(script, seconds)
        home = Path.home()
        with subprocess.Popen(
            ["/bin/sh", "-s"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=home if home.is_dir() else None,  # where a login begins
            start_new_session=True,
        ) as process:
            channel = _ProcessChannel(process)
            with ended_after(seconds + _GRACE, channel.close) as is_late:
                channel.send(text)
                channel.end_input()
                printed, is_endless = _bounded(channel)
                if is_endless:
                    channel.close()
                errors = channel.finish()[1]
        return _ran(printed, marker, errors, is_late=is_late(), is_endless=is_endless)


class SocketStream:
    """Implements `Stream` by a socket of this machine."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection

    def send(self, data: bytes, seconds: float) -> None:
        """Write all of `data`. Raises as `Stream` says."""
        self._socket.settimeout(max(0.001, seconds))
        self._socket.sendall(data)

    def receive(self, size: int, seconds: float) -> bytes:
        """Return up to `size` bytes. Raises as `Stream` says."""
        self._socket.settimeout(max(0.001, seconds))
        return self._socket.recv(size)

    def close(self) -> None:
        """End the connection."""
        with suppress(OSError):
            self._socket.close()


class _ProcessChannel:
    """As much of a `Channel` as scripts need, by a shell of this machine."""

    bytes_sent = 0
    bytes_received = 0

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._errors = bytearray()
        self._drain = threading.Thread(target=self._read_errors, daemon=True)
        self._drain.start()

    def send(self, data: bytes) -> None:
        with suppress(BrokenPipeError):
            _open(self._process.stdin).write(data)

    def end_input(self) -> None:
        with suppress(BrokenPipeError):
            _open(self._process.stdin).close()

    def receive(self, size: int) -> bytes:
        return _open(self._process.stdout).read1(size)  # type: ignore[attr-defined,no-any-return] # buffered

    def finish(self) -> tuple[int | None, bytes]:
        self._process.wait()
        self._drain.join(_GRACE)
        return self._process.returncode, bytes(self._errors)

    def close(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _read_errors(self) -> None:
        with suppress(OSError, ValueError):
            while data := _open(self._process.stderr).read1(_READ):  # type: ignore[attr-defined] # buffered
                self._errors += data
                del self._errors[:-_READ]


@contextmanager
def ended_after(seconds: float, end: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Call `end` if the block takes longer; yields what tells whether it did."""
    is_late = threading.Event()

    def stop() -> None:
        is_late.set()
        end()

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield is_late.is_set
    finally:
        timer.cancel()


def _bounded(channel: Channel) -> tuple[bytes, bool]:
    """Return what a program prints, and whether that is more than anybody wants to know."""
    printed = bytearray()
    while data := channel.receive(_READ):
        printed += data
        if len(printed) > OUTPUT_LIMIT:
            return bytes(printed), True
    return bytes(printed), False


def _ran(printed: bytes, marker: bytes, errors: bytes, *, is_late: bool, is_endless: bool) -> Ran:
    found = None if is_endless else unframed(printed, marker)
    if found is None and not is_late and not is_endless:
        told = errors.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise NotAskedError(
            f"the host ran no script of ours{': ' + told[0] if told else ''}",
            "The login must be able to run commands: try `driftaudit doctor`.",
        )
    status, output = found or (None, b"")
    return Ran(status, output, errors, is_late=is_late and found is None, is_endless=is_endless)


def _open(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise ValueError("the process was started without pipes")
    return stream
