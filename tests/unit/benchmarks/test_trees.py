"""Trees and their drift, on disk and in a real repository."""

import subprocess
from pathlib import Path

from benchmarks.drift import drift_to, edited, put_back
from benchmarks.trees import Size, Tree, paths, tree_in


def git(tree: Tree, *words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=tree.repository, capture_output=True, text=True, check=True
    ).stdout


def differing(tree: Tree) -> set[str]:
    return {
        path
        for path in paths(tree.size)
        if (tree.live / path).read_bytes() != (tree.repository / path).read_bytes()
    }


def test_a_tree_is_committed_and_live_alike(tmp_path: Path) -> None:
    tree = tree_in(tmp_path, 40)
    assert git(tree, "status", "--porcelain") == ""
    assert sorted(git(tree, "ls-files").split()) == sorted(paths(tree.size))
    assert sum(path.is_file() for path in tree.live.rglob("*")) == 40
    assert differing(tree) == set()


def test_the_same_size_gives_the_same_commit_and_times(tmp_path: Path) -> None:
    one, other = tree_in(tmp_path / "one", 40), tree_in(tmp_path / "other", 40)
    assert git(one, "rev-parse", "HEAD") == git(other, "rev-parse", "HEAD")
    times = {path.stat().st_mtime for tree in (one, other) for path in tree.live.rglob("*")}
    assert len(times) == 1


def test_the_usual_tree_is_that_of_the_goals() -> None:
    assert Size.of(80_000) == Size(files=80_000, folders=5_000, size=1_300_000_000)


def test_a_tree_that_is_whole_is_used_again_and_another_made_anew(tmp_path: Path) -> None:
    tree = tree_in(tmp_path, 40)
    (tree.live / "mark").touch()
    assert (tree_in(tmp_path, 40).live / "mark").exists()
    (tree.folder / "whole.json").unlink()  # as where the making was interrupted
    assert not (tree_in(tmp_path, 40).live / "mark").exists()


def test_drift_edits_as_many_files_as_it_says_and_is_taken_back(tmp_path: Path) -> None:
    tree = tree_in(tmp_path, 40)
    for files in (3, 10, 2, 0):
        drift_to(tree, files)
        assert differing(tree) == set(edited(tree, files))
    for path in paths(tree.size):
        assert (tree.live / path).stat().st_mtime == (tree.repository / path).stat().st_mtime


def test_what_an_interrupted_run_left_is_put_back(tmp_path: Path) -> None:
    tree = tree_in(tmp_path, 40)
    drift_to(tree, 5)
    assert put_back(Tree(tree.folder, tree.size)) == 5
    assert put_back(tree) == 0
    assert differing(tree) == set()


def test_more_drift_than_files_edits_them_all(tmp_path: Path) -> None:
    tree = tree_in(tmp_path, 8)
    drift_to(tree, 100)
    assert len(differing(tree)) == 8
