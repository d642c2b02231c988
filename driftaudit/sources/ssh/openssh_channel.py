"""A program on the host, over an ssh process of its own."""

import os
import re
import select

from driftaudit.errors import SourceError
from driftaudit.sources.method import MethodUnavailableError
from driftaudit.sources.ssh.openssh_process import SSHProcess

_READ = 1 << 20  # bytes
_WRITE = 1 << 16  # bytes
_AHEAD = 16 << 20  # bytes of output that are taken while input is still to be sent
_STDERR_KEPT = 4096  # bytes
_OWN_FAILURE = 255  # the exit status of ssh where it failed itself, and of a program that ends with it
_END_TIME = 2  # seconds for ssh to end once the output has
_AGAIN = "Run it again; nothing was changed there."

_NO_FAILURE = re.compile(r"Transferred: |Bytes per second: ")
_LOST = re.compile(r"^Connection to .* closed by remote host", re.MULTILINE)
_REFUSED = re.compile(r"^.*(?:open failed|request failed).*$", re.MULTILINE)


class OpenSSHChannel:
    """Implements `Channel`. Counts the bytes given to and taken from ssh, before it encrypts them."""

    def __init__(self, process: SSHProcess, host: str, silence: float, refusal: str, advice: str) -> None:
        self.bytes_sent = 0
        self.bytes_received = 0
        self._process = process
        self._host = host
        self._silence = silence
        self._refusal = refusal
        self._advice = advice
        self._ahead = bytearray()
        self._ended = False
        self._closed = False

    def send(self, data: bytes) -> None:
        """Write all of `data` to the program's input.

        That the program ended before it read all is no error here: `finish` says how it ended.
        Raises SourceError on a lost connection, and where nothing can be written within the time-out.
        """
        self._require_open()
        left = memoryview(data)
        while left:
            self._wait_to_write()
            try:
                written = os.write(self._process.input, left[:_WRITE])
            except BlockingIOError:
                continue
            except BrokenPipeError as error:
                self._raise_failure(error)
                return
            left = left[written:]
            self.bytes_sent += written

    def end_input(self) -> None:
        """Close the program's input; its output stays open."""
        self._process.end_input()

    def receive(self, size: int) -> bytes:
        """Return up to `size` bytes of output, or nothing at its end.

        Raises SourceError where the connection is lost, or silent for longer than the time-out, and
        MethodUnavailableError where the host did not start the program.
        """
        self._require_open()
        while not self._ahead and not self._ended:
            if not _ready(self._silence, (self._process.output, select.POLLIN)):
                raise self._silent()
            self._take()
        if not self._ahead:
            self._raise_failure(None)
        data = bytes(self._ahead[:size])
        del self._ahead[:size]
        return data

    def finish(self) -> tuple[int | None, bytes]:
        """Wait for the end; return the exit status and the end of stderr.

        The status is None where there was none, and for 255, by which ssh also says that it failed itself.
        """
        try:
            while self.receive(_READ):
                continue
        except SourceError:
            status = self._process.wait(_END_TIME)
        else:
            status = self._process.wait(self._silence)
        known = status is not None and 0 <= status < _OWN_FAILURE
        return (status if known else None), bytes(self._process.errors[-_STDERR_KEPT:])

    def close(self) -> None:
        """End ssh, and with it the program, whatever it is doing. Never raises."""
        self._closed = True
        self._process.close()

    def _wait_to_write(self) -> None:
        """Wait until input is taken; take what comes out meanwhile, lest both sides wait for each other."""
        writing = (self._process.input, select.POLLOUT)
        while True:
            reading = [] if self._ended or len(self._ahead) >= _AHEAD else [self._process.output]
            ready = _ready(self._silence, writing, *((stream, select.POLLIN) for stream in reading))
            if not ready:
                raise self._silent()
            if self._process.output in ready:
                self._take()
            if self._process.input in ready:
                return

    def _take(self) -> None:
        try:
            data = os.read(self._process.output, _READ)
        except BlockingIOError:
            return
        self._ended = not data
        self._ahead += data
        self.bytes_received += len(data)

    def _raise_failure(self, cause: Exception | None) -> None:
        """Raise what ssh says of its own failure, if that is how it ended."""
        self._require_open()
        if self._process.wait(_END_TIME) != _OWN_FAILURE:
            return
        log, errors = (text.decode("utf-8", "replace") for text in (self._process.log, self._process.errors))
        after = log.rpartition("Authenticated to ")[2].splitlines()[1:]
        own = "\n".join(line for line in after if line and not _NO_FAILURE.match(line))
        refused = _REFUSED.search(own)
        if refused:
            told = f"{self._host} {self._refusal}: {refused[0]}"
            raise MethodUnavailableError(told, self._advice) from cause
        if own or _LOST.search(errors):
            raise self._lost() from cause

    def _require_open(self) -> None:
        if self._closed:
            raise self._lost()

    def _lost(self) -> SourceError:
        return SourceError(f"The connection to {self._host} was lost in the middle of an answer", _AGAIN)

    def _silent(self) -> SourceError:
        message = f"{self._host} fell silent in the middle of an answer, for {self._silence:g} seconds"
        return SourceError(message, _AGAIN)


def _ready(seconds: float, *wanted: tuple[int, int]) -> set[int]:
    """Return the descriptors that can be used now, or have ended; none of them within the time."""
    poll = select.poll()
    for stream, event in wanted:
        poll.register(stream, event)
    return {stream for stream, _event in poll.poll(seconds * 1000)}
