"""A large file is fetched in the memory that a small one takes, on both sides."""

import hashlib
import os
import subprocess
import sys
import textwrap
from functools import cache
from pathlib import Path

import pytest

from tests.support.bare_hosts import busybox_tools
from tests.support.sshd import StartServer

LARGE = 400 << 20  # bytes, sparse there and not here: more than the memory that is allowed
MOST = 160_000  # KiB of memory at the most, paramiko and its window of 16 MiB included

FETCH = """
    import resource, sys
    from pathlib import Path
    from driftaudit.config.access import Access
    from driftaudit.model.entry import Entry, Kind
    from driftaudit.sources.base import FetchRequest
    from driftaudit.sources.directory import DirectorySource
    from driftaudit.sources.ssh.address import SSHAddress
    from driftaudit.sources.ssh.source import SSHSource

    method, root, kept, size, digest = sys.argv[1:]
    entry = Entry("large", Kind.FILE, "100644", int(size), digest)
    source = (
        DirectorySource(Path(root))
        if method == "folder"
        else SSHSource(SSHAddress.parse(root), Access(method=method))
    )
    found = source.fetch(FetchRequest((entry,), Path(kept)))
    assert found.files["large"].stat().st_size == int(size), found
    # Not ru_maxrss, which begins with what the process that started this one had.
    status = Path("/proc/self/status").read_text()
    own = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(own, children)
"""


@cache
def digest_of_large() -> str:
    digest, piece = hashlib.sha1(b"blob %d\0" % LARGE), bytes(1 << 20)
    for _piece in range(LARGE // len(piece)):
        digest.update(piece)
    return digest.hexdigest()


@pytest.mark.parametrize("method", ["agent", "folder", "shell", "sftp"])
def test_a_large_file_takes_little_memory(method: str, start_sshd: StartServer, tmp_path: Path) -> None:
    root, kept = tmp_path / "root", tmp_path / "kept"
    root.mkdir()
    kept.mkdir()
    (root / "large").touch()
    os.truncate(root / "large", LARGE)
    path = {"path": busybox_tools(tmp_path / "tools")} if method == "shell" else {}
    place = str(root) if method == "folder" else start_sshd(**path).url(root)
    words = [
        sys.executable,
        "-c",
        textwrap.dedent(FETCH),
        method,
        place,
        str(kept),
        str(LARGE),
        digest_of_large(),
    ]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    finally:
        for file in kept.iterdir():
            file.unlink()
    assert done.returncode == 0, done.stderr
    own, children = map(int, done.stdout.split())
    assert own < MOST
    assert children < MOST
