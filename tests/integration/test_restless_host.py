"""What happens on a host amid a scan of it."""

import os
import signal
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from driftaudit.errors import SourceError
from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.agent.program.main import workers
from driftaudit.sources.base import ScanRequest
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.source import SSHSource
from tests.support.agents import command_line, has_open
from tests.support.processes import children
from tests.support.sshd import SSHServer, StartServer
from tests.support.waiting import eventually

RATE = float(workers(0))  # MB/s, shared by the processes: the large file takes two seconds
LARGE = 2 << 20  # bytes


@pytest.fixture
def strict(start_sshd: StartServer) -> SSHServer:
    """A server whose login is bound by file modes."""
    return start_sshd(without_root_powers=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    (root / "a-large").write_bytes(b"x" * LARGE)
    for name in ("file", "sub/inner"):
        (root / name).write_text(name)
    return root


def below(pid: int) -> list[int]:
    return [pid, *(one for child in children(pid) for one in below(child))]


def amid(server: SSHServer, root: Path, change: Callable[[list[int]], object]) -> Snapshot:
    """Scan, and do something while the large file is read; `change` is given the processes of the scan."""
    source = SSHSource(SSHAddress.parse(server.url(root)))
    with ThreadPoolExecutor(1) as pool:
        scan: Future[Snapshot] = pool.submit(source.snapshot, ScanRequest(rate_limit=RATE))
        eventually(lambda: any(has_open(pid, root / "a-large") for pid in below(server.process.pid)))
        change([pid for pid in below(server.process.pid) if b"sys.stdin.buffer" in command_line(pid)])
        return scan.result(60)


@pytest.mark.parametrize("path", ["file", "sub"])
def test_what_becomes_unreadable_is_a_problem(path: str, root: Path, strict: SSHServer) -> None:
    try:
        found = amid(strict, root, lambda _pids: (root / path).chmod(0))
    finally:
        (root / path).chmod(0o755)
    assert [(problem.path, problem.kind) for problem in found.problems] == [(path, "unreadable")]
    assert path in [entry.path for entry in found.entries]


def test_a_killed_process_of_the_scan_is_an_error(root: Path, sshd: SSHServer) -> None:
    running: list[int] = []

    def kill_the_busy_one(pids: list[int]) -> None:
        running.extend(pids)
        os.kill(next(pid for pid in pids if has_open(pid, root / "a-large")), signal.SIGKILL)

    with pytest.raises(SourceError):
        amid(sshd, root, kill_the_busy_one)
    assert len(running) >= 2
    eventually(lambda: not any(command_line(pid) for pid in running))
