"""What every source must do, asked of all of them on the same tree. git itself says what is right."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from driftaudit.config.access import Access
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.mapping import PathMapping
from driftaudit.model.snapshot import Snapshot
from driftaudit.repo import Repository
from driftaudit.sources.archive import ArchiveSource
from driftaudit.sources.base import ScanRequest, Source
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.git import GitSource
from driftaudit.sources.mapped import MappedSource
from driftaudit.sources.snapshot import SnapshotSource
from driftaudit.sources.snapshot_file import Saved, write_snapshot
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.source import SSHSource
from driftaudit.sources.worktree import WorktreeSource
from tests.support.archives import packed
from tests.support.bare_hosts import busybox_tools, gnu_tools
from tests.support.git import commit, git, new_repository
from tests.support.sshd import SSHServer, StartServer

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


@pytest.fixture(
    params=[
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
    ]
)
def make(request: pytest.FixtureRequest) -> Make:
    """A way to make a source of a folder with a clean checkout in it."""
    if request.param == "git":
        return lambda tree, mapping: GitSource(Repository.containing(tree), "HEAD", mapping)
    if request.param == "worktree":
        return lambda tree, mapping: WorktreeSource(Repository.containing(tree), mapping)
    if request.param == "directory":
        return directory
    if request.param in ARCHIVES:
        return lambda tree, mapping: archived(packed_tree(tree, request.param), mapping)
    if request.param == "saved snapshot":
        return saved_snapshot
    start: StartServer = request.getfixturevalue("start_sshd")
    access = ACCESS.get(request.param, Access())
    options = SFTP_ONLY if request.param == "sftp-only" else {}
    if request.param in TOOLS:
        options = {"path": TOOLS[request.param](request.getfixturevalue("tmp_path") / "tools")}
    server = start(**options)
    if request.param == "tar.gz on a host":
        return lambda tree, mapping: of_host(server, packed_tree(tree, "tar.gz"), mapping)

    def ssh(tree: Path, mapping: PathMapping) -> Source:
        (tree / ".git").rename(tree.parent / "git-away")
        return of_host(server, tree, mapping, access)

    return ssh


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A clean checkout of all sorts of entries."""
    folder = new_repository(tmp_path / "tree")
    (folder / "dir").mkdir()
    (folder / "dir" / "script").write_text("#!/bin/sh\n")
    (folder / "dir" / "script").chmod(0o755)
    (folder / "link").symlink_to("dir/script")
    (folder / "dir" / "dangling").symlink_to("no/where")
    (folder / "dir" / "to-folder").symlink_to("deep")
    (folder / "loop").symlink_to("loop")
    names = {os.fsencode(name).decode("utf-8", "surrogateescape"): content for name, content in FILES.items()}
    commit(folder, names)
    return folder


def listed(folder: Path, commit_id: str = "HEAD") -> dict[str, tuple[str, str]]:
    """What git says of each path: mode and blob id."""
    rows = git(folder, "ls-tree", "-r", "-z", commit_id).split("\0")
    return {row.partition("\t")[2]: (row[:6], row.split(" ")[2][:40]) for row in rows if row}


def contents(snapshot: Snapshot) -> dict[str, tuple[str, str | None]]:
    return {e.path: (e.mode, e.digest) for e in snapshot.entries if e.kind is not Kind.DIRECTORY}


def read(make: Make, tree: Path, *pairs: tuple[str, str]) -> Snapshot:
    return make(tree, PathMapping(pairs or (("", ""),))).snapshot(ScanRequest())


def test_it_sees_what_git_sees(make: Make, tree: Path) -> None:
    expected = listed(tree)
    found = read(make, tree)
    assert contents(found) == expected
    assert len(expected) == len(FILES) + 5


def test_entries_are_sorted_and_no_path_stands_twice(make: Make, tree: Path) -> None:
    paths = [entry.path for entry in read(make, tree).entries]
    assert paths == sorted(set(paths))


def test_every_folder_is_an_entry_and_only_folders_that_are(make: Make, tree: Path) -> None:
    found = read(make, tree)
    folders = {entry.path for entry in found.entries if entry.kind is Kind.DIRECTORY}
    parents = {"/".join(p.split("/")[:n]) for p in contents(found) for n in range(1, len(p.split("/")))}
    assert folders == parents
    assert {entry.mode for entry in found.entries if entry.path in folders} == {"040000"}


def test_kinds_follow_from_modes(make: Make, tree: Path) -> None:
    kinds = {entry.mode: entry.kind for entry in read(make, tree).entries}
    assert kinds == {
        "100644": Kind.FILE,
        "100755": Kind.FILE,
        "120000": Kind.SYMLINK,
        "040000": Kind.DIRECTORY,
    }


def test_the_snapshot_is_complete_and_says_where_it_comes_from(make: Make, tree: Path) -> None:
    found = read(make, tree)
    assert found.complete
    assert found.source.kind in ("git", "worktree", "directory", "ssh", "archive", "snapshot")
    assert found.source.url
    assert found.scan.started_at.tzinfo is not None


def test_two_readings_of_one_tree_are_equal(make: Make, tree: Path) -> None:
    source = make(tree, PathMapping())
    first, second = source.snapshot(ScanRequest()), source.snapshot(ScanRequest())
    assert first.entries == second.entries


def test_a_mapping_moves_folders_and_files_to_their_places(make: Make, tree: Path) -> None:
    expected = listed(tree)
    found = contents(read(make, tree, ("dir/deep", "app/lib"), ("a", "main"), ("odd", "odd")))
    moved = {"app/lib/er/file": "dir/deep/er/file", "main": "a"}
    moved |= {path: path for path in expected if path.startswith("odd/")}
    assert found == {path: expected[source] for path, source in moved.items()}


def test_an_empty_tree_is_empty(make: Make, tmp_path: Path) -> None:
    folder = new_repository(tmp_path / "empty")
    commit(folder, {})
    assert read(make, folder).entries == ()


def test_all_sources_give_the_same_entries(tree: Path, sshd: SSHServer) -> None:
    repository = Repository.containing(tree)
    sources: list[Source] = [GitSource(repository, "HEAD"), WorktreeSource(repository)]
    found = [source.snapshot(ScanRequest()).entries for source in sources]
    (tree / ".git").rename(tree.parent / "git-away")
    address = SSHAddress.parse(sshd.url(tree))
    live: list[Source] = [
        DirectorySource(tree),
        SSHSource(address),
        SSHSource(address, Access(transport="openssh")),
        SSHSource(address, Access(method="sftp")),
    ]
    live += [ArchiveSource(packed_tree(tree, ending)) for ending in ARCHIVES]
    found += [source.snapshot(ScanRequest()).entries for source in live]
    plain = [tuple(_shared(entry) for entry in entries) for entries in found]
    assert all(entries == plain[0] for entries in plain)
    assert found[2] == found[3] == found[4]
    assert found[5] == tuple(map(_without_parts_of_seconds, found[3]))


def _shared(entry: Entry) -> Entry:
    """An entry less what git does not record."""
    return replace(
        entry, size=None, text_digest=None, link_target=None, modified_ns=None, owner=None, permissions=None
    )


def _without_parts_of_seconds(entry: Entry) -> Entry:
    return replace(entry, modified_ns=(entry.modified_ns or 0) // 10**9 * 10**9)
