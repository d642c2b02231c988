"""Fixtures of the tests against real servers."""

from pathlib import Path

import pytest

_PLACES = ("/usr/lib/openssh", "/usr/libexec/openssh", "/usr/lib/ssh", "/usr/libexec")


@pytest.fixture
def sftp_server() -> str:
    """The program that OpenSSH runs for the subsystem, where sshd does not do it itself."""
    for place in _PLACES:
        if (Path(place) / "sftp-server").exists():
            return f"{place}/sftp-server"
    pytest.fail("sftp-server is needed for this test: apt-get install openssh-sftp-server")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    return folder
