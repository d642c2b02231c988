"""What every source must do, asked of all of them on the same tree. git itself says what is right."""

from dataclasses import replace
from pathlib import Path

from driftaudit.config.access import Access
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.mapping import PathMapping
from driftaudit.model.snapshot import Snapshot
from driftaudit.repo import Repository
from driftaudit.sources.archive import ArchiveSource
from driftaudit.sources.base import ScanRequest, Source
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.git import GitSource
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.source import SSHSource
from driftaudit.sources.worktree import WorktreeSource
from tests.support.git import commit, git, new_repository
from tests.support.sources import ARCHIVES, FILES, Make, packed_tree
from tests.support.sshd import SSHServer


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
