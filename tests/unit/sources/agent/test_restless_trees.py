"""A tree that changes while it is scanned: what is told of it was there, and what stood still is there."""

import hashlib
import os
import shutil
import signal
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from driftaudit.errors import SourceError
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.agent.program.main import workers
from driftaudit.sources.base import ScanRequest
from driftaudit.sources.directory import DirectorySource
from tests.support.agents import agents, command_line, has_open
from tests.support.churn import CROWD, SECRET, churning, contents_at, make_tree, targets_at
from tests.support.waiting import eventually

SECONDS = 5.0  # of scans in a tree that changes
SCANS = 4  # at least, however busy the machine is
RATE = float(workers(0))  # MB/s, shared by the processes: the large file takes a second
LARGE = 1 << 20  # bytes
PLACES = [None, *([Path("/dev/shm")] if Path("/dev/shm").is_dir() else [])]


def blob_id(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def by_path(snapshot: Snapshot) -> dict[str, Entry]:
    return {entry.path: entry for entry in snapshot.entries}


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_what_is_told_of_a_restless_tree_was_there(place: Path | None, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=place or tmp_path) as name:
        root = Path(name) / "root"
        make_tree(root)
        ends, scans = time.monotonic() + SECONDS, 0
        with churning(root):
            while time.monotonic() < ends or scans < SCANS:
                look_at(DirectorySource(root).snapshot(ScanRequest()))
                scans += 1


def look_at(found: Snapshot) -> None:
    """Check that all of it was there at some time, that nothing is outside, and what must be there is."""
    twice = [path for path, times in Counter(entry.path for entry in found.entries).items() if times > 1]
    assert twice == []
    entries, problems = by_path(found), {problem.path: problem.kind for problem in found.problems}
    for path, entry in entries.items():
        assert SECRET not in path
        if path.startswith(("d", "f")):
            look_at_one(path, entry, problems)
    for number in range(40):
        assert entries[f"stable/s{number % 5}/f{number}"].digest == blob_id(b"stable %d" % number)
    assert not [path for path in problems if path.startswith("stable")]
    crowd = {f"crowd/c{number:04}" for number in range(CROWD)}
    assert "crowd" in problems or crowd <= entries.keys() | problems.keys()


def look_at_one(path: str, entry: Entry, problems: Mapping[str, str]) -> None:
    written = path.removesuffix(".new")
    if entry.kind is Kind.FILE:
        allowed = {blob_id(content) for content in contents_at(written) | contents_at(path)}
        assert entry.digest in allowed or (entry.digest is None and path in problems), (path, problems)
    elif entry.kind is Kind.SYMLINK:
        targets = {*targets_at(path), "../outside"}
        assert entry.link_target in targets or path in problems


class Amid:
    """A scan that stands still amid the file `a-large` of a folder of which all else is still to be read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.result: Future[Snapshot] = Future()
        self.still: list[int] = []

    def stand_still(self) -> None:
        """Hold the processes: what a test does is then done amid the scan, however busy the machine is."""
        self.still = agents()
        for pid in self.still:
            os.kill(pid, signal.SIGSTOP)

    def go_on(self) -> None:
        while self.still:
            with suppress(ProcessLookupError):  # a test may have killed it
                os.kill(self.still.pop(), signal.SIGCONT)

    def found(self) -> Snapshot:
        self.go_on()
        return self.result.result(60)


@pytest.fixture
def amid(tmp_path: Path) -> Iterator[Amid]:
    root, outside = tmp_path / "root", tmp_path / "outside"
    for folder in (root / "sub" / "below", root / "zz", outside):
        folder.mkdir(parents=True)
    (root / "a-large").write_bytes(b"x" * LARGE)
    (root / "file").write_text("file")
    (root / "link").symlink_to("file")
    (root / "sub" / "inner").write_text("inner")
    (root / "zz" / "stable").write_text("stable")
    (outside / SECRET).write_text(SECRET)
    scan = Amid(root)
    with ThreadPoolExecutor(1) as pool:
        scan.result = pool.submit(DirectorySource(root).snapshot, ScanRequest(rate_limit=RATE))
        eventually(lambda: any(has_open(pid, root / "a-large") for pid in agents()))
        scan.stand_still()
        assert any(has_open(pid, root / "a-large") for pid in scan.still)
        yield scan
        scan.go_on()


def test_nothing_happens_amid_a_scan(amid: Amid) -> None:
    found = amid.found()
    assert found.complete
    assert len(found.entries) == 8


def replaced(make: Callable[[Path], object]) -> Callable[[Path], object]:
    def change(place: Path) -> None:
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink()
        make(place)

    return change


def fifo_with_a_writer(place: Path) -> None:
    os.mkfifo(place)
    WRITERS.append(os.open(place, os.O_RDWR))


def bound_socket(place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))


def append(place: Path) -> None:
    with place.open("ab") as file:
        file.write(b"more")


def rewrite_in_silence(place: Path) -> None:
    state = place.stat()
    place.write_bytes(b"y" * state.st_size)
    os.utime(place, ns=(state.st_atime_ns, state.st_mtime_ns))


def out_of_the_root(place: Path) -> None:
    place.symlink_to(place.parent.parent / "outside")


WRITERS: list[int] = []  # descriptors that are open until the test ends
CHANGES: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "grows while it is read": ("a-large", append, "unstable"),
    "shrinks while it is read": ("a-large", lambda place: os.truncate(place, 10), "unstable"),
    "rewritten in silence": ("a-large", rewrite_in_silence, "unstable"),
    "grows": ("file", append, "unstable"),
    "shrinks": ("file", lambda place: os.truncate(place, 0), "unstable"),
    "mode": ("file", lambda place: place.chmod(0o755), "unstable"),
    "vanishes": ("file", Path.unlink, "vanished"),
    "becomes a link": ("file", replaced(out_of_the_root), "unstable"),
    "becomes a fifo": ("file", replaced(os.mkfifo), "unstable"),
    "becomes a fifo that is written to": ("file", replaced(fifo_with_a_writer), "unstable"),
    "becomes a socket": ("file", replaced(bound_socket), "unstable"),
    "becomes a folder": ("file", replaced(Path.mkdir), "unstable"),
    "a link that becomes a file": ("link", replaced(Path.touch), "unstable"),
    "a link that becomes a folder": ("link", replaced(Path.mkdir), "unstable"),
    "a link that vanishes": ("link", Path.unlink, "vanished"),
    "a folder that becomes a link": ("sub", replaced(out_of_the_root), "unstable"),
    "a folder that becomes a file": ("sub", replaced(Path.touch), "unstable"),
    "a folder that becomes a fifo": ("sub", replaced(os.mkfifo), "unstable"),
    "a folder that vanishes": ("sub", shutil.rmtree, "vanished"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_one_thing_happens_amid_a_scan(name: str, amid: Amid) -> None:
    path, change, kind = CHANGES[name]
    change(amid.root / path)
    found = amid.found()
    while WRITERS:
        os.close(WRITERS.pop())
    assert [(problem.path, problem.kind) for problem in found.problems] == [(path, kind)]
    entries = by_path(found)
    assert not [one for one in entries if SECRET in one]
    assert entries["zz/stable"].digest == blob_id(b"stable")
    if path in entries:
        assert entries[path].digest is None


def test_a_folder_that_comes_new_out_of_nothing_is_no_trouble(amid: Amid) -> None:
    replaced(Path.mkdir)(amid.root / "sub")
    (amid.root / "sub" / "new").write_text("new")
    found = amid.found()
    assert by_path(found)["sub/new"].digest == blob_id(b"new")
    assert "sub/inner" not in by_path(found)


@pytest.mark.parametrize("which", ["the one that reads", "one that waits", "the one that answers"])
def test_a_process_that_is_killed_gives_no_shorter_tree(which: str, amid: Amid) -> None:
    running = agents()
    busy = next(pid for pid in running if has_open(pid, amid.root / "a-large"))
    idle = [pid for pid in running[1:] if pid != busy] or [busy]  # a machine with one core has no other
    victim = {"the one that reads": busy, "the one that answers": running[0]}.get(which, idle[0])
    os.kill(victim, signal.SIGKILL)
    with pytest.raises(SourceError):
        amid.found()
    eventually(lambda: not any(command_line(pid) for pid in running))
