"""Transports whose channels are spoilt, and one that remembers what its channels gave."""

import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path

from driftaudit.errors import SourceError
from driftaudit.sources.transport import Channel, Transport
from tests.support.faults import HARMLESS, Fault, Spoiler

_PROGRAM = Path(__file__).with_name("faults.py")
_SFTP_SERVERS = (
    "/usr/lib/openssh/sftp-server",
    "/usr/libexec/sftp-server",
    "/usr/libexec/openssh/sftp-server",
)


@dataclass
class FaultyTransport:
    """Starts the real programs on the host, with a fault in the output of one of them: the `number`th."""

    inner: Transport
    fault: Fault
    number: int = 0
    started: int = 0

    def run(self, command: str) -> Channel:
        fault = self.fault if self.started == self.number else HARMLESS
        self.started += 1
        words = [sys.executable, "-I", "-S", "-B", str(_PROGRAM), fault.dumps(), command]
        return self.inner.run(f"exec {shlex.join(words)}")

    def subsystem(self, name: str) -> Channel:
        assert name == "sftp"
        return self.run(next(server for server in _SFTP_SERVERS if Path(server).exists()))

    def close(self) -> None:
        """Leave the connection open: it is used for the next fault."""


@dataclass
class Recording:
    """What one channel gave, and how its program ended."""

    output: bytearray = field(default_factory=bytearray)
    ending: tuple[int | None, bytes] = (0, b"")

    @property
    def frames(self) -> int:
        """The number of frames in it; 0 where it has none."""
        spoiler = Spoiler(HARMLESS)
        spoiler.feed(bytes(self.output))
        return spoiler.frames


@dataclass
class _RecordingChannel:
    inner: Channel
    recording: Recording
    bytes_sent: int = 0
    bytes_received: int = 0

    def send(self, data: bytes) -> None:
        self.inner.send(data)

    def end_input(self) -> None:
        self.inner.end_input()

    def receive(self, size: int) -> bytes:
        data = self.inner.receive(size)
        self.recording.output += data
        return data

    def finish(self) -> tuple[int | None, bytes]:
        self.recording.ending = self.inner.finish()
        return self.recording.ending

    def close(self) -> None:
        self.inner.close()


@dataclass
class RecordingTransport:
    """Remembers what each channel gave."""

    inner: Transport
    recordings: list[Recording] = field(default_factory=list)

    def run(self, command: str) -> Channel:
        return self._recorded(self.inner.run(command))

    def subsystem(self, name: str) -> Channel:
        return self._recorded(self.inner.subsystem(name))

    def close(self) -> None:
        """Leave the connection open."""

    def _recorded(self, channel: Channel) -> Channel:
        self.recordings.append(Recording())
        return _RecordingChannel(channel, self.recordings[-1])


class ReplayedChannel:
    """Gives a recorded output with a fault in it, whatever it is sent."""

    bytes_sent = 0
    bytes_received = 0

    def __init__(self, recording: Recording, fault: Fault) -> None:
        spoiler = Spoiler(fault)
        self._left = memoryview(spoiler.feed(bytes(recording.output)))
        self._stalls = fault.stalls and spoiler.is_over
        self._ending = recording.ending

    def send(self, data: bytes) -> None:
        """Send it nowhere."""

    def end_input(self) -> None:
        """Do nothing."""

    def receive(self, size: int) -> bytes:
        if not self._left and self._stalls:
            raise SourceError("silent", "as a transport says it")
        data, self._left = self._left[:size], self._left[size:]
        return bytes(data)

    def finish(self) -> tuple[int | None, bytes]:
        return self._ending

    def close(self) -> None:
        """Do nothing."""


@dataclass
class ReplayingTransport:
    """Gives the recorded channels again, one of them with a fault."""

    recordings: list[Recording]
    fault: Fault
    number: int = 0
    started: int = 0

    def run(self, command: str) -> Channel:
        at = self.started
        self.started += 1
        if at >= len(self.recordings):
            raise SourceError("more is asked for than was recorded", "as a lost connection")
        return ReplayedChannel(self.recordings[at], self.fault if at == self.number else HARMLESS)

    def subsystem(self, name: str) -> Channel:
        return self.run(name)

    def close(self) -> None:
        """Do nothing."""
