"""The script of the shell under a shell of this machine, without any connection."""

import os
import subprocess
from collections.abc import Sequence
from typing import IO

from driftaudit.sources.command import shell_command
from driftaudit.sources.shell.frames import remote_command

_PREFIX, _SUFFIX = shell_command("|").split("|")


class ShellChannel:
    """Implements `Channel`. `received` is all that the script said."""

    def __init__(self, shell: Sequence[str], path: str, before: Sequence[str] = ()) -> None:
        self.bytes_sent = self.bytes_received = 0
        self.received = b""
        bootstrap = remote_command(None).removeprefix(_PREFIX).removesuffix(_SUFFIX)
        self.process = subprocess.Popen(
            [*before, *shell, "-c", bootstrap],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"PATH": path, "HOME": os.environ["HOME"]},
        )

    def send(self, data: bytes) -> None:
        stream = _open(self.process.stdin)
        stream.write(data)
        stream.flush()
        self.bytes_sent += len(data)

    def end_input(self) -> None:
        _open(self.process.stdin).close()

    def receive(self, size: int) -> bytes:
        data = os.read(_open(self.process.stdout).fileno(), size)
        self.bytes_received += len(data)
        self.received += data
        return data

    def finish(self) -> tuple[int | None, bytes]:
        _output, errors = self.process.communicate()
        return self.process.returncode, errors

    def close(self) -> None:
        self.process.communicate()


class ReplayChannel:
    """Implements `Channel`. Says what was said before, in pieces of a size, whatever it is told."""

    def __init__(self, said: bytes, piece: int = 1 << 20) -> None:
        self.bytes_sent = self.bytes_received = 0
        self._said = said
        self._piece = piece

    def send(self, data: bytes) -> None:
        self.bytes_sent += len(data)

    def end_input(self) -> None:
        pass

    def receive(self, size: int) -> bytes:
        size = min(size, self._piece)
        data, self._said = self._said[:size], self._said[size:]
        self.bytes_received += len(data)
        return data

    def finish(self) -> tuple[int | None, bytes]:
        return 1, b""

    def close(self) -> None:
        pass


def _open(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream
