"""Trees over SFTP from a real sshd: the agent says what is right."""

import os
import socket
import time
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from driftaudit.config.access import Access, Timeouts, TransportName
from driftaudit.errors import SourceError
from driftaudit.model.entry import Kind
from driftaudit.sources.base import Advance, ScanRequest
from driftaudit.sources.method import MethodUnavailableError
from driftaudit.sources.sftp import client, contents
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.source import SSHSource
from tests.support.delay import running_delay
from tests.support.git import write
from tests.support.plain_sftp import running_plain_sftp
from tests.support.proxy import running_proxy
from tests.support.sftp import ONLY, SFTP, assert_as_by_agent, by_path, problems, read, whole_seconds
from tests.support.sshd import ClientHome, SSHServer, StartServer


def test_an_account_for_sftp_alone_is_read_without_being_told_so(start_sshd: StartServer, tree: Path) -> None:
    write(tree, {"a": "text\n"})
    started = time.monotonic()
    server = start_sshd(options=(*ONLY, "MaxSessions 1"))
    found = read(server, tree, Access(timeouts=Timeouts(silence=30)))
    assert time.monotonic() - started < 5
    assert found.source.method == "sftp"
    assert found.complete
    assert any(note.startswith("not read by agent: ") for note in found.notes)
    assert found.notes[0].startswith("read over SFTP: 0.0 MB came over the wire in ")
    assert found.scan.wire_bytes_sent > 1000
    assert found.scan.wire_bytes_received > 1000


def test_the_agent_goes_before_where_the_host_can_do_both(sshd: SSHServer, tree: Path) -> None:
    assert read(sshd, tree, Access()).source.method == "agent"


def test_a_shell_that_runs_nothing_does_not_matter(
    start_sshd: StartServer, tree: Path, sftp_server: str
) -> None:
    """As with /usr/sbin/nologin: the agent's command ends, the subsystem is sshd's own."""
    nologin = '/bin/sh -c "case $SSH_ORIGINAL_COMMAND in *internal-sftp*) exec {};; *) exit 1;; esac"'
    server = start_sshd(force_command=nologin.format(sftp_server))
    assert read(server, tree, Access()).source.method == "sftp"


def test_a_host_without_the_subsystem(start_sshd: StartServer, tree: Path) -> None:
    with pytest.raises(MethodUnavailableError, match="has no subsystem sftp"):
        read(start_sshd(sftp=None), tree)
    server = start_sshd(force_command="echo This account is not available.; exit 1")
    with pytest.raises(MethodUnavailableError, match="what answers there is no SFTP server"):
        read(server, tree)
    server = start_sshd(force_command="echo no >&2; exit 3")
    with pytest.raises(MethodUnavailableError, match=r"no SFTP server started \(exit status 3\)"):
        read(server, tree)


def test_sudo_needs_a_shell(sshd: SSHServer, tree: Path) -> None:
    with pytest.raises(MethodUnavailableError, match="SFTP has no sudo"):
        read(sshd, tree, Access(method="sftp", become="root"))


def special(tree: Path) -> None:
    os.mkfifo(tree / "fifo")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(tree / "socket"))


