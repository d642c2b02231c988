"""Reading as another user, by a sudo that asks for nothing."""

from pathlib import Path
from typing import Literal

import pytest

from driftaudit.config.access import Access
from driftaudit.errors import SourceError
from driftaudit.model.problem import ProblemKind
from driftaudit.sources.base import ScanRequest
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.source import SSHSource
from tests.support.git import write
from tests.support.programs import program
from tests.support.site import is_root
from tests.support.sshd import SSHServer


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with a file that only its owner may read."""
    program("sudo")
    folder = tmp_path / "tree"
    write(folder, {"open": "1", "closed": "2"})
    (folder / "closed").chmod(0o600)
    for above in (folder, *folder.parents):
        if above.is_relative_to(tmp_path.parents[2]):
            above.chmod(above.stat().st_mode | 0o055)
    return folder


@pytest.mark.parametrize("method", ["agent", "shell"])
def test_the_tree_is_read_as_who_it_says(
    method: Literal["agent", "shell"], tree: Path, sshd: SSHServer
) -> None:
    source = SSHSource(SSHAddress.parse(sshd.url(tree)), Access(method=method, become="nobody"))
    if not is_root():  # whom sudo would ask for a password: that is told, and nothing waits for it
        with pytest.raises(SourceError, match="sudo"):
            source.snapshot(ScanRequest())
        return
    found = source.snapshot(ScanRequest())
    assert [(problem.path, problem.kind) for problem in found.problems] == [
        ("closed", ProblemKind.UNREADABLE)
    ]
    assert {entry.path: bool(entry.digest) for entry in found.entries} == {"open": True, "closed": False}


def test_a_user_that_is_not_there_is_told(tree: Path, sshd: SSHServer) -> None:
    source = SSHSource(SSHAddress.parse(sshd.url(tree)), Access(become="no-such-user"))
    with pytest.raises(SourceError, match="sudo") as caught:
        source.snapshot(ScanRequest())
    assert "internal" not in caught.value.message
