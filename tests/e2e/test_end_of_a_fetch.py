"""The connection of an audit serves for contents as well, and ends with it, whatever happens."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from driftaudit.cli.options import Options
from driftaudit.cli.target import Workplace, begun_audit
from driftaudit.model.entry import Entry
from driftaudit.sources.base import FetchRequest, ScanRequest, Source
from tests.support.processes import children
from tests.support.site import Site
from tests.support.sshd import SSHServer
from tests.support.waiting import eventually


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    folder = tmp_path / "kept"
    folder.mkdir(mode=0o700)
    return folder


def contents_of(source: Source) -> tuple[Entry, ...]:
    return tuple(entry for entry in source.snapshot(ScanRequest()).entries if entry.has_content)


def no_session(sshd: SSHServer) -> bool:
    return not children(sshd.process.pid)


def test_the_connection_of_an_audit_ends_with_its_context(
    remote: Site, sshd: SSHServer, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(remote.repository)

    def audit(fail: bool) -> None:
        with begun_audit(Workplace(Options()), remote.url, Options()) as request:
            assert len(request.deployed.fetch(FetchRequest(contents_of(request.deployed), kept)).files) > 0
            assert not no_session(sshd)
            if fail:
                raise KeyboardInterrupt

    audit(fail=False)
    eventually(lambda: no_session(sshd))
    with pytest.raises(KeyboardInterrupt):
        audit(fail=True)
    eventually(lambda: no_session(sshd))


def parts(kept: Path) -> list[Path]:
    return [file for file in kept.iterdir() if file.name.endswith(".part")]


SLOW_FETCH = """
    import sys
    from pathlib import Path
    import driftaudit.audit
    from driftaudit.cli.main import main
    from driftaudit.sources.base import FetchRequest

    real = driftaudit.audit.examine
    def audit(request, progress):
        found = real(request, progress)
        sides = [finding.change.deployed for finding in found.audit.findings]
        files = tuple(entry for entry in sides if entry and entry.has_content)
        request.deployed.fetch(FetchRequest(files, Path(sys.argv[1]), rate_limit=0.2))
        return found
    driftaudit.audit.examine = audit
    main(["check", sys.argv[2]])
"""


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_an_end_amid_a_fetch_leaves_nothing_running(
    remote: Site, sshd: SSHServer, kept: Path, ending: signal.Signals
) -> None:
    (remote.production / "large").write_bytes(os.urandom(20 << 20))
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SLOW_FETCH), str(kept), remote.url],
        cwd=remote.repository,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        eventually(lambda: bool(parts(kept)) or process.poll() is not None)
        process.send_signal(ending)
        _out, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 130, err
    assert parts(kept) == []
    eventually(lambda: no_session(sshd))
