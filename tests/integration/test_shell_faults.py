"""The scan by shell, cut off or given up: no shorter tree, nothing left running, nothing written."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from driftaudit.config.access import Access, Timeouts
from driftaudit.errors import SourceError
from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.base import Advance, Progress, ScanRequest, no_progress
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.source import SSHSource
from tests.support.bare_hosts import busybox_host, busybox_tools, gnu_tools
from tests.support.git import commit, new_repository
from tests.support.proxy import running_proxy
from tests.support.sshd import SSHServer, StartServer
from tests.support.waiting import eventually

SHELL = Access(method="shell", timeouts=Timeouts(silence=5))


@pytest.fixture(params=[gnu_tools, busybox_tools], ids=["gnu", "busybox"])
def host(request: pytest.FixtureRequest, tmp_path: Path, start_sshd: StartServer) -> SSHServer:
    return start_sshd(path=request.param(tmp_path / "tools"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    repository = new_repository(tmp_path / "tree")
    commit(repository, {f"lib/{number:03}": f"{number}\n" * 200 for number in range(300)})
    for number in range(30):
        (repository / f"large{number}").write_bytes(os.urandom(20_000))
        (repository / f"link{number}").symlink_to("lib")
    return repository


def read(address: SSHAddress, folder: Path, progress: Progress = no_progress) -> Snapshot:
    return SSHSource(replace(address, root=str(folder)), SHELL).snapshot(ScanRequest(), progress)


def test_a_connection_that_is_cut_anywhere_gives_no_tree(host: SSHServer, folder: Path) -> None:
    host.client.configure(f"Host proxied\n  HostName 127.0.0.1\n  HostKeyAlias {host.name}\n")

    def through(cut_after: int | None) -> int:
        with running_proxy(host.port, cut_after=cut_after) as proxy:
            read(SSHAddress.parse(f"ssh://proxied:{proxy.port}/"), folder)
            return proxy.passed

    whole = through(None)
    assert whole > 100_000
    for part in range(1, 20):
        with pytest.raises(SourceError):
            through(whole * part // 20)


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for the sessions of sshd")
def test_a_scan_that_is_given_up_leaves_nothing_running(host: SSHServer, folder: Path) -> None:
    with (folder / "huge").open("wb") as file:
        file.truncate(500_000_000)

    def give_up(advance: Advance) -> None:
        if advance.entries:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read(SSHAddress.parse(host.url("/")), folder, give_up)
    eventually(lambda: not Path(f"/proc/{host.process.pid}/task/{host.process.pid}/children").read_text())
    eventually(lambda: not working_in(folder))


def working_in(folder: Path) -> list[str]:
    """The processes whose working folder it is."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder:
                found.append(process.name)
        except OSError:  # ended, or not ours
            continue
    return found


def test_nothing_is_written_anywhere(start_sshd: StartServer, tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "shared" / "tree")
    commit(repository, {"a": "a", "large": "x" * 20_000})
    (repository / "link").symlink_to("a")
    host = start_sshd(force_command=busybox_host(tmp_path / "alone", tmp_path / "shared"))
    places = (tmp_path / "shared", tmp_path / "alone", host.home)  # its /tmp as well

    def state() -> dict[Path, tuple[int, ...]]:
        paths = [path for place in places for path in (place, *place.rglob("*"))]
        return {path: unwritten(path.lstat()) for path in paths}

    before = state()
    assert len(read(SSHAddress.parse(host.url("/")), repository).entries) == 4
    assert state() == before


def unwritten(seen: os.stat_result) -> tuple[int, ...]:
    """All of a state but the access time, which any reading may renew."""
    times = (seen.st_mtime_ns, seen.st_ctime_ns)
    return (seen.st_mode, seen.st_ino, seen.st_nlink, seen.st_uid, seen.st_size, *times)


def test_progress_is_told(host: SSHServer, folder: Path) -> None:
    told: list[Advance] = []
    found = read(SSHAddress.parse(host.url("/")), folder, told.append)
    total = (found.scan.hashed_files, sum(e.size or 0 for e in found.entries if e.kind == "file"))
    assert told[0] == Advance(0, 0, *total)
    assert told == sorted(told, key=lambda advance: (advance.entries, advance.bytes))
    assert told[-1] == Advance(*total, *total)
    assert found.scan.wire_bytes_sent > 6000
    assert found.scan.wire_bytes_received > 100_000
    assert abs(found.scan.clock_offset) < 5
