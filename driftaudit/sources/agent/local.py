"""The agent as a process on this machine."""

import subprocess
import sys
from typing import IO

from driftaudit.errors import SourceError
from driftaudit.sources.agent.protocol import LOCAL_ARGUMENTS


class LocalChannel:
    """Runs the agent under this very interpreter; nothing goes over a wire, so nothing is counted."""

    bytes_sent = 0
    bytes_received = 0

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own program
            [sys.executable, *LOCAL_ARGUMENTS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def send(self, data: bytes) -> None:
        """Write all of `data` to the program's input."""
        stream = _open(self._process.stdin)
        try:
            stream.write(data)
            stream.flush()
        except BrokenPipeError as error:
            raise SourceError("the scan ended before it began", "Run `driftaudit doctor`.") from error

    def end_input(self) -> None:
        """Close the program's input."""
        _open(self._process.stdin).close()

    def receive(self, size: int) -> bytes:
        """Return up to `size` bytes of output, or nothing at its end."""
        stream = _open(self._process.stdout)
        return stream.read1(size)  # type: ignore[attr-defined,no-any-return] # a BufferedReader

    def finish(self) -> tuple[int | None, bytes]:
        """Wait for the end; return the exit status and the end of the error output."""
        _output, errors = self._process.communicate()
        return self._process.returncode, errors[-4096:]

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream:
                try:
                    stream.close()
                except OSError:  # unsent input, of no use any more
                    continue


def _open(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise ValueError("the process was started without pipes")
    return stream
