"""Fetching over the connection that a scan was made by."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest

from driftaudit.config.access import Access, Timeouts
from driftaudit.errors import SourceError
from driftaudit.model.entry import Entry
from driftaudit.model.problem import ProblemKind
from driftaudit.sources.base import FetchRequest, ScanRequest, Source
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.opening import Opening
from driftaudit.sources.ssh.source import SSHSource
from tests.support.programs import program
from tests.support.proxy import Proxy, running_proxy
from tests.support.site import is_root
from tests.support.sshd import SSHServer, StartServer


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    for name in ("a", "b", "c"):
        (folder / name).write_text(name * 100)
    return folder


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    folder = tmp_path / "kept"
    folder.mkdir(mode=0o700)
    return folder


def of(source: Source) -> tuple[Entry, ...]:
    return tuple(entry for entry in source.snapshot(ScanRequest()).entries if entry.has_content)


@contextmanager
def opened(url: str, access: Access | None = None) -> Iterator[SSHSource]:
    address, access = SSHAddress.parse(url), access or Access()
    opening = Opening(address, access)
    try:
        yield SSHSource(address, access, opening)
    finally:
        opening.close()


@contextmanager
def through_a_proxy(
    sshd: SSHServer, root: Path, timeouts: Timeouts | None = None
) -> Iterator[tuple[SSHSource, Proxy]]:
    with running_proxy(sshd.port) as proxy:
        sshd.client.configure(
            f"Host web\n  HostName 127.0.0.1\n  Port {proxy.port}\n  HostKeyAlias {sshd.name}\n"
        )
        with opened(f"ssh://web{root}", Access(timeouts=timeouts or Timeouts())) as source:
            yield source, proxy


def test_a_fetch_is_one_program_over_the_connection_of_the_scan(
    start_sshd: StartServer, root: Path, kept: Path
) -> None:
    sshd = start_sshd(options=("LogLevel VERBOSE",))
    with through_a_proxy(sshd, root) as (source, proxy):
        entries = of(source)
        before, started = proxy.passed, sshd.log.count("Starting session: command")
        found = source.fetch(FetchRequest(entries, kept))
        assert {path: file.read_text()[0] for path, file in found.files.items()} == {
            "a": "a",
            "b": "b",
            "c": "c",
        }
        assert proxy.connections == 1
        assert (started, sshd.log.count("Starting session: command")) == (1, 2)
        assert proxy.passed - before < 3000
        source.fetch(FetchRequest(entries, kept))
        assert proxy.connections == 1


def test_a_fetch_takes_the_way_that_the_scan_took(start_sshd: StartServer, root: Path, kept: Path) -> None:
    sshd = start_sshd(options=("ForceCommand internal-sftp", "LogLevel VERBOSE"))
    with opened(sshd.url(root)) as source:
        entries = of(source)
        assert source.opening
        assert source.opening.method == "sftp"
        before = sshd.log.count("Starting session")
        assert len(source.fetch(FetchRequest(entries, kept)).files) == 3
        assert sshd.log.count("Starting session") == before + 1


def test_a_host_whose_connection_was_lost_meanwhile(sshd: SSHServer, root: Path, kept: Path) -> None:
    with through_a_proxy(sshd, root) as (source, proxy):
        entries = of(source)
        proxy.close()
        with pytest.raises(SourceError, match=r"The connection to web:\d+ was lost") as caught:
            source.fetch(FetchRequest(entries, kept))
    assert caught.value.advice
    assert list(kept.iterdir()) == []


def test_a_connection_that_was_closed_is_not_made_again(sshd: SSHServer, root: Path, kept: Path) -> None:
    with opened(sshd.url(root)) as source:
        entries = of(source)
    with pytest.raises(SourceError, match="was lost"):
        source.fetch(FetchRequest(entries, kept))


def test_a_fetch_that_trickles_has_the_limit_of_a_scan(sshd: SSHServer, root: Path, kept: Path) -> None:
    (root / "large").write_bytes(os.urandom(1 << 20))
    with through_a_proxy(sshd, root, Timeouts(scan=2)) as (source, proxy):
        entries = of(source)
        proxy.trickle_after = proxy.passed + 20_000
        started = time.monotonic()
        with pytest.raises(SourceError, match="the fetching of contents took longer than 2 seconds"):
            source.fetch(FetchRequest(entries, kept))
        assert time.monotonic() - started < 8
    assert not [file for file in kept.iterdir() if file.name.endswith(".part")]


def test_a_host_that_falls_silent_amid_a_fetch(sshd: SSHServer, root: Path, kept: Path) -> None:
    (root / "large").write_bytes(os.urandom(1 << 20))
    with through_a_proxy(sshd, root, Timeouts(silence=1)) as (source, proxy):
        entries = of(source)
        proxy.cut_after, proxy.stall = proxy.passed + 20_000, True
        with pytest.raises(SourceError, match="fell silent"):
            source.fetch(FetchRequest(entries, kept))
    assert not [file for file in kept.iterdir() if file.name.endswith(".part")]


@pytest.mark.parametrize("method", ["agent", "shell"])
def test_contents_are_read_as_who_the_target_says(
    method: Literal["agent", "shell"], sshd: SSHServer, root: Path, kept: Path, tmp_path: Path
) -> None:
    program("sudo")
    source = SSHSource(SSHAddress.parse(sshd.url(root)), Access(method=method, become="nobody"))
    entries = of(SSHSource(source.address))
    (root / "a").chmod(0o600)
    for above in (root, *root.parents):
        if above.is_relative_to(tmp_path.parents[2]):
            above.chmod(above.stat().st_mode | 0o055)
    if not is_root():  # whom sudo would ask for a password
        with pytest.raises(SourceError, match="sudo"):
            source.fetch(FetchRequest(entries, kept))
        return
    found = source.fetch(FetchRequest(entries, kept))
    assert [(problem.path, problem.kind) for problem in found.problems] == [("a", ProblemKind.UNREADABLE)]
    assert found.files.keys() == {"b", "c"}
