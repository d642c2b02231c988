"""A check leaves no trace where it looks: not in the tree, and not in the home of the login."""

import os
import stat
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from driftaudit.config.access import Access, MethodName
from driftaudit.incident import Incident, build_incident
from driftaudit.sources.base import FetchRequest, ScanRequest, Source
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.methods import METHODS
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.source import SSHSource
from tests.support.cli import check, driftaudit
from tests.support.sshd import SSHServer, StartServer

LONG_AGO = (
    1_600_000_000 * 10**9
)  # ns: a file system that keeps access times roughly would renew these at once

State = dict[str, tuple[int, ...]]


def all_paths(folder: Path) -> list[Path]:
    return [folder, *sorted(folder.rglob("*"))]


def never_read(paths: Iterable[Path]) -> None:
    """Set access times that the next reading would change."""
    for path in paths:
        if not path.is_symlink():
            os.utime(path, ns=(LONG_AGO, path.stat().st_mtime_ns))


def but_access_times(state: State) -> State:
    return {path: found[:-1] for path, found in state.items()}


def stats(paths: Iterable[Path]) -> State:
    """All that a stat tells of each path; the access time of a link changes whenever it is read."""
    found: State = {}
    for path in paths:
        seen = path.lstat()
        times = (seen.st_mtime_ns, seen.st_ctime_ns, 0 if stat.S_ISLNK(seen.st_mode) else seen.st_atime_ns)
        place = (seen.st_dev, seen.st_ino, seen.st_nlink)
        found[str(path)] = (seen.st_mode, seen.st_uid, seen.st_gid, seen.st_size, *place, *times)
    return found


def contents(paths: Iterable[Path]) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in paths if path.is_file() and not path.is_symlink()}


@pytest.fixture
def incident(tmp_path: Path, sshd: SSHServer) -> Incident:
    folder = tmp_path / "incident"
    folder.mkdir()
    made = build_incident(folder, sshd.url(folder / "irisx-backend"))
    source = made.production / "src"
    (source / "link").symlink_to("app.js")
    (source / "run.sh").write_text("#!/bin/sh\n")
    (source / "run.sh").chmod(0o750)
    (source / "large.bin").write_bytes(b"\r\n" * 200_000)  # more than is read at a time, and read twice
    os.mkfifo(source / "fifo")
    return made


@pytest.mark.parametrize("words", [[], ["--deploy", "mirror"], ["--format", "html"]], ids=" ".join)
def test_production_is_byte_for_byte_and_stat_for_stat_what_it_was(
    incident: Incident, sshd: SSHServer, words: list[str]
) -> None:
    paths = all_paths(incident.production)
    bytes_before, home_before = contents(paths), all_paths(sshd.home)
    never_read(paths)
    before = stats(paths)
    assert driftaudit(incident.repository, "check", "production", *words).code == 3
    assert stats(paths) == before
    assert contents(paths) == bytes_before
    assert all_paths(incident.production) == paths
    assert all_paths(sshd.home) == home_before


def test_over_sftp_all_but_access_times_is_what_it_was(
    incident: Incident, sshd: SSHServer, start_sshd: StartServer
) -> None:
    server = start_sshd(options=("ForceCommand internal-sftp",))
    text = incident.settings.read_text().replace(
        "url: ssh:", f"url: {server.url(incident.production)} # ssh:"
    )
    incident.settings.write_text(text)
    paths = all_paths(incident.production)
    bytes_before, home_before = contents(paths), all_paths(server.home)
    before = but_access_times(stats(paths))
    outcome = check(incident.repository)
    assert (outcome.code, outcome.report["deployed"]["method"]) == (3, "sftp")
    assert but_access_times(stats(paths)) == before
    assert contents(paths) == bytes_before
    assert all_paths(incident.production) == paths
    assert all_paths(server.home) == home_before


def test_neither_the_repository_nor_the_ssh_files_of_the_caller_change(
    incident: Incident, sshd: SSHServer
) -> None:
    folders = (incident.repository, sshd.client.ssh)
    before = [contents(all_paths(folder)) for folder in folders]
    assert driftaudit(incident.repository, "check", "production").code == 3
    assert [contents(all_paths(folder)) for folder in folders] == before


def test_a_folder_of_this_machine_is_left_alone_as_well(incident: Incident) -> None:
    paths = all_paths(incident.production)
    never_read(paths)
    before = stats(paths)
    words = ("check", str(incident.production), "--map", "api/src:src", "--deploy", "replace:src")
    assert driftaudit(incident.repository, *words).code == 3
    assert stats(paths) == before
    assert all_paths(incident.production) == paths


def test_a_tree_that_may_not_be_written_is_checked_all_the_same(
    incident: Incident, start_sshd: StartServer
) -> None:
    server = start_sshd(without_root_powers=True)
    incident.settings.write_text(
        incident.settings.read_text().replace("url: ssh:", f"url: {server.url(incident.production)} # ssh:")
    )
    folders = [path for path in all_paths(incident.production) if path.is_dir() and not path.is_symlink()]
    for folder in folders:
        folder.chmod(0o555)
    server.home.chmod(0o555)
    try:
        outcome = driftaudit(incident.repository, "check", "production")
    finally:
        for folder in (*folders, server.home):
            folder.chmod(0o755)
    assert (outcome.code, outcome.err) == (3, "")


@pytest.mark.parametrize("method", ["agent", "shell", "sftp", "folder"])
def test_fetching_contents_leaves_no_trace_either(
    incident: Incident, sshd: SSHServer, tmp_path: Path, method: MethodName
) -> None:
    paths = all_paths(incident.production)
    bytes_before, home_before = contents(paths), all_paths(sshd.home)
    address = SSHAddress.parse(sshd.url(incident.production))
    here = method not in METHODS
    source: Source = (
        DirectorySource(incident.production) if here else SSHSource(address, Access(method=method))
    )
    found = source.snapshot(ScanRequest())
    entries = tuple(replace(entry, link_target=None) for entry in found.entries if entry.digest)
    never_read(paths)
    before = stats(paths)
    (tmp_path / "kept").mkdir()
    fetched = source.fetch(FetchRequest(entries, tmp_path / "kept"))
    assert fetched.files.keys() == {entry.path for entry in entries}
    seen = but_access_times if method in ("shell", "sftp") else dict
    assert seen(stats(paths)) == seen(before)
    assert contents(paths) == bytes_before
    assert all_paths(incident.production) == paths
    assert all_paths(sshd.home) == home_before
