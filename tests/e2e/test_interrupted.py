"""A run that somebody ends: Ctrl-C, and a reader that has seen enough."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.processes import children
from tests.support.proxy import Proxy, running_proxy
from tests.support.site import Site
from tests.support.sshd import SSHServer
from tests.support.waiting import eventually

FILES = 3000  # with names that compress badly: more than a pipe or a first packet holds


@contextmanager
def started(site: Site, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a check in a session of its own, so that a signal can go to all that a terminal would reach."""
    process = subprocess.Popen(
        [sys.executable, "-m", "driftaudit", "check", site.url, *words],
        cwd=site.repository,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def full(remote: Site) -> Site:
    """A site with more in it than goes through at once."""
    for number in range(FILES):
        (remote.production / f"{number * 2654435761 % 2**32:08x}").write_bytes(number.to_bytes(4, "big"))
    return remote


@pytest.fixture
def stalling(full: Site, sshd: SSHServer) -> Iterator[Proxy]:
    """A way to the site that passes on the beginning of the scan, and then nothing more."""
    with running_proxy(sshd.port, cut_after=20_000, stall=True) as proxy:
        sshd.client.configure(
            f"Host web\n  HostName 127.0.0.1\n  Port {proxy.port}\n  HostKeyAlias {sshd.name}\n"
        )
        full.url = f"ssh://web{full.production}"
        yield proxy


@pytest.mark.parametrize("whole_group", [False, True], ids=["process", "group"])
def test_ctrl_c_during_a_scan(full: Site, stalling: Proxy, whole_group: bool) -> None:
    report = full.folder / "report.json"
    with started(full, "--output", str(report)) as process:
        eventually(lambda: stalling.passed == stalling.cut_after or process.poll() is not None)
        asked = time.monotonic()
        os.killpg(process.pid, signal.SIGINT) if whole_group else process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert time.monotonic() - asked < 5
    assert (process.returncode, out) == (130, b"")
    # first the line that the terminal began with ^C is ended
    assert err.decode() == "\ndriftaudit: interrupted; nothing was changed on the target\n"
    assert not report.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for the sessions of sshd")
def test_ctrl_c_ends_what_runs_on_the_host(full: Site, stalling: Proxy, sshd: SSHServer) -> None:
    with started(full) as process:
        eventually(lambda: stalling.passed == stalling.cut_after or process.poll() is not None)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    stalling.close()
    eventually(lambda: not Path(f"/proc/{sshd.process.pid}/task/{sshd.process.pid}/children").read_text())


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html"])
def test_a_reader_that_has_seen_enough(full: Site, form: str) -> None:
    with started(full, "--format", form) as process:
        assert process.stdout
        assert process.stderr
        first = process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        code = process.wait(20)
    assert first
    assert err == b""
    assert code == 3  # the verdict stands, whoever reads it


@pytest.mark.parametrize("transport", ["paramiko", "openssh"])
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_an_end_of_a_comparison(full: Site, stalling: Proxy, ending: signal.Signals, transport: str) -> None:
    full.configure(f"version: 1\ntargets:\n  live:\n    url: {full.url}\n    transport: {transport}\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "driftaudit", "compare", "live", str(full.production)],
        cwd=full.repository,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        eventually(lambda: stalling.passed == stalling.cut_after or process.poll() is not None)
        started = children(process.pid)
        asked = time.monotonic()
        process.send_signal(ending)
        out, err = process.communicate(timeout=20)
        eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in started))
    finally:
        process.kill()
        process.communicate()
    assert time.monotonic() - asked < 5
    assert (process.returncode, out) == (130, b"")
    assert b"interrupted" in err
