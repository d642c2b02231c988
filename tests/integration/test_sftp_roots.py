"""Where a tree begins over SFTP, and the checkouts in it."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from driftaudit.config.access import Access
from driftaudit.errors import SourceError
from driftaudit.sources.base import AbsentRootError, ScanRequest
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.source import SSHSource
from tests.support.git import commit, git, new_repository, write
from tests.support.sftp import ONLY, SFTP, assert_as_by_agent, by_path, problems, read, whole_seconds
from tests.support.sshd import SSHServer, StartServer


@pytest.mark.parametrize("linked", [False, True])
def test_roots_below_home_and_links(start_sshd: StartServer, tree: Path, linked: bool) -> None:
    write(tree, {"app/a": "text\n"})
    (tree / "current").symlink_to("app")
    server = start_sshd(sftp=f"internal-sftp -d {tree}")
    name = "current" if linked else "app"
    for root in (f"/~/{name}", f"/~/{name}/", f"/{tree}/{name}/../{name}"):
        found = read(server, root)
        assert [entry.path for entry in found.entries] == ["a"]
        assert found.source.real_root == str(tree / "app")
    assert [entry.path for entry in read(server, "/~").entries] == ["app", "app/a", "current"]
    relative = SSHAddress.parse(f"{server.user}@far:{name}")
    server.client.configure(
        f"Host far\n HostName 127.0.0.1\n Port {server.port}\n HostKeyAlias {server.name}"
    )
    assert [entry.path for entry in SSHSource(relative, SFTP).snapshot(ScanRequest()).entries] == ["a"]
    with pytest.raises(SourceError, match="another user's home"):
        read(server, "/~nobody/app")


@pytest.mark.parametrize(
    ("root", "kind", "message"),
    [
        ("absent", AbsentRootError, "there is no such folder"),
        ("absent/too", AbsentRootError, "there is no such folder"),
        ("to-folder/absent", AbsentRootError, "there is no such folder"),
        ("file", SourceError, "this is a file, not a folder"),
        ("file/below", SourceError, "this is a file, not a folder"),
        ("to-file", SourceError, "this is a file, not a folder"),
        ("to-file/x/y", SourceError, "this is a file, not a folder"),
        ("dangling", SourceError, "leads nowhere"),
        ("dangling/x", SourceError, "leads nowhere"),
        ("loop", SourceError, "leads nowhere"),
        ("loop/x", SourceError, "leads nowhere"),
        ("closed", SourceError, "Permission denied"),
        ("closed/x", SourceError, "Permission denied"),
        ("listed", SourceError, "Permission denied"),
        ("n" * 300, SourceError, "the scan failed"),
    ],
)
def test_roots_that_are_none(
    start_sshd: StartServer, tree: Path, root: str, kind: type[SourceError], message: str
) -> None:
    server = start_sshd(without_root_powers=True)
    write(tree, {"file": "1", "folder/x": "1", "closed/x/y": "1", "listed/x": "1"})
    (tree / "to-folder").symlink_to("folder")
    (tree / "to-file").symlink_to("file")
    (tree / "dangling").symlink_to("absent")
    (tree / "loop").symlink_to("loop")
    (tree / "closed").chmod(0)
    (tree / "listed").chmod(0o444)
    try:
        with pytest.raises(SourceError, match=message) as caught:
            read(server, tree / root)
    finally:
        (tree / "closed").chmod(0o755)
        (tree / "listed").chmod(0o755)
    assert type(caught.value) is kind
    assert caught.value.advice


@pytest.fixture
def chroot() -> Iterator[Path]:
    """A folder that sshd takes for a chroot: root's, and nobody else may write on the way to it."""
    with tempfile.TemporaryDirectory(dir="/var/lib" if os.getuid() == 0 else None) as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_an_account_in_a_chroot(start_sshd: StartServer, chroot: Path) -> None:
    write(chroot, {"app/a": "text\n"})
    (chroot / "app/out").symlink_to("/etc/passwd")
    jail = (f"ChrootDirectory {chroot}",) if os.getuid() == 0 else ()  # nobody else can make one
    server = start_sshd(options=(*ONLY, *jail))
    found = read(server, "/app" if jail else chroot / "app", Access())
    assert [entry.path for entry in found.entries] == ["a", "out"]
    assert found.complete
    assert found.source.method == "sftp"
    assert found.entries[1].link_target == "/etc/passwd"


def test_the_refs_of_checkouts_are_read_as_by_the_agent(sshd: SSHServer, tree: Path) -> None:
    checkout = new_repository(tree / "app")
    commit(checkout, {"a": "1"})
    git(checkout, "tag", "-a", "-m", "t", "v1")
    git(checkout, "pack-refs", "--all")
    commit(checkout, {"a": "2"})
    write(checkout, {"a": "stashed once"})
    git(checkout, "stash")
    write(checkout, {"a": "stashed twice"})
    git(checkout, "stash")
    git(checkout, "worktree", "add", "--quiet", "-b", "side/branch", str(tree / "side"))
    commit(tree / "side", {"b": "3"})
    module = new_repository(tree / "app/.git/modules/lib/deep")
    commit(module, {"c": "4"})
    (module / ".git").rename(tree / "app/.git/modules/lib/module")
    whole_seconds(tree)
    found = assert_as_by_agent(sshd, tree, prune=("modules/",))
    [checkout_found] = [one for one in found.git_directories if one.path == "app/.git"]
    assert len(checkout_found.refs) > 6
    assert by_path(found)["app/.git"].pruned


@pytest.mark.parametrize("spoilt", ["reftable", "link", "closed", "fifo", "large"])
def test_refs_that_cannot_be_read_are_a_problem(start_sshd: StartServer, tree: Path, spoilt: str) -> None:
    server = start_sshd(without_root_powers=True)
    commit(new_repository(tree), {"a": "1"})
    refs = tree / ".git" / "refs" / "heads"
    if spoilt == "reftable":
        write(tree, {".git/reftable/tables.list": "x"})
    elif spoilt == "link":
        refs.rename(tree.parent / "heads")
        refs.symlink_to(tree.parent / "heads")
    elif spoilt == "closed":
        refs.chmod(0)
    elif spoilt == "large":
        os.truncate(refs / "main", 1 << 25)
    else:
        os.mkfifo(refs / "fifo")
    found = read(server, tree)
    refs.chmod(0o755)
    assert problems(found)[".git"][0] == "git-directory"
    assert found.git_directories == ()
