"""What is remembered of a live tree, and when it is not believed."""

import json
import resource
import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from driftaudit.cache import Cache
from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.agent.memory import NOTHING_KEPT, memory_key, recall, remember
from driftaudit.sources.base import ScanRequest
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.source import SSHSource
from tests.support.clock import let_it_tick
from tests.support.git import git
from tests.support.site import Site
from tests.support.sshd import StartServer

FILES = {"a": "1", "d/b": "22", "d/e/c": "333", "d/e/f/g": "4444", "node_modules/x": "5", "app.log": "6"}
READ = len(FILES)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "link").symlink_to("a")
    let_it_tick(tmp_path)
    return root


@pytest.fixture
def request_(tmp_path: Path) -> ScanRequest:
    return ScanRequest(cache=Cache(tmp_path / "cache"), clock_tick=0.0)


def scan(root: Path, request: ScanRequest) -> Snapshot:
    return DirectorySource(root).snapshot(request)


def counted(snapshot: Snapshot) -> tuple[int, int]:
    return snapshot.scan.hashed_files, snapshot.scan.cached_files


def key_of(root: Path, request: ScanRequest) -> tuple[str, ...]:
    return memory_key(str(root), "", str(root), request)


def kept_file(request: ScanRequest) -> Path:
    (file,) = (request.cache.folder or Path()).glob("scan-*")
    return file


def test_where_nothing_changed_nothing_is_read(tree: Path, request_: ScanRequest) -> None:
    first, second = scan(tree, request_), scan(tree, request_)
    assert (counted(first), counted(second)) == ((READ, 0), (0, READ))
    assert (second.entries, second.problems) == (first.entries, ())
    assert second.scan.bytes == first.scan.bytes
    assert second.notes == first.notes == ()


def test_only_the_folder_of_a_changed_file_is_read(tree: Path, request_: ScanRequest) -> None:
    scan(tree, request_)
    (tree / "d" / "b").write_text("xx")
    let_it_tick(tree.parent)
    second = scan(tree, request_)
    assert counted(second) == (1, READ - 1)
    assert second.entries == scan(tree, ScanRequest()).entries
    assert counted(scan(tree, request_)) == (0, READ)


def test_what_is_as_new_as_the_clock_can_tell_is_read_again(tree: Path, request_: ScanRequest) -> None:
    coarse = replace(request_, clock_tick=3600.0)
    assert [counted(scan(tree, coarse)) for _ in range(2)] == [(READ, 0)] * 2
    assert recall(coarse, key_of(tree, coarse)).folders == {}


def test_a_clock_that_ran_backwards_is_not_believed(tree: Path, request_: ScanRequest) -> None:
    scan(tree, request_)
    key = key_of(tree, request_)
    memory = recall(request_, key)
    assert memory.kept_at
    remember(request_, key, replace(memory, kept_at=memory.kept_at + 3600 * 10**9))
    assert counted(scan(tree, request_)) == (READ, 0)
    assert (recall(request_, key).kept_at or 0) < memory.kept_at + 3600 * 10**9
    assert counted(scan(tree, request_)) == (0, READ)


def damaged(content: bytes) -> Iterator[bytes]:
    for at in range(0, len(content), 97):
        yield content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]
    yield from (b"", content[:10], content[:-1], content + b"x", b"\0" * 5000)
    yield content.replace(b"driftaudit cache 1", b"driftaudit cache 2", 1)


def test_a_damaged_memory_is_never_believed(tree: Path, request_: ScanRequest) -> None:
    scan(tree, request_)
    key, file = key_of(tree, request_), kept_file(request_)
    whole = file.read_bytes()
    for content in damaged(whole):
        file.write_bytes(content)
        assert recall(request_, key) == NOTHING_KEPT
    assert counted(scan(tree, request_)) == (READ, 0)
    assert counted(scan(tree, request_)) == (0, READ)


