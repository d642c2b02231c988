import time
from pathlib import Path

import pytest

from driftaudit.config.access import Access, Timeouts, TransportName
from driftaudit.errors import SourceError
from driftaudit.sources.base import ScanRequest
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.source import SSHSource
from tests.support.proxy import running_proxy
from tests.support.sshd import SSHServer, StartServer


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    for number in range(3000):
        (folder / f"{number * 2654435761 % 2**32:08x}").write_bytes(number.to_bytes(4, "big"))
    return folder


def source(server: SSHServer, port: int, tree: Path, transport: TransportName, scan: float) -> SSHSource:
    server.client.configure(f"Host web\n  HostName 127.0.0.1\n  Port {port}\n  HostKeyAlias {server.name}\n")
    access = Access(transport=transport, timeouts=Timeouts(scan=scan))
    return SSHSource(SSHAddress.parse(f"ssh://web{tree}"), access)


@pytest.mark.parametrize("transport", ["paramiko", "openssh"])
def test_a_scan_that_trickles_has_a_limit(sshd: SSHServer, tree: Path, transport: TransportName) -> None:
    with running_proxy(sshd.port, trickle_after=20_000) as proxy:
        slow = source(sshd, proxy.port, tree, transport, 1)
        started = time.monotonic()
        with pytest.raises(SourceError) as caught:
            slow.snapshot(ScanRequest())
        assert 1 < time.monotonic() - started < 8
    assert caught.value.message == f"ssh://web{tree}: the scan took longer than 1 seconds"
    assert "timeouts: scan:" in caught.value.advice


@pytest.mark.parametrize("transport", ["paramiko", "openssh"])
def test_a_host_that_never_answers(start_sshd: StartServer, tree: Path, transport: TransportName) -> None:
    server = start_sshd(force_command="sleep 60")
    with pytest.raises(SourceError, match="the scan took longer than 1 seconds"):
        source(server, server.port, tree, transport, 1).snapshot(ScanRequest())


@pytest.mark.parametrize("transport", ["paramiko", "openssh"])
def test_a_scan_within_its_limit(sshd: SSHServer, tree: Path, transport: TransportName) -> None:
    found = source(sshd, sshd.port, tree, transport, 60).snapshot(ScanRequest())
    assert len(found.entries) == 3000
