"""What the scan, and the probes, need of a connection, whatever carries it."""

from typing import Protocol

from driftaudit.errors import SourceError


class Channel(Protocol):
    """A program running beside the tree: its standard input and output as bytes."""

    bytes_sent: int
    bytes_received: int

    def send(self, data: bytes) -> None:
        """Write all of `data` to the program's input."""
        ...

    def end_input(self) -> None:
        """Close the program's input; its output stays open."""
        ...

    def receive(self, size: int) -> bytes:
        """Return up to `size` bytes of output, or nothing at its end.

        Raises SourceError where the connection is lost, or silent for longer than the time-out.
        """
        ...

    def finish(self) -> tuple[int | None, bytes]:
        """Return the exit status (None where there was none) and the end of the error output."""
        ...

    def close(self) -> None:
        """End the program, whatever it is doing. Never raises."""
        ...


class Transport(Protocol):
    """A connection to a host that is logged in."""

    def run(self, command: str) -> Channel:
        """Start `command` under the login shell of the host.

        Raises MethodUnavailableError where the host refuses, SourceError where the connection is lost.
        """
        ...

    def subsystem(self, name: str) -> Channel:
        """Start a subsystem of the server, such as `sftp`.

        Raises MethodUnavailableError where there is none, SourceError where the connection is lost.
        """
        ...

    def close(self) -> None:
        """End the connection. Never raises."""
        ...


class Stream(Protocol):
    """A TCP connection, as a program on the host would make it."""

    def send(self, data: bytes, seconds: float) -> None:
        """Write all of `data`. Raises TimeoutError, and OSError where the other side has gone."""
        ...

    def receive(self, size: int, seconds: float) -> bytes:
        """Return up to `size` bytes, or nothing at the end. Raises TimeoutError, or OSError."""
        ...

    def close(self) -> None:
        """End the connection. Never raises."""
        ...


class NotConnectedError(SourceError):
    """Nobody took the connection: that is an answer of the place that was asked for."""


class NotAskedError(SourceError):
    """The question could not be put: that says nothing of the place that was asked for."""


class Connection(Transport, Protocol):
    """A transport whose host also connects to other places for us."""

    def stream(self, host: str, port: int, seconds: float) -> Stream:
        """Return a connection from the host to a place, as the host sees it.

        Raises TimeoutError, NotConnectedError where nobody takes it, NotAskedError where the host lets nobody
        connect through it, SourceError where the connection to the host is lost.
        """
        ...
