"""Runs of driftaudit by forks of processes that have imported all of it: the other end of `forked`."""

import atexit
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.forked import NUMBER

ROOT = Path(__file__).parents[2]
# What Python and its libraries look at when they start: with another of these a run is a process of its own.
_AT_START = ("PYTHON", "LC_", "LANG", "TZ", "LD_", "PATH", "GIT_PYTHON_", "SSL_")
_PIECE = 1 << 16  # bytes


@dataclass
class _Starter:
    """A process that forks, and the socket over which it is told to."""

    process: subprocess.Popen[bytes]
    control: socket.socket

    def close(self) -> None:
        self.control.close()
        self.process.wait(10)


# Two, in turn, so that two runs in a row order their sets by different hashes.
_idle: deque[_Starter] = deque()


def can_fork(environment: Mapping[str, str]) -> bool:
    """Return whether a run in this environment is the same by a fork. DRIFTAUDIT_TESTS_FORK=no forbids it."""
    return os.environ.get("DRIFTAUDIT_TESTS_FORK") != "no" and _at_start(environment) == _at_start(_BEGUN_IN)


def run(words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> tuple[int, bytes, bytes]:
    """Return exit code, output and error output of a run."""
    if not _idle:
        _idle.extend(_start() for _one in range(2))
    starter = _idle.popleft()
    done = _run(starter.control, json.dumps([words, str(folder.absolute()), dict(environment)]).encode())
    _idle.append(starter)  # not after a failure: it may wait for a run that has not ended
    return done


def _start() -> _Starter:
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.forked", str(theirs.fileno())],
            cwd=ROOT,
            env=_BEGUN_IN,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
    starter = _Starter(process, ours)
    atexit.register(starter.close)
    return starter


def _run(control: socket.socket, request: bytes) -> tuple[int, bytes, bytes]:
    ours, theirs = socket.socketpair()
    out, out_end = os.pipe()
    err, err_end = os.pipe()
    null = os.open(os.devnull, os.O_RDONLY)
    given = [theirs.detach(), null, out_end, err_end]
    with ours, open(out, "rb") as output, open(err, "rb") as errors:  # noqa: PTH123
        try:
            socket.send_fds(control, [b"r"], given)
        finally:
            for fd in given:
                os.close(fd)
        pid = _number(ours)
        try:
            ours.sendall(request)
            ours.shutdown(socket.SHUT_WR)
            told = _all_of(output.fileno(), errors.fileno())
            return _number(ours), told[0], told[1]
        except BaseException:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            raise


def _all_of(*fds: int) -> list[bytes]:
    """Read all until nobody holds the other ends."""
    pieces: dict[int, list[bytes]] = {fd: [] for fd in fds}
    with selectors.DefaultSelector() as selector:
        for fd in fds:
            selector.register(fd, selectors.EVENT_READ)
        while selector.get_map():
            for key, _events in selector.select():
                piece = os.read(key.fd, _PIECE)
                pieces[key.fd].append(piece)
                if not piece:
                    selector.unregister(key.fd)
    return [b"".join(pieces[fd]) for fd in fds]


def _number(connection: socket.socket) -> int:
    data = connection.recv(NUMBER.size, socket.MSG_WAITALL)
    if len(data) < NUMBER.size:
        raise RuntimeError("what forks for each run of driftaudit has ended; its error output says why")
    number: int = NUMBER.unpack(data)[0]
    return number


def _at_start(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(_AT_START)}


_BEGUN_IN = dict(os.environ)
