"""A program on the host, over one channel of a connection."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import paramiko

from driftaudit.errors import SourceError

WINDOW = 16 << 20  # bytes; 2 MiB, the default, would hold a line of 50 ms to 35 MB/s
_READ = 4 << 20  # bytes; paramiko moves its whole buffer at each read, so few and large ones
_WRITE = 32 << 10  # bytes; what fits into one packet, as OpenSSH takes them
_STDERR_KEPT = 4096  # bytes
_AGAIN = "Run it again; nothing was changed there."


class CountingPacketizer(paramiko.packet.Packetizer):
    """Counts the bytes on the wire, in `received` and `sent`.

    A re-keying that paramiko asks for amid a stream fails (paramiko #822), one that the host asks for
    does not: OpenSSH asks after 64 GiB, so these limits lie beyond.
    """

    REKEY_BYTES = 1 << 37
    REKEY_PACKETS = 1 << 32
    received = 0
    sent = 0

    def __init__(self, stream: socket.socket) -> None:
        super().__init__(stream)
        self.in_stream = False  # set once the output of a program is all that comes
        is_tcp = isinstance(stream, socket.socket) and stream.family in (socket.AF_INET, socket.AF_INET6)
        self._tcp = stream if is_tcp and hasattr(socket, "TCP_QUICKACK") else None

    def read_all(self, n: int, check_rekey: bool = False) -> bytes:
        """Read `n` bytes."""
        data = super().read_all(n, check_rekey)
        self.received += len(data)
        if self._tcp is not None and not self.in_stream:
            # sshd sends its first answers in small packets, each waiting for the acknowledgement of the
            # last, which this kernel would hold back: 45 ms a program
            with suppress(OSError):
                self._tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        return data

    def write_all(self, out: bytes) -> None:  # type: ignore[override] # bytes are what it is given
        """Write all of `out`."""
        super().write_all(out)
        self.sent += len(out)

    def close(self) -> None:
        """Close the socket, and stop the timer of the handshake: its thread would hold up our end."""
        self.complete_handshake()
        super().close()


class SSHChannel:
    """Implements `Channel`. Counts what the whole connection has sent and received, in encrypted bytes."""

    def __init__(
        self, channel: paramiko.Channel, wire: CountingPacketizer, host: str, silence: float
    ) -> None:
        self.bytes_sent = wire.sent
        self.bytes_received = wire.received
        self._channel = channel
        self._wire = wire
        self._host = host
        self._silence = silence
        self._unread = memoryview(b"")
        self._stderr = bytearray()
        channel.settimeout(silence)
        # stderr shares the window with stdout: were it left unread, both would stop
        self._drain = threading.Thread(target=self._read_stderr, daemon=True)
        self._drain.start()

    def send(self, data: bytes) -> None:
        """Write all of `data` to the program's input.

        That the program ended before it read all is no error here: `finish` says how it ended.
        Raises SourceError on a lost connection, and where nothing can be written within the time-out.
        """
        at = 0
        while at < len(data):
            written = self._write(data[at : at + _WRITE])
            if not written:
                break
            at += written
        self.bytes_sent = self._wire.sent

    def end_input(self) -> None:
        """Close the program's input; its output stays open."""
        with suppress(OSError, EOFError, paramiko.SSHException):  # receive() tells of a lost connection
            self._channel.shutdown_write()

    def receive(self, size: int) -> bytes:
        """Return up to `size` bytes of output, or nothing at its end.

        Raises SourceError where the connection is lost, or silent for longer than the time-out.
        """
        if not self._unread:
            try:
                self._unread = memoryview(self._channel.recv(_READ))
            except TimeoutError as error:
                raise self._silent() from error
            except (OSError, EOFError, paramiko.SSHException) as error:
                raise self._lost() from error
            self.bytes_received = self._wire.received
            if not self._unread and self._is_cut():
                raise self._lost()
        data, self._unread = self._unread[:size], self._unread[size:]
        return bytes(data)

    def finish(self) -> tuple[int | None, bytes]:
        """Wait for the end; return the exit status (None where there was none) and the end of stderr."""
        with suppress(SourceError):
            while self.receive(_READ):
                continue
        self._channel.status_event.wait(self._silence)
        self._drain.join(self._silence)
        status = self._channel.exit_status
        return (None if status < 0 else status), bytes(self._stderr)

    def close(self) -> None:
        """End the program, whatever it is doing. Never raises."""
        transport = self._channel.get_transport()
        with suppress(Exception), closing_after(self._silence, transport):
            self._channel.close()

    def _write(self, data: bytes) -> int:
        """Write what the host takes of `data` at once; return how many bytes: 0 where the program ended."""
        with closing_after(self._silence, self._channel.get_transport()) as expired:
            try:
                written = self._channel.send(data)
            except TimeoutError as error:
                raise self._silent() from error
            except (OSError, EOFError, paramiko.SSHException):
                written = 0
        if not written and expired.is_set():
            raise self._silent()
        if not written and self._is_cut():
            raise self._lost()
        return written

    def _is_cut(self) -> bool:
        """Tell whether the output just stopped: a program's end brings an EOF or an exit status."""
        return not self._channel.eof_received and self._channel.exit_status < 0

    def _lost(self) -> SourceError:
        return SourceError(f"The connection to {self._host} was lost in the middle of an answer", _AGAIN)

    def _silent(self) -> SourceError:
        message = f"{self._host} fell silent in the middle of an answer, for {self._silence:g} seconds"
        return SourceError(message, _AGAIN)

    def _read_stderr(self) -> None:
        with suppress(OSError, EOFError, paramiko.SSHException):
            while True:
                try:
                    data = self._channel.recv_stderr(_READ)
                except TimeoutError:
                    continue
                if not data:
                    return
                self._stderr += data
                del self._stderr[:-_STDERR_KEPT]


@contextmanager
def closing_after(seconds: float, transport: paramiko.Transport) -> Iterator[threading.Event]:
    """Close the transport if the block takes longer: some of paramiko's waits have no end of their own.

    The event is set before, so that what the block raises then is known for what it is.
    """
    expired = threading.Event()

    def close() -> None:
        expired.set()
        transport.close()

    timer = threading.Timer(seconds, close)
    timer.daemon = True
    timer.start()
    try:
        yield expired
    finally:
        timer.cancel()
