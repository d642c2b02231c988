"""Reading a folder over SFTP, and by the agent, which says what is right."""

import os
from pathlib import Path
from typing import Any

from driftaudit.config.access import Access
from driftaudit.model.entry import Entry
from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.base import ScanRequest
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.source import SSHSource
from tests.support.sshd import SSHServer

SFTP = Access(method="sftp")
ONLY = ("ForceCommand internal-sftp",)  # options for sshd


def read(server: SSHServer, root: Path | str, access: Access = SFTP, **request: Any) -> Snapshot:
    address = SSHAddress.parse(server.url(root))
    return SSHSource(address, access).snapshot(ScanRequest(**request))


def by_path(snapshot: Snapshot) -> dict[str, Entry]:
    return {entry.path: entry for entry in snapshot.entries}


def problems(snapshot: Snapshot) -> dict[str, tuple[str, str]]:
    return {problem.path: (problem.kind.value, problem.detail) for problem in snapshot.problems}


def whole_seconds(folder: Path) -> None:
    """Set times that SFTP and the agent tell alike."""
    for place, folders, files in os.walk(folder):  # rglob fails at a link that no system can follow
        for name in (".", *folders, *files):
            os.utime(Path(place) / name, (1_700_000_000, 1_700_000_000), follow_symlinks=False)


def assert_as_by_agent(server: SSHServer, root: Path, **request: Any) -> Snapshot:
    found, right = read(server, root, **request), read(server, root, Access(method="agent"), **request)
    assert found.entries == right.entries
    assert problems(found) == problems(right)
    assert found.git_directories == right.git_directories
    assert (found.scan.bytes, found.scan.hashed_files) == (right.scan.bytes, right.scan.hashed_files)
    assert found.source.real_root == right.source.real_root
    return found
