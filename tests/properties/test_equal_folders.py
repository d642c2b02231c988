"""A scan that may answer with equal folders gives the tree that a scan without them gives."""

import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from driftaudit.compare.equal import filled_in
from driftaudit.model.listing import listing_of
from driftaudit.model.mapping import PathMapping
from driftaudit.repo import Repository
from driftaudit.sources.base import ScanRequest
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.git import GitSource
from tests.support.git import git, new_repository

NAMES = ["a", "b", "a.b", "a-b", "é", "\udcff", "x y"]
paths = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map("/".join)
texts = st.sampled_from(["1", "2", "1\r\n", ""])
trees = st.dictionaries(paths, texts, min_size=1, max_size=12)
EDITS = ["nothing", "edit", "add", "remove", "mode", "link", "empty-folder", "fifo", "prune"]


def write(folder: Path, tree: dict[str, str]) -> list[Path]:
    written = []
    for path, text in sorted(tree.items()):
        place = folder / path
        if place.exists() or any(parent.is_file() for parent in place.parents):
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        written.append(place)
    return written


def edit(kind: str, place: Path) -> None:
    """Make the tree differ in one way near a file."""
    if not place.is_file() or place.is_symlink():
        return
    if kind == "edit":
        place.write_text("edited")
    elif kind == "add":
        (place.parent / "added").write_text("added")
    elif kind == "remove":
        place.unlink()
    elif kind == "mode":
        place.chmod(0o755)
    elif kind == "link":
        place.unlink()
        place.symlink_to("1")
    elif kind == "empty-folder":
        (place.parent / "empty").mkdir(exist_ok=True)
    elif kind == "fifo" and not (place.parent / "fifo").exists():
        os.mkfifo(place.parent / "fifo")
    elif kind == "prune":
        (place.parent / "node_modules").mkdir(exist_ok=True)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees, st.lists(st.tuples(st.sampled_from(EDITS), st.integers(0, 20)), max_size=2), st.booleans())
def test_equal_folders_change_nothing(
    tree: dict[str, str], edits: list[tuple[str, int]], mapped: bool
) -> None:
    with tempfile.TemporaryDirectory() as name:
        repository = new_repository(Path(name) / "repository")
        base = repository / "api" / "src" if mapped else repository
        written = write(base, tree)
        git(repository, "add", "--all")
        git(repository, "commit", "--quiet", "--message", "all")
        for kind, number in edits:
            edit(kind, written[number % len(written)])
        mapping = PathMapping((("api/src", ""),)) if mapped else PathMapping()
        source = GitSource(Repository.containing(repository), "HEAD", mapping)
        folder_trees, (_commit, desired) = source.folder_trees(), source.listed()
        (repository / ".git").rename(Path(name) / "away")
        full = DirectorySource(base).snapshot(ScanRequest(prune=("node_modules/",)))
        brief = DirectorySource(base).snapshot(ScanRequest(prune=("node_modules/",), trees=folder_trees))
        found = filled_in(brief, desired)
    assert found == listing_of(full.entries)
    assert len(found) == len(full.entries)
    assert brief.scan.bytes == full.scan.bytes
    assert brief.scan.hashed_files == full.scan.hashed_files
    assert brief.problems == full.problems
    if not edits:
        assert {folder.path for folder in brief.equal_folders} == set(desired.folders)
        assert brief.entries == ()
