"""Every kind of source, made of a folder with a clean checkout in it."""

from collections.abc import Callable
from pathlib import Path

from driftaudit.config.access import Access
from driftaudit.model.mapping import PathMapping
from driftaudit.sources.archive import ArchiveSource
from driftaudit.sources.base import ScanRequest, Source
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.mapped import MappedSource
from driftaudit.sources.snapshot import SnapshotSource
from driftaudit.sources.snapshot_file import Saved, write_snapshot
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.source import SSHSource
from tests.support.archives import packed
from tests.support.bare_hosts import busybox_tools, gnu_tools
from tests.support.sshd import SSHServer

FILES: dict[str, str | bytes] = {
    "a": "text\n",
    "a-b": "sorts between a and a/\n",
    "crlf.txt": "one\r\ntwo\r\n",
    "empty": "",
    "dir/binary": bytes(range(256)) * 1000,
    "dir/deep/er/file": "deep\n",
    "dir.x": "sorts before dir/\n",
    "with space/é ü": "unicode\n",
    "odd/new\nline": "newline in the name\n",
    "odd/tab\t[red]$(x)`x`": "markup in the name\n",
    "odd/\udcff\udcfe": "a name that is no UTF-8\n",
    "odd/-rf": "a name like an option\n",
    "odd/:(glob)x": "a name like a pathspec\n",
}

TOOLS = {"gnu-tools": gnu_tools, "busybox-tools": busybox_tools}

Make = Callable[[Path, PathMapping], Source]


def directory(tree: Path, mapping: PathMapping) -> Source:
    (tree / ".git").rename(tree.parent / "git-away")
    return DirectorySource(tree) if mapping == PathMapping() else MappedSource(DirectorySource(tree), mapping)


def archived(path: Path, mapping: PathMapping) -> Source:
    return ArchiveSource(path) if mapping == PathMapping() else MappedSource(ArchiveSource(path), mapping)


def packed_tree(tree: Path, ending: str) -> Path:
    """Pack a checkout without its `.git`."""
    if (tree / ".git").exists():
        (tree / ".git").rename(tree.parent / "git-away")
    archive = tree.parent / f"{tree.name}.{ending}"
    archive.unlink(missing_ok=True)
    return packed(tree, archive)


def saved_snapshot(tree: Path, mapping: PathMapping) -> Source:
    path = tree.parent / "tree.driftaudit"
    with path.open("wb") as stream:
        write_snapshot(stream, Saved(directory(tree, mapping).snapshot(ScanRequest()), "sha1"))
    return SnapshotSource(path)


def of_host(server: SSHServer, path: Path, mapping: PathMapping, access: Access | None = None) -> Source:
    source = SSHSource(SSHAddress.parse(server.url(path)), access or Access())
    return source if mapping == PathMapping() else MappedSource(source, mapping)


ACCESS = {
    "openssh": Access(transport="openssh"),
    "sftp": Access(method="sftp"),
    **dict.fromkeys(TOOLS, Access(method="shell")),
}
SFTP_ONLY: dict[str, object] = {"options": ("ForceCommand internal-sftp",)}
ARCHIVES = ["tar", "tar.gz", "tar.xz", "tar.zst", "zip"]
KINDS = (
    "git",
    "worktree",
    "directory",
    "ssh",
    "openssh",
    *TOOLS,
    "sftp",
    "sftp-only",
    *ARCHIVES,
    "tar.gz on a host",
    "saved snapshot",
)
