"""The tree by the tools of the host's shell: the same as by the agent, or a problem that says why not."""

import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from driftaudit.config.access import Access
from driftaudit.errors import SourceError
from driftaudit.model.problem import ProblemKind
from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.base import AbsentRootError, Advance, ScanRequest
from driftaudit.sources.method import MethodUnavailableError
from driftaudit.sources.shell.contents import SMALL as SMALL_FILE
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.source import SSHSource
from tests.support.bare_hosts import busybox_host, busybox_tools, gnu_tools
from tests.support.git import commit, git, new_repository
from tests.support.programs import program
from tests.support.sshd import SSHServer, StartServer

StartHost = Callable[..., SSHServer]
SHELL = Access(method="shell")
WHOLE = ScanRequest()
SMALL, LARGE = b"small\n", b"large\n" * 5000
ODD_NAMES = (
    b"-n",
    b"-",
    b" leading and trailing ",
    b"line\nend",
    b"ends with a line end\n",
    b"'single' \"double\" `back` $(touch x) ${HOME} \\n\\",
    b"!bang; & | < > * ? [a] {b,c} ~",
    b"\xff\xfe not UTF-8 \x81\x88\x01\x02\x7f",
    "umlaut ü, nb\u00a0sp".encode(),
    b"n" * 255,
)