FOREIGN: list[Any] = [
    b"",
    b"no line",
    b"[]\n",
    b"1\n",
    b"{}\n",
    b"[" * 100_000 + b"\n",
    {"folders": 1},
    {"folders": []},
    {"columns": [1, 2, 3]},
    {"columns": [4, 16, 0, 32, "x"]},
    {"columns": [-1, -1, -1, -1, -1]},
    {"owners": []},
    {"owners": {"x": "y"}},
    {"kept_at": "now"},
    {"kept_at": [1]},
]


@pytest.mark.parametrize("content", FOREIGN, ids=lambda content: repr(content)[:30])
def test_a_whole_file_that_means_nothing_is_no_memory(
    content: Any, tree: Path, request_: ScanRequest
) -> None:
    scan(tree, request_)
    key = key_of(tree, request_)
    kept = request_.cache.kept("scan", key)
    assert kept is not None
    if isinstance(content, dict):
        line, _end, rest = kept.partition(b"\n")
        content = json.dumps({**json.loads(line), **content}).encode() + b"\n" + rest
    request_.cache.keep("scan", key, content)
    assert counted(scan(tree, request_)) == (READ, 0)
    assert counted(scan(tree, request_)) == (0, READ)


def test_states_of_another_length_are_no_memory(tree: Path, request_: ScanRequest) -> None:
    scan(tree, request_)
    key = key_of(tree, request_)
    memory = recall(request_, key)
    cut = {path: kept._replace(state=kept.state[:8]) for path, kept in memory.folders.items()}
    remember(request_, key, replace(memory, folders=cut))
    assert counted(scan(tree, request_)) == (READ, 0)


def test_rehash_reads_all_and_keeps(tree: Path, request_: ScanRequest) -> None:
    scan(tree, request_)
    folder = request_.cache.folder
    assert counted(scan(tree, replace(request_, cache=Cache(folder, anew=True)))) == (READ, 0)
    kept_file(request_).unlink()
    scan(tree, replace(request_, cache=Cache(folder, anew=True)))
    assert counted(scan(tree, request_)) == (0, READ)


OTHERS: dict[str, dict[str, Any]] = {
    "prune": {"prune": ("node_modules/",)},
    "unread": {"unread": ("*.log",)},
    "known": {"known": frozenset(["app.log"])},
    "format": {"object_format": "sha256"},
    "limit": {"max_file_bytes": 1 << 20},
}


@pytest.mark.parametrize("other", OTHERS)
def test_other_questions_do_not_share_a_memory(other: str, tree: Path, request_: ScanRequest) -> None:
    scan(tree, request_)
    asked = replace(request_, **OTHERS[other])
    first = scan(tree, asked)
    assert first.scan.cached_files == 0
    assert first.entries == scan(tree, replace(asked, cache=Cache())).entries
    assert counted(scan(tree, request_)) == (0, READ)
    assert scan(tree, asked).entries == first.entries


def test_neither_do_other_places_and_other_readers(tree: Path, request_: ScanRequest) -> None:
    keys = {
        memory_key(url, reader, root, request_)
        for url in ("ssh://a/r", "ssh://b/r")
        for reader in ("", "deploy")
        for root in ("/r", "/s")
    }
    assert len(keys) == 8
    scan(tree, request_)
    copied = tree.parent / "copied"
    shutil.copytree(tree, copied, symlinks=True)
    assert counted(scan(copied, request_)) == (READ, 0)


def test_a_tree_that_is_put_in_the_place_of_another_is_read(tree: Path, request_: ScanRequest) -> None:
    """A restored tree has the old times of contents, but was changed when it was restored."""
    scan(tree, request_)
    shutil.copytree(tree, tree.parent / "copied", symlinks=True)
    shutil.rmtree(tree)
    (tree.parent / "copied").replace(tree)
    let_it_tick(tree.parent)
    assert counted(scan(tree, request_)) == (READ, 0)


