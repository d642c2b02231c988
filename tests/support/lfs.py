"""Repositories whose large files Git LFS keeps, made with its own commands."""

import subprocess
from pathlib import Path

from tests.support.git import commit, git, new_repository
from tests.support.programs import program

TRACKED = "*.bin filter=lfs diff=lfs merge=lfs -text\n"


def lfs_repository(folder: Path) -> Path:
    """Make a repository in which Git LFS keeps *.bin."""
    program("git-lfs")
    repository = new_repository(folder)
    git(repository, "lfs", "install", "--local", "--skip-smudge")
    commit(repository, {".gitattributes": TRACKED})
    return repository


def pointer(repository: Path, revision_path: str) -> bytes:
    """Return what the commit has at REVISION:PATH."""
    shown = ["git", "cat-file", "blob", revision_path]
    return subprocess.run(shown, cwd=repository, capture_output=True, check=True).stdout


def stored(repository: Path, revision_path: str) -> Path:
    """Return the file in the store that the pointer at REVISION:PATH stands for."""
    oid = pointer(repository, revision_path).split(b"sha256:")[1][:64].decode()
    return repository / ".git" / "lfs" / "objects" / oid[:2] / oid[2:4] / oid
