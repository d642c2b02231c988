"""Every kind of source, for the suites that all of them pass."""

import os
from pathlib import Path

import pytest

from driftaudit.config.access import Access
from driftaudit.model.mapping import PathMapping
from driftaudit.repo import Repository
from driftaudit.sources.base import Source
from driftaudit.sources.git import GitSource
from driftaudit.sources.worktree import WorktreeSource
from tests.support.git import commit, new_repository
from tests.support.sources import (
    ACCESS,
    ARCHIVES,
    FILES,
    KINDS,
    SFTP_ONLY,
    TOOLS,
    Make,
    archived,
    directory,
    of_host,
    packed_tree,
    saved_snapshot,
)


@pytest.fixture(params=KINDS)
def make(request: pytest.FixtureRequest) -> Make:
    """A way to make a source of a folder with a clean checkout in it."""
    if request.param == "git":
        return lambda tree, mapping: GitSource(Repository.containing(tree), "HEAD", mapping)
    if request.param == "worktree":
        return lambda tree, mapping: WorktreeSource(Repository.containing(tree), mapping)
    if request.param == "directory":
        return directory
    if request.param in ARCHIVES:
        return lambda tree, mapping: archived(packed_tree(tree, request.param), mapping)
    if request.param == "saved snapshot":
        return saved_snapshot
    start = request.getfixturevalue("start_sshd")
    access = ACCESS.get(request.param, Access())
    options = SFTP_ONLY if request.param == "sftp-only" else {}
    if request.param in TOOLS:
        options = {"path": TOOLS[request.param](request.getfixturevalue("tmp_path") / "tools")}
    server = start(**options)
    if request.param == "tar.gz on a host":
        return lambda tree, mapping: of_host(server, packed_tree(tree, "tar.gz"), mapping)

    def ssh(tree: Path, mapping: PathMapping) -> Source:
        (tree / ".git").rename(tree.parent / "git-away")
        return of_host(server, tree, mapping, access)

    return ssh


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A clean checkout of all sorts of entries."""
    folder = new_repository(tmp_path / "tree")
    (folder / "dir").mkdir()
    (folder / "dir" / "script").write_text("#!/bin/sh\n")
    (folder / "dir" / "script").chmod(0o755)
    (folder / "link").symlink_to("dir/script")
    (folder / "dir" / "dangling").symlink_to("no/where")
    (folder / "dir" / "to-folder").symlink_to("deep")
    (folder / "loop").symlink_to("loop")
    names = {os.fsencode(name).decode("utf-8", "surrogateescape"): content for name, content in FILES.items()}
    commit(folder, names)
    return folder
