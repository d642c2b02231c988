"""One run of the system's ssh: a process, what it logs, and the error output of the program on the host."""

import atexit
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

_LOGGED_IN = b"Authenticated to "
_KEPT = 16384  # bytes, of the log and of the error output each
_END_TIME = 2  # seconds to end when asked, and to tell the rest


class SSHProcess:
    """A running ssh. Its log goes to a named pipe, so that nothing on the host can write into it.

    `log` and `errors` are the last of what came. Input and output do not block.
    """

    def __init__(self, command: Sequence[str], log: Path) -> None:
        """Start `command` with its log to `log`, which is made."""
        self.log, self.errors = bytearray(), bytearray()
        os.mkfifo(log, 0o600)
        self._log = os.open(log, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        self._log_kept_open = os.open(log, os.O_WRONLY | os.O_CLOEXEC)
        try:
            # in a session of its own it asks nothing on the terminal, and a ProxyCommand ends with it
            self._process = subprocess.Popen(  # noqa: S603 - the user's own ssh, no shell
                [*command[:1], "-E", str(log), *command[1:]],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
            )
        except BaseException:
            self._close_log()
            raise
        self._errors = _open(self._process.stderr).fileno()
        for stream in (self.input, self.output, self._errors):
            os.set_blocking(stream, False)
        atexit.register(self.end)  # whoever reads may be a thread that is not waited for
        self._told = threading.Thread(target=self._read_what_is_told, daemon=True)

    @property
    def input(self) -> int:
        """The descriptor of the program's input."""
        return _open(self._process.stdin).fileno()

    @property
    def output(self) -> int:
        """The descriptor of the program's output."""
        return _open(self._process.stdout).fileno()

    def wait_for_login(self, seconds: float) -> bool:
        """Return True once the host let us in, False where ssh ended instead. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            for stream in (self._log, self._errors, self.output):
                selector.register(stream, selectors.EVENT_READ)
            while _LOGGED_IN not in self.log:
                ready = {key.fd for key, _events in selector.select(max(0.0, deadline - time.monotonic()))}
                if not ready:
                    raise TimeoutError
                if self._log in ready:
                    self._take(self._log)
                elif self._errors in ready:
                    if not self._take(self._errors):
                        selector.unregister(self._errors)
                else:  # the end of the output: ssh passes nothing on before the login
                    self._told.start()
                    self.wait(_END_TIME)
                    return _LOGGED_IN in self.log
        self.errors.clear()  # the server's banner
        self._told.start()
        return True

    def end_input(self) -> None:
        """Close the program's input."""
        with suppress(OSError):
            _open(self._process.stdin).close()

    def wait(self, seconds: float) -> int | None:
        """Wait for the end and the rest of log and error output; return the exit status, if there is one."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
            self._told.join(_END_TIME)
        return self._process.returncode

    def end(self) -> None:
        """End ssh, and what it started."""
        for ending in (signal.SIGTERM, signal.SIGKILL):
            if self._process.poll() is not None:
                break
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, ending)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_END_TIME)
        atexit.unregister(self.end)

    def close(self) -> None:
        """End ssh and close all streams."""
        self.end()
        if self._told.ident is None:
            self._told.start()
        self._told.join(_END_TIME)
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                _open(stream).close()

    def _take(self, stream: int) -> bool:
        """Read what a stream has now; return whether it goes on."""
        kept = self.log if stream == self._log else self.errors
        try:
            data = os.read(stream, 1 << 16)
        except BlockingIOError:
            return True
        kept += data
        del kept[:-_KEPT]
        return bool(data)

    def _read_what_is_told(self) -> None:
        """Read log and errors until ssh has ended: left unread, they would hold it up."""
        with selectors.DefaultSelector() as selector:
            for stream in (self._log, self._errors):
                selector.register(stream, selectors.EVENT_READ)
            going_on = True
            while going_on:
                for key, _events in selector.select():
                    going_on = self._take(key.fd) and going_on
        self._take(self._log)  # written before ssh ended
        self._close_log()
        _open(self._process.stderr).close()

    def _close_log(self) -> None:
        os.close(self._log)
        os.close(self._log_kept_open)


def _open(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise ValueError("the process was started without pipes")
    return stream