def test_scans_at_once_share_a_folder_of_memories(tree: Path, request_: ScanRequest) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = [future.result() for future in [pool.submit(scan, tree, request_) for _ in range(8)]]
    assert all(one.entries == found[0].entries for one in found)
    assert counted(scan(tree, request_)) == (0, READ)
    assert len(list((request_.cache.folder or Path()).iterdir())) == 1


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may have a byte."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_is_no_error_and_leaves_nothing_half_written(tree: Path, request_: ScanRequest) -> None:
    with full_disk():
        assert counted(scan(tree, request_)) == (READ, 0)
    assert list((request_.cache.folder or Path()).iterdir()) == []
    assert counted(scan(tree, request_)) == (READ, 0)


def test_what_was_equal_to_another_desired_tree_is_read(tmp_path: Path, request_: ScanRequest) -> None:
    site = Site(tmp_path)
    let_it_tick(site.folder)
    repository = site.repository
    trees = {
        "src": git(repository, "rev-parse", "HEAD:src"),
        "src/lib": git(repository, "rev-parse", "HEAD:src/lib"),
    }
    first = scan(site.production, replace(request_, trees=trees))
    assert {folder.path for folder in first.equal_folders} == {"src", "src/lib"}
    again = scan(site.production, replace(request_, trees=trees))
    assert counted(again) == (0, 4)
    assert again.equal_folders == first.equal_folders
    other = scan(site.production, replace(request_, trees={"src": "1" * 40, "src/lib": "2" * 40}))
    assert other.equal_folders == ()
    assert counted(other) == (3, 1)
    files = [entry for entry in other.entries if entry.path.startswith("src/") and entry.digest]
    assert len(files) == 3
    assert all(entry.size and entry.modified_ns and entry.owner for entry in files)
    assert other.entries == scan(site.production, ScanRequest()).entries


def test_a_folder_with_a_problem_is_not_remembered(tree: Path, request_: ScanRequest) -> None:
    (tree / "d" / "large").write_text("x" * 100)
    let_it_tick(tree.parent)
    asked = replace(request_, max_file_bytes=50)
    for cached in (0, READ - 1, READ - 1):
        found = scan(tree, asked)
        assert [problem.path for problem in found.problems] == ["d/large"]
        assert found.scan.cached_files == cached
    assert "d" not in recall(asked, key_of(tree, asked)).folders


def test_the_memory_of_one_server_is_not_that_of_another(
    tree: Path, request_: ScanRequest, start_sshd: StartServer
) -> None:
    sources = [SSHSource(SSHAddress.parse(start_sshd().url(tree))) for _ in range(2)]
    assert [counted(source.snapshot(request_)) for source in sources] == [(READ, 0)] * 2
    assert [counted(source.snapshot(request_)) for source in sources] == [(0, READ)] * 2


@pytest.mark.parametrize("what", ["d/b", "d/e"])
def test_what_becomes_unreadable_is_a_problem_in_every_run(
    what: str, tree: Path, request_: ScanRequest, start_sshd: StartServer
) -> None:
    """AIDE's mistake: a changed file that is made unreadable looks okay to it."""
    source = SSHSource(SSHAddress.parse(start_sshd(without_root_powers=True).url(tree)))
    assert [counted(source.snapshot(request_)) for _ in range(2)] == [(READ, 0), (0, READ)]
    path = tree / what
    if path.is_file():
        path.write_text("edited")
    path.chmod(0)
    let_it_tick(tree.parent)
    try:
        found = [source.snapshot(request_) for _ in range(3)]
    finally:
        path.chmod(0o755)
    for one in found:
        assert [(problem.path, problem.kind) for problem in one.problems] == [(what, "unreadable")]
        assert what in [entry.path for entry in one.entries]
        assert not [entry for entry in one.entries if entry.path.startswith(what) and entry.digest]
    let_it_tick(tree.parent)
    assert source.snapshot(request_).entries == scan(tree, ScanRequest()).entries
