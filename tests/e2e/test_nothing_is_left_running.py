"""A run that is ended in the middle of a scan leaves no process behind, here or on the host."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.processes import children
from tests.support.site import Site
from tests.support.sshd import SSHServer
from tests.support.waiting import eventually

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for processes")

LARGE = 900 << 20  # bytes, sparse: what takes some time to hash, and is no problem for its size


def descendants(pid: int) -> set[int]:
    found = set(children(pid))
    return found.union(*(descendants(one) for one in found))


def agents(sshd: SSHServer) -> set[int]:
    """Return the processes on the host that scan. The shell that starts them has the same words."""
    return {pid for pid in descendants(sshd.process.pid) if is_agent(pid)}


def is_agent(pid: int) -> bool:
    try:
        program = Path(f"/proc/{pid}/exe").readlink().name
    except OSError:  # it has ended
        return False
    return program.startswith("python") and b"sys.stdin.buffer" in command_line(pid)


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()  # a zombie has none
    except OSError:
        return b""


def as_at_a_terminal() -> None:
    """Heed SIGHUP, even where these tests run under nohup."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.mark.parametrize("transport", ["paramiko", "openssh"])
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_an_end_amid_a_scan(remote: Site, sshd: SSHServer, transport: str, ending: signal.Signals) -> None:
    for number in range(8):
        (remote.production / f"large-{number}").touch()
        os.truncate(remote.production / f"large-{number}", LARGE)
    remote.configure(f"version: 1\ntargets:\n  live:\n    url: {remote.url}\n    transport: {transport}\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "driftaudit", "check", "live"],
        cwd=remote.repository,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=as_at_a_terminal,  # noqa: PLW1509 - no other thread runs here
    )
    try:
        eventually(lambda: len(agents(sshd)) >= 2 or process.poll() is not None)
        there, here = agents(sshd), descendants(process.pid)
        assert len(there) >= 2
        assert transport == "paramiko" or any(b"-F" in command_line(pid) for pid in here)
        asked = time.monotonic()
        process.send_signal(ending)
        _out, err = process.communicate(timeout=20)
        assert time.monotonic() - asked < 5
        if ending != signal.SIGKILL:
            assert process.returncode == 130, err
            assert b"interrupted; nothing was changed" in err
    finally:
        process.kill()
    eventually(lambda: not any(command_line(pid) for pid in there | here))