@pytest.fixture(params=["gnu", "busybox", "busybox-alone"])
def start_host(request: pytest.FixtureRequest, tmp_path: Path, start_sshd: StartServer) -> StartHost:
    """A way to start a host of the kind. The last has nothing but a static BusyBox."""
    if request.param == "busybox-alone":
        return lambda **options: start_sshd(
            force_command=busybox_host(tmp_path / "alone", tmp_path / "shared"), **options
        )
    tools = (gnu_tools if request.param == "gnu" else busybox_tools)(tmp_path / "tools")
    return lambda **options: start_sshd(path=tools, **options)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder that every host sees."""
    path = tmp_path / "shared" / "tree"
    path.mkdir(parents=True)
    return path


def read(
    server: SSHServer, root: str | Path, request: ScanRequest = WHOLE, access: Access = SHELL
) -> Snapshot:
    address = replace(SSHAddress.parse(server.url("/")), root=str(root))
    return SSHSource(address, access).snapshot(request)


def by_agent(server: SSHServer, folder: Path, request: ScanRequest = WHOLE) -> Snapshot:
    """The tree as the agent sees it, less the forms of large files that the shell does not make."""
    seen = read(server, folder, request, Access(method="agent"))
    entries = [replace(e, text_digest=None) if (e.size or 0) > SMALL_FILE else e for e in seen.entries]
    return replace(seen, entries=tuple(entries))


def assert_alike(found: Snapshot, expected: Snapshot) -> None:
    assert found.entries == expected.entries
    assert found.problems == expected.problems
    assert {d.path: set(d.refs) for d in found.git_directories} == {
        d.path: set(d.refs) for d in expected.git_directories
    }
    assert (found.scan.bytes, found.scan.hashed_files) == (expected.scan.bytes, expected.scan.hashed_files)
    assert found.source.real_root == expected.source.real_root


def write_all_sorts(folder: Path) -> None:
    for number, raw in enumerate(ODD_NAMES):
        name = os.fsdecode(raw)
        (folder / name).write_bytes(LARGE if number % 2 else SMALL)
        os.utime(folder / name, ns=(1_700_000_000 * 10**9, 1_700_000_000 * 10**9 + number))
        (folder / f"{name[:240]}.link").symlink_to(name)
        (folder / f"{name[:240]}.dir").mkdir()
    (folder / "crlf").write_bytes(b"a\r\nb\r\n")
    (folder / "large-crlf").write_bytes(b"a\r\nb\r\n" * 5000)
    (folder / "binary").write_bytes(bytes(range(256)) * 500)
    (folder / "empty").write_bytes(b"")
    (folder / "old").write_bytes(b"x")
    os.utime(folder / "old", (-1.5, -1.5))
    (folder / "program").write_bytes(b"#!/bin/sh\n")
    (folder / "program").chmod(0o4751)
    (folder / "target").symlink_to("with\nline end\n")
    (folder / "loop").symlink_to("loop")
    os.mkfifo(folder / "fifo")
    if os.getuid() == 0:
        os.chown(folder / "empty", 12345, 12345)


def test_all_sorts_of_names_and_kinds(start_host: StartHost, sshd: SSHServer, folder: Path) -> None:
    write_all_sorts(folder)
    found = read(start_host(), folder)
    assert_alike(found, by_agent(sshd, folder))
    assert found.source.method == "shell"
    assert found.notes
    assert str(SMALL_FILE) in found.notes[0]


def test_what_the_request_leaves_out(start_host: StartHost, sshd: SSHServer, folder: Path) -> None:
    for path in (
        "node_modules/a/index.js",
        "lib/node_modules/b",
        "vendor/node_modules/known/x",
        "vendor/node_modules/c",
        "cache/back/y",
        "cache/z",
        "uploads/1.png",
        "uploads/keep/2",
        "build.d/out",
        "a.log",
    ):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    request = ScanRequest(
        prune=("cache/", "!cache/back/", "node_modules", "*.d/"),
        unread=("uploads/", "!keep/", "*.log"),
        known=frozenset({"vendor/node_modules/known/x"}),
    )
    found = read(start_host(), folder, request)
    assert_alike(found, by_agent(sshd, folder, request))
    assert {e.path for e in found.entries if e.pruned} >= {"node_modules", "lib/node_modules", "build.d"}
    assert "node_modules/a" not in {e.path for e in found.entries}


@pytest.mark.parametrize(
    "request_",
    [
        ScanRequest(object_format="sha256"),
        ScanRequest(read_contents=False),
        ScanRequest(max_file_bytes=9),
    ],
)
def test_how_the_request_has_files_read(
    start_host: StartHost, sshd: SSHServer, folder: Path, request_: ScanRequest
) -> None:
    write_all_sorts(folder)
    assert_alike(read(start_host(), folder, request_), by_agent(sshd, folder, request_))


def test_what_may_not_be_read(start_host: StartHost, start_sshd: StartServer, folder: Path) -> None:
    for path in ("closed/a", "listed/b", "line\nend/c", "open/closed/d", "entered/e"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    for number, content in enumerate((SMALL, SMALL, LARGE, LARGE)):
        (folder / f"file{number}").write_bytes(content)
    shut = ["closed", "listed", "line\nend", "open/closed", "entered", "file0", "file2"]
    modes = [0o000, 0o444, 0o000, 0o000, 0o311, 0o000, 0o200]
    for path, mode in zip(shut, modes, strict=True):
        (folder / path).chmod(mode)
    shell, agent = start_host(without_root_powers=True), start_sshd(without_root_powers=True)
    unread = ScanRequest(read_contents=False)
    try:
        found = [read(shell, folder), read(shell, folder, unread)]
        expected = [by_agent(agent, folder), by_agent(agent, folder, unread)]
    finally:
        for path in shut:
            (folder / path).chmod(0o755)
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.entries == theirs.entries
        # a folder that is listed and not entered: here the folder is told, there what lies in it
        told = {p.path for p in ours.problems} | {"listed/b"}
        assert told == {p.path for p in theirs.problems} | {"listed"}
        assert {p.kind for p in ours.problems} == {ProblemKind.UNREADABLE}
        assert {p.detail for p in ours.problems} == {"Permission denied"}


def test_checkouts(start_host: StartHost, sshd: SSHServer, folder: Path) -> None:
    repository = new_repository(folder / "site")
    commit(repository, {"a": "1\n"})
    (repository / "a").write_text("stashed\n")
    git(repository, "stash")
    git(repository, "tag", "-a", "v1", "-m", "v1")
    git(repository, "pack-refs", "--all")
    git(repository, "branch", "objects/logs/x")
    git(repository, "worktree", "add", "--quiet", "--detach", str(folder / "tree"))
    nested = new_repository(folder / "nested")
    commit(nested, {"b": "2\n"})
    place = repository / ".git" / "modules" / ".lib" / "objects" / "sub"
    place.parent.mkdir(parents=True)
    (nested / ".git").rename(place)
    found = read(start_host(), folder)
    assert_alike(found, by_agent(sshd, folder))
    assert len(found.git_directories[0].refs) == 4  # commit, stash, tag, and the other repository's


def test_a_checkout_whose_refs_cannot_be_read(
    start_host: StartHost, start_sshd: StartServer, folder: Path
) -> None:
    server = start_host(without_root_powers=True)
    repository = new_repository(folder / "site")
    commit(repository, {"a": "1\n"})
    closed = [".git", ".git/HEAD", ".git/refs", ".git/refs/heads", ".git/refs/heads/main", ".git/logs"]
    for path in closed:
        mode = (repository / path).stat().st_mode
        (repository / path).chmod(0)
        try:
            found = read(server, folder)
        finally:
            (repository / path).chmod(mode)
        assert [(p.path, p.kind) for p in found.problems] == [("site/.git", ProblemKind.GIT_DIRECTORY)], path
    (repository / ".git" / "reftable").mkdir()
    assert "reftable" in read(server, folder).problems[0].detail


@pytest.mark.parametrize("name", [b"it's a\nfolder", b"-n", b"$(x)`y`!\\", b"\xff\x81"])
def test_odd_roots(start_host: StartHost, folder: Path, name: bytes) -> None:
    root = folder / os.fsdecode(name)
    root.mkdir()
    (root / "a").write_text("a")
    assert [e.path for e in read(start_host(), root).entries] == ["a"]


def test_roots_by_way_of_the_home(start_host: StartHost, folder: Path, tmp_path: Path) -> None:
    server = start_host(options=(f"SetEnv HOME={folder}",))
    (folder / "app" / "x y").mkdir(parents=True)
    (folder / "current").symlink_to("app")
    for root, real in (("~/app", "app"), ("~/current", "app"), ("~", ""), ("~/app/x y", "app/x y")):
        assert read(server, root).source.real_root == str(folder / real)


def test_roots_that_are_none(start_host: StartHost, folder: Path) -> None:
    server = start_host(without_root_powers=True)
    (folder / "file").write_text("")
    (folder / "dangling").symlink_to("nowhere")
    (folder / "closed" / "in").mkdir(parents=True)
    (folder / "listed").mkdir()
    (folder / "closed").chmod(0)
    (folder / "listed").chmod(0o311)
    for absent in ("absent", "dangling"):
        with pytest.raises(AbsentRootError, match="there is no such folder"):
            read(server, folder / absent)
    with pytest.raises(SourceError, match="this is a file, not a folder"):
        read(server, folder / "file")
    for closed in ("closed", "closed/in", "listed"):
        with pytest.raises(SourceError, match="Permission denied"):
            read(server, folder / closed)


def test_a_file_that_grows_while_it_is_read(start_host: StartHost, folder: Path) -> None:
    (folder / "still").write_bytes(SMALL)
    with (folder / "grows").open("wb") as file:
        file.truncate(60_000_000)  # to be read for longer than the writer pauses
    server = start_host()
    writer = subprocess.Popen(["/bin/sh", "-c", "while :; do echo more >>grows; done"], cwd=folder)
    try:
        found = read(server, folder)
    finally:
        writer.kill()
        writer.wait()
    assert [(p.path, p.kind) for p in found.problems] == [("grows", ProblemKind.UNSTABLE)]
    assert {e.path for e in found.entries if e.digest} == {"still"}


def test_a_folder_that_is_replaced_by_a_link_is_not_taken_for_what_it_leads_to(
    start_host: StartHost, folder: Path
) -> None:
    outside = folder.parent / "outside"
    for place in (folder / "swapped", folder / "gone", folder / "still", outside):
        place.mkdir()
        (place / "small").write_bytes(SMALL)
        (place / "large").write_bytes(LARGE)
    (folder / "replaced").write_bytes(SMALL)

    def change(_advance: Advance) -> None:
        """Once the tree is listed."""
        if not (folder / "swapped").is_symlink():
            (folder / "swapped").rename(folder.parent / "away")
            (folder / "swapped").symlink_to(outside)
            (folder / "gone").rename(folder.parent / "gone")
            (folder / "replaced").unlink()
            (folder / "replaced").symlink_to(outside / "small")

    address = replace(SSHAddress.parse(start_host().url("/")), root=str(folder))
    found = SSHSource(address, SHELL).snapshot(ScanRequest(), change)
    assert {e.path for e in found.entries if e.digest} == {"still/small", "still/large"}
    assert {p.path: p.kind for p in found.problems} == {
        "gone": ProblemKind.UNSTABLE,
        "gone/large": ProblemKind.VANISHED,
        "gone/small": ProblemKind.VANISHED,
        "replaced": ProblemKind.UNSTABLE,
        "swapped": ProblemKind.UNSTABLE,
        "swapped/large": ProblemKind.UNSTABLE,
        "swapped/small": ProblemKind.UNSTABLE,
    }


def test_what_lies_too_deep_to_be_named_is_told(start_host: StartHost, folder: Path) -> None:
    place = os.open(folder, os.O_RDONLY)
    for _depth in range(21):
        os.mkdir("d" * 200, dir_fd=place)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = below
    os.close(os.open("f", os.O_CREAT | os.O_WRONLY, dir_fd=place))
    os.close(place)
    found = read(start_host(), folder)
    assert len(found.entries) == 20
    assert {problem.kind for problem in found.problems} == {ProblemKind.UNREADABLE}
    assert all("File name too long" in problem.detail for problem in found.problems)


def test_a_tool_that_is_lacking_is_named(start_sshd: StartServer, tmp_path: Path, folder: Path) -> None:
    for tool in ("find", "stat", "cat", "readlink", "dd", "date", "tee", "sha1sum"):
        tools = Path(gnu_tools(tmp_path / f"without-{tool}"))
        (tools / tool).unlink()
        with pytest.raises(MethodUnavailableError, match=f"lacks .*{tool}"):
            read(start_sshd(path=str(tools)), folder)


def test_a_rate_limit_is_kept(start_host: StartHost, folder: Path) -> None:
    for number in range(100):
        (folder / f"small{number}").write_bytes(b"x" * 15_000)
    for number in range(15):
        (folder / f"large{number}").write_bytes(b"x" * 100_000)
    started = time.monotonic()
    found = read(start_host(), folder, replace(WHOLE, rate_limit=2.0))
    assert time.monotonic() - started > 1.5
    assert found.scan.bytes == 3_000_000


def test_a_host_where_no_digest_can_be_made_of_the_answer(
    start_sshd: StartServer, tmp_path: Path, folder: Path
) -> None:
    command = busybox_host(tmp_path / "alone", tmp_path / "shared", mounts=["dev"])
    with pytest.raises(MethodUnavailableError, match="lacks /proc/self/fd"):
        read(start_sshd(force_command=command), folder)


def test_a_host_without_python_is_read_by_shell_unasked(
    start_sshd: StartServer, tmp_path: Path, folder: Path
) -> None:
    (folder / "a").write_text("a")
    server = start_sshd(force_command=busybox_host(tmp_path / "alone", tmp_path / "shared"))
    found = read(server, folder, access=Access())
    assert found.source.method == "shell"
    assert any("no Python 3.6 or newer" in note for note in found.notes)
    assert [e.path for e in found.entries] == ["a"]


@pytest.mark.parametrize("shell", ["tcsh", "fish", "bash"])
def test_login_shells(start_sshd: StartServer, tmp_path: Path, folder: Path, shell: str) -> None:
    (folder / "a").write_text("a")
    command = f'echo noise; {program(shell)} -c "$SSH_ORIGINAL_COMMAND"'
    server = start_sshd(path=busybox_tools(tmp_path / "tools"), force_command=command)
    assert [e.path for e in read(server, folder).entries] == ["a"]
