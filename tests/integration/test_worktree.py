"""The working tree as it lies on disk."""

from pathlib import Path

import pytest

from driftaudit.model.mapping import IDENTITY, PathMapping
from driftaudit.model.problem import ProblemKind
from driftaudit.model.snapshot import Snapshot
from driftaudit.repo import Repository
from driftaudit.sources.base import ScanRequest
from driftaudit.sources.worktree import WorktreeSource
from tests.support.git import commit, git, new_repository, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = new_repository(tmp_path / "repository")
    commit(made, {"kept": "1\n", "edited": "1\n", "removed": "1\n", ".gitignore": "ignored/\n*.tmp\n"})
    return made


def read(folder: Path, mapping: PathMapping = IDENTITY) -> Snapshot:
    return WorktreeSource(Repository.containing(folder), mapping).snapshot(ScanRequest())


def test_it_holds_what_tar_would_take_less_what_git_ignores(folder: Path) -> None:
    write(folder, {"edited": "2\n", "removed": None, "new/file": "3\n", "ignored/x": "4\n", "x.tmp": "5\n"})
    found = {entry.path: entry.digest for entry in read(folder).entries}
    assert sorted(found) == [".gitignore", "edited", "kept", "new", "new/file"]
    assert found["edited"] == git(folder, "hash-object", "edited")


def test_a_note_names_what_no_commit_holds(folder: Path) -> None:
    write(folder, {"edited": "2\n", "new/file": "3\n"})
    assert read(folder).notes == ("2 files of the working tree are not committed: edited, new/file",)


def test_uncommitted_files_that_are_not_deployed_are_not_named(folder: Path) -> None:
    commit(folder, {"api/x": "1\n"})
    write(folder, {"edited": "2\n"})
    assert read(folder, PathMapping((("api", ""),))).notes == ()


def test_a_submodule_is_a_problem(folder: Path) -> None:
    other = new_repository(folder.parent / "other")
    commit(other, {"x": "1\n"})
    git(folder, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "vendor")
    found = read(folder)
    assert [(problem.path, problem.kind) for problem in found.problems] == [("vendor", ProblemKind.SUBMODULE)]
    assert [entry.mode for entry in found.entries if entry.path == "vendor"] == ["160000"]


def test_a_repository_within_it_is_a_problem_and_not_a_file(folder: Path) -> None:
    commit(new_repository(folder / "vendor" / "lib"), {"x.js": "1\n"})
    found = read(folder)
    assert [(problem.path, problem.kind) for problem in found.problems] == [
        ("vendor/lib", ProblemKind.SUBMODULE)
    ]
