"""A scan that remembers an earlier one sees what a scan without memory sees, whatever was done in between."""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from driftaudit.cache import Cache
from driftaudit.compare.equal import filled_in
from driftaudit.model.listing import Listing
from driftaudit.model.snapshot import Snapshot
from driftaudit.repo import Repository
from driftaudit.sources.base import ScanRequest
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.git import GitSource
from tests.support.clock import let_it_tick
from tests.support.git import git, new_repository

NAMES = ["a", "b", "a.b", "a-b", "é", "\udcff", "x y", "node_modules", "app.log"]
paths = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map("/".join)
texts = st.sampled_from(["1", "2", "1\r\n", "", "longer than the others"])
trees = st.dictionaries(paths, texts, min_size=1, max_size=14)


def write(folder: Path, tree: Mapping[str, str]) -> None:
    for path, text in sorted(tree.items()):
        place = folder / path
        if not place.exists() and not any(parent.is_file() for parent in place.parents):
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text.encode())


def edit(root: Path, kind: str, number: int) -> None:
    """Change the tree in one way near one of its files."""
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    if files:
        EDITS[kind](root, files, files[number % len(files)])
    else:
        put(root / "first", "1")


def put(path: Path, text: str) -> None:
    """Write a file anew: a FIFO of that name would wait for a reader."""
    path.unlink(missing_ok=True)
    path.write_text(text)


def edit_in_silence(_root: Path, _files: list[Path], file: Path) -> None:
    """Other content, but size and time stay as they were."""
    state = file.stat()
    file.write_text("X" * state.st_size)
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))


def replace_in_silence(_root: Path, _files: list[Path], file: Path) -> None:
    state = file.stat()
    beside = file.with_name("beside")
    put(beside, "X" * state.st_size)
    os.utime(beside, ns=(state.st_atime_ns, state.st_mtime_ns))
    beside.replace(file)


def remove_folder(root: Path, _files: list[Path], file: Path) -> None:
    if file.parent != root:
        shutil.rmtree(file.parent)


def add_folder(_root: Path, _files: list[Path], file: Path) -> None:
    (file.parent / "new" / "er").mkdir(parents=True, exist_ok=True)
    put(file.parent / "new" / "er" / "file", "new")


def link(_root: Path, _files: list[Path], file: Path) -> None:
    file.unlink()
    file.symlink_to("1")


def fifo(_root: Path, _files: list[Path], file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def swap(root: Path, files: list[Path], file: Path) -> None:
    if files[-1] != file:
        file.replace(root / "held")
        files[-1].replace(file)
        (root / "held").replace(files[-1])


def move_folder(root: Path, _files: list[Path], file: Path) -> None:
    if file.parent != root and not (root / "moved").exists():
        file.parent.replace(root / "moved")


EDITS: dict[str, Callable[[Path, list[Path], Path], object]] = {
    "edit": lambda _root, _files, file: file.write_text("edited"),
    "touch": lambda _root, _files, file: file.touch(),
    "chmod": lambda _root, _files, file: file.chmod(0o755),
    "remove": lambda _root, _files, file: file.unlink(),
    "add": lambda _root, _files, file: put(file.parent / "added", "added"),
    "edit in silence": edit_in_silence,
    "replace in silence": replace_in_silence,
    "remove folder": remove_folder,
    "add folder": add_folder,
    "link": link,
    "fifo": fifo,
    "swap": swap,
    "move folder": move_folder,
}
edits = st.lists(st.tuples(st.sampled_from(list(EDITS)), st.integers(0, 30)), max_size=4)


@dataclass
class Place:
    """A live folder, what is desired there, and a memory of earlier scans."""

    folder: Path
    cache: Cache
    trees: Mapping[str, str] = field(default_factory=dict)
    desired: Listing | None = None

    def same_as_without_memory(self) -> Snapshot:
        let_it_tick(self.folder.parent)
        request = ScanRequest(
            prune=("node_modules/",), unread=("*.log",), trees=self.trees, cache=self.cache, clock_tick=0.0
        )
        source = DirectorySource(self.folder)
        remembered = source.snapshot(request)
        fresh = source.snapshot(replace(request, cache=Cache()))
        assert remembered.problems == fresh.problems
        assert remembered.scan.bytes == fresh.scan.bytes
        assert remembered.scan.hashed_files + remembered.scan.cached_files == fresh.scan.hashed_files
        if self.desired is None:
            assert remembered.entries == fresh.entries
        else:
            assert filled_in(remembered, self.desired) == filled_in(fresh, self.desired)
        return remembered


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(trees, st.lists(edits, min_size=1, max_size=3))
def test_what_is_remembered_of_a_folder_is_what_is_there(
    tree: dict[str, str], rounds: list[list[tuple[str, int]]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        place = Place(Path(name) / "live", Cache(Path(name) / "cache"))
        write(place.folder, tree)
        place.same_as_without_memory()
        for todo in rounds:
            for kind, number in todo:
                edit(place.folder, kind, number)
            place.same_as_without_memory()
        assert place.same_as_without_memory().scan.hashed_files == 0


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(trees, st.lists(edits, min_size=1, max_size=3), st.booleans())
def test_and_so_it_is_beside_a_desired_commit_that_moves_on(
    tree: dict[str, str], rounds: list[list[tuple[str, int]]], commits: bool
) -> None:
    with tempfile.TemporaryDirectory() as name:
        repository = new_repository(Path(name) / "repository")
        write(repository, tree)
        git(repository, "add", "--all")
        git(repository, "commit", "--quiet", "--message", "all")
        place = Place(Path(name) / "live", Cache(Path(name) / "cache"))
        write(place.folder, tree)
        for number, todo in enumerate([[], *rounds]):
            for kind, which in todo:
                edit(place.folder, kind, which)
            if commits and number:
                (repository / "later").write_text(str(number))
                git(repository, "add", "--all")
                git(repository, "commit", "--quiet", "--message", "later")
            source = GitSource(Repository.containing(repository), "HEAD")
            place.trees, (_commit, place.desired) = source.folder_trees(), source.listed()
            place.same_as_without_memory()
        assert place.same_as_without_memory().scan.hashed_files == 0