def test_all_kinds_sizes_and_line_ends_are_as_the_agent_has_them(sshd: SSHServer, tree: Path) -> None:
    large = contents.WINDOW
    write(
        tree,
        {
            "empty": "",
            "lf": "a\nb\n",
            "crlf": "a\r\nb\n\r",
            "binary": b"\0\r\n",
            "large-crlf": b"ab\r\n" * (large // 2) + b"\r",
            "split-crlf": b"x" * (large - 1) + b"\r\n" + b"y" * large + b"\r",
            "large-binary": bytes(range(256)) * (3 * large // 256) + b"end\r\n",
            "window": b"z" * large,
            "window+1": b"z" * (large + 1),
            "deep/er/run": "#!/bin/sh\n",
        },
    )
    (tree / "deep/er/run").chmod(0o4751)
    (tree / "deep" / "empty").mkdir(mode=0o700)
    (tree / "out").symlink_to("/etc")
    (tree / "far").symlink_to("x" * 3000)
    special(tree)
    whole_seconds(tree)
    found = assert_as_by_agent(sshd, tree)
    kinds = {entry.path: entry.kind for entry in found.entries}
    assert (kinds["fifo"], kinds["socket"], kinds["out"]) == (Kind.SPECIAL, Kind.SPECIAL, Kind.SYMLINK)
    assert by_path(found)["split-crlf"].text_digest
    assert_as_by_agent(sshd, tree, object_format="sha256")


def test_names_of_all_bytes_that_a_name_can_have(sshd: SSHServer, tree: Path) -> None:
    for byte in range(1, 256):
        if byte not in b"/.":
            (tree / os.fsdecode(bytes([byte]))).write_bytes(bytes([byte]))
    for name in ("-rf", "...", "..x", "n" * 255, "-\n-", "a b", "\udcff\udcfe"):
        (tree / name).write_text(name, errors="surrogateescape")
    whole_seconds(tree)
    assert len(assert_as_by_agent(sshd, tree).entries) == 253 + 7


def test_a_folder_of_very_many_files(sshd: SSHServer, tree: Path) -> None:
    for number in range(100_000):
        os.close(os.open(tree / f"{number:x}", os.O_CREAT | os.O_WRONLY))
    found = read(sshd, tree, unread=("*",))
    assert found.complete
    assert len(found.entries) == 100_000


def test_a_depth_of_five_hundred(sshd: SSHServer, tree: Path) -> None:
    deep = tree / "/".join(["d"] * 500)
    deep.mkdir(parents=True)
    (deep / "file").write_text("deep\n")
    whole_seconds(tree)
    assert len(assert_as_by_agent(sshd, tree).entries) == 501


def test_paths_that_are_too_long_are_never_left_out_in_silence(sshd: SSHServer, tree: Path) -> None:
    """OpenSSH lists a folder without the names that would make a path of 4,096 bytes or more."""
    folder = os.open(tree, os.O_RDONLY)
    for _depth in range(20):
        os.mkdir("n" * 250, dir_fd=folder)
        below = os.open("n" * 250, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=folder))
    os.close(folder)
    found = read(sshd, tree)
    assert 10 < len(found.entries) < 20
    assert {kind for kind, _detail in problems(found).values()} == {"unreadable"}
    assert "SFTP could not say all in it" in next(iter(problems(found).values()))[1]


def test_what_a_request_leaves_out_is_left_out_as_by_the_agent(sshd: SSHServer, tree: Path) -> None:
    write(
        tree,
        {
            "node_modules/a/b.js": "1",
            "dist/kept/c.js": "2",
            "dist/d.js": "3",
            "logs/app.log": "4",
            "logs/kept.log": "5",
            "uploads/x/y": "6",
            "big": "12345678",
            "src/app.log": "7",
        },
    )
    whole_seconds(tree)
    found = assert_as_by_agent(
        sshd,
        tree,
        prune=("dist/", "!dist/kept/", "node_modules/"),
        unread=("logs/", "*.log", "!kept.log", "uploads/"),
        known=frozenset({"uploads/x/y"}),
        max_file_bytes=7,
    )
    assert by_path(found)["node_modules"].pruned
    assert problems(found) == {"big": ("too-large", "8 bytes are more than the limit of 7")}
    assert found.scan.hashed_files < 6


def test_without_contents_nothing_is_read_but_what_could_not_be_is_told(
    start_sshd: StartServer, tree: Path
) -> None:
    server = start_sshd(without_root_powers=True)
    write(tree, {"a": "1", "locked": "2"})
    (tree / "locked").chmod(0)
    os.utime(tree / "a", (1, 2))
    found = read(server, tree, read_contents=False)
    assert problems(found) == {"locked": ("unreadable", "Permission denied")}
    assert found.scan.hashed_files == 0
    assert (tree / "a").stat().st_atime == 1
    assert {entry.digest for entry in found.entries} == {None}


def test_what_may_not_be_read_is_a_problem_as_by_the_agent(start_sshd: StartServer, tree: Path) -> None:
    server = start_sshd(without_root_powers=True)
    write(tree, {"file": "1", "closed/a": "2", "listed/b": "3", "open/c": "4"})
    (tree / "file").chmod(0)
    (tree / "closed").chmod(0)
    whole_seconds(tree)
    assert set(problems(assert_as_by_agent(server, tree))) == {"file", "closed"}
    (tree / "closed").chmod(0o755)


def test_a_folder_that_may_be_listed_but_not_entered_is_not_empty(
    start_sshd: StartServer, tree: Path
) -> None:
    """OpenSSH leaves out each name that it cannot stat, and says nothing."""
    server = start_sshd(without_root_powers=True)
    write(tree, {"listed/b": "3"})
    (tree / "listed").chmod(0o444)
    found = read(server, tree)
    (tree / "listed").chmod(0o755)
    assert problems(found) == {"listed": ("unreadable", "Permission denied")}


def test_a_connection_that_is_cut_or_stalls_gives_no_tree(sshd: SSHServer, tree: Path) -> None:
    write(tree, {f"{number}/{number}": str(number) * 1000 for number in range(200)})
    server = sshd
    access = Access(method="sftp", timeouts=Timeouts(silence=1))
    with running_proxy(server.port) as whole:
        server.client.configure(f"Host far\n HostName 127.0.0.1\n HostKeyAlias {server.name}")
        address = SSHAddress.parse(f"ssh://far:{whole.port}{tree}")
        assert len(SSHSource(address, access).snapshot(ScanRequest()).entries) == 400
    for part in (0.2, 0.4, 0.6, 0.8, 0.95):
        for stall in (False, True) if part in (0.4, 0.8) else (False,):
            cut_after = int(whole.passed * part)
            with running_proxy(server.port, cut_after=cut_after, stall=stall) as proxy:
                address = SSHAddress.parse(f"ssh://far:{proxy.port}{tree}")
                with pytest.raises(SourceError, match=r"lost|silent|cut off"):
                    SSHSource(address, access).snapshot(ScanRequest())


def test_progress_grows(sshd: SSHServer, tree: Path) -> None:
    write(tree, {f"{number}": str(number) * 1000 for number in range(300)})
    told: list[Advance] = []
    address = SSHAddress.parse(sshd.url(tree))
    SSHSource(address, SFTP).snapshot(ScanRequest(), told.append)
    assert (told[0].entries, told[0].total_entries) == (0, 300)
    assert [one.bytes for one in told] == sorted(one.bytes for one in told)
    assert {one.total_bytes for one in told} == {sum(len(str(number)) * 1000 for number in range(300))}
    assert len(told) > 1


def test_a_rate_limit_is_kept(sshd: SSHServer, tree: Path) -> None:
    write(tree, {"a": b"x" * 3_000_000})
    started = time.monotonic()
    read(sshd, tree, rate_limit=2.0)
    assert time.monotonic() - started > 1.2


@pytest.mark.parametrize("transport", get_args(TransportName))
def test_a_server_that_refuses_every_command_and_says_little_of_what_it_lists(
    tree: Path, client_home: ClientHome, ssh_keys: Path, sshd: SSHServer, transport: TransportName
) -> None:
    write(tree, {"a/b": "text\r\n", "large": b"x" * 300_000, "empty": ""})
    (tree / "link").symlink_to("a/b")
    whole_seconds(tree)
    right = read(sshd, tree, Access(method="agent"))
    with running_plain_sftp(client_home, ssh_keys / "host") as url:
        found = SSHSource(SSHAddress.parse(f"{url}{tree}"), Access(transport)).snapshot(ScanRequest())
    assert found.complete
    assert "starts no program" in found.notes[-1]
    plain = tuple(replace(entry, owner=str(os.getuid())) for entry in right.entries)
    assert found.entries == plain


def test_many_files_at_the_end_of_long_paths_keep_neither_side_waiting(sshd: SSHServer, tree: Path) -> None:
    """Their requests are more than any buffer on the way would hold."""
    deep = tree.joinpath(*["n" * 250] * 12)
    deep.mkdir(parents=True)
    for number in range(2000):
        (deep / f"{number}").write_text(f"{number}\n")
    found = read(sshd, tree)
    assert found.complete
    assert found.scan.hashed_files == 2000


def test_a_listing_without_end_does_not_fill_the_memory(
    sshd: SSHServer, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MOST_NAMES", 50)
    write(tree, {f"{number}": "" for number in range(60)})
    with pytest.raises(SourceError, match="more than 50 names"):
        read(sshd, tree)


def test_a_far_host_is_not_asked_file_by_file(sshd: SSHServer, tree: Path) -> None:
    """One file after the other would take 100 seconds and more behind 50 ms of round trip."""
    write(tree, {f"{number % 40}/{number}": f"{number}\n" for number in range(1000)})
    with running_delay(sshd.port, 0.025) as port:
        sshd.client.configure(f"Host far\n HostName 127.0.0.1\n Port {port}\n HostKeyAlias {sshd.name}")
        started = time.monotonic()
        found = SSHSource(SSHAddress.parse(f"ssh://far{tree}"), SFTP).snapshot(ScanRequest())
    assert found.scan.hashed_files == 1000
    assert time.monotonic() - started < 30
