"""Trees that no sane person makes, and that lie on servers all the same."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from driftaudit.model.entry import Entry
from driftaudit.model.problem import ProblemKind
from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.base import ScanRequest
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.source import SSHSource
from tests.support.agents import MEGABYTE, agents, peak_memory
from tests.support.git import commit, git, new_repository
from tests.support.sshd import SSHServer

EMPTY = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
MOST_MEMORY = 60 * MEGABYTE


def scan(folder: Path, **request: object) -> Snapshot:
    return DirectorySource(folder).snapshot(ScanRequest(**request))  # type: ignore[arg-type]


def by_path(snapshot: Snapshot) -> dict[str, Entry]:
    return {entry.path: entry for entry in snapshot.entries}


@contextmanager
def chain_of_folders(root: Path, name: str, depth: int) -> Iterator[int]:
    """Make a folder in a folder, deeper than a path can say; yield a descriptor of the last one."""
    current = os.open(root, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=current)
        below = os.open(name, os.O_RDONLY, dir_fd=current)
        os.close(current)
        current = below
    try:
        yield current
    finally:
        os.close(current)


def put(folder: int, name: str, content: bytes) -> None:
    handle = os.open(name, os.O_WRONLY | os.O_CREAT, 0o644, dir_fd=folder)
    os.write(handle, content)
    os.close(handle)


def test_names_of_255_bytes(tmp_path: Path) -> None:
    names = ["x" * 255, "é" * 127 + "y", "\udcff" * 255]
    for name in names:
        (tmp_path / name).write_bytes(b"")
    (tmp_path / ("d" * 255)).mkdir()
    (tmp_path / ("d" * 255) / ("f" * 255)).symlink_to("t" * 4000)
    found = by_path(scan(tmp_path))
    assert {path for path, entry in found.items() if entry.digest == EMPTY} == set(names)
    assert found["d" * 255 + "/" + "f" * 255].link_target == "t" * 4000
    assert len(found) == 5


@pytest.mark.parametrize("depth", [15, 16, 17, 40])
def test_paths_of_4096_bytes_and_more(tmp_path: Path, depth: int) -> None:
    name = "n" * 255
    with chain_of_folders(tmp_path, name, depth) as last:
        put(last, "file", b"")
    found = scan(tmp_path)
    assert found.complete
    deepest = "/".join([name] * depth) + "/file"
    assert len(deepest) > 15 * 256
    assert by_path(found)[deepest].digest == EMPTY
    assert len(found.entries) == depth + 1
    shutil.rmtree(tmp_path / name)


def test_the_same_over_ssh(tmp_path: Path, sshd: SSHServer) -> None:
    root = tmp_path / "root"
    root.mkdir()
    with chain_of_folders(root, "n" * 255, 20) as last:
        put(last, "\udcff" * 255, b"")
    over_ssh = SSHSource(SSHAddress.parse(sshd.url(root))).snapshot(ScanRequest())
    assert over_ssh.complete
    assert over_ssh.entries == scan(root).entries
    assert len(over_ssh.entries) == 21


@pytest.mark.parametrize("depth", [500, 5000])
def test_depth(tmp_path: Path, depth: int) -> None:
    with chain_of_folders(tmp_path, "d", depth) as last:
        put(last, "file", b"")
    started = time.monotonic()
    found = scan(tmp_path)
    assert time.monotonic() - started < 30
    assert found.complete
    assert by_path(found)["d/" * depth + "file"].digest == EMPTY
    assert len(found.entries) == depth + 1
    subprocess.run(
        ["rm", "-r", str(tmp_path / "d")], check=True
    )  # Python's own goes no deeper than its stack


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose one folder has 100,000 files."""
    folder = tmp_path_factory.mktemp("crowd") / "repository"
    new_repository(folder)
    (folder / "many").mkdir()
    for number in range(100_000):
        (folder / "many" / f"file-{number:06}").touch()
    return folder


def watched(source: DirectorySource, request: ScanRequest) -> tuple[Snapshot, dict[int, int]]:
    """Scan, and return with it the most memory that each process of the agent had."""
    peaks: dict[int, int] = {}
    with ThreadPoolExecutor(1) as pool:
        scanning = pool.submit(source.snapshot, request)
        while not scanning.done():
            for pid in agents():
                peaks[pid] = max(peaks.get(pid, 0), peak_memory(pid))
            time.sleep(0.01)  # the pause of this poll
        return scanning.result(), peaks


def test_a_folder_of_100_000_files(crowd: Path) -> None:
    found, peaks = watched(DirectorySource(crowd / "many"), ScanRequest())
    assert found.complete
    assert {entry.digest for entry in found.entries} == {EMPTY}
    assert len(found.entries) == 100_000
    assert len(peaks) >= 2
    assert max(peaks.values()) < MOST_MEMORY


def test_the_same_folder_that_is_desired_as_it_is(crowd: Path, tmp_path: Path) -> None:
    commit(crowd, {"last": ""})
    trees = {"many": git(crowd, "rev-parse", "HEAD:many")}
    found, peaks = watched(DirectorySource(crowd), ScanRequest(trees=trees))
    assert [(folder.path, folder.entries) for folder in found.equal_folders] == [("many", 100_000)]
    assert max(peaks.values()) < MOST_MEMORY


def test_sparse_files_of_2_gb(tmp_path: Path) -> None:
    size = 2 << 30
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(size)
    refused = scan(tmp_path)
    assert [(problem.path, problem.kind) for problem in refused.problems] == [
        ("sparse", ProblemKind.TOO_LARGE)
    ]
    assert by_path(refused)["sparse"].digest is None
    found, peaks = watched(DirectorySource(tmp_path), ScanRequest(max_file_bytes=size))
    assert found.complete
    assert by_path(found)["sparse"].digest == "77e9132b46cb9535f286f18974872f40049d1a89"
    assert max(peaks.values()) < MOST_MEMORY
