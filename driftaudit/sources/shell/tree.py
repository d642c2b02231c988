"""Entries from what was listed and read. Pure."""

import stat
from collections.abc import Iterator

from driftaudit.model.entry import (
    MODE_DIRECTORY,
    MODE_EXECUTABLE,
    MODE_FILE,
    MODE_SYMLINK,
    Entry,
    Kind,
)
from driftaudit.sources.shell.contents import Contents
from driftaudit.sources.shell.records import Stated


def entries(contents: Contents) -> Iterator[Entry]:
    """Yield the entries in the order of their paths."""
    for path, state in sorted(contents.survey.stated.items()):
        yield _entry(path, state, contents)


def _entry(path: str, state: Stated, contents: Contents) -> Entry:
    size: int | None = None
    digest = contents.digests.get(path)
    target: str | None = None
    if stat.S_ISREG(state.mode):
        kind, mode, size = Kind.FILE, MODE_EXECUTABLE if state.mode & stat.S_IXUSR else MODE_FILE, state.size
    elif stat.S_ISDIR(state.mode):
        kind, mode = Kind.DIRECTORY, MODE_DIRECTORY
    elif stat.S_ISLNK(state.mode):
        kind, mode, size = Kind.SYMLINK, MODE_SYMLINK, state.size
        target = contents.targets.get(path)
    else:
        kind, mode = Kind.SPECIAL, f"{stat.S_IFMT(state.mode):06o}"
    return Entry(
        path,
        kind,
        mode,
        size,
        digest,
        contents.text_digests.get(path),
        target,
        modified_ns=state.modified_ns,
        owner=state.owner,
        permissions=state.mode & 0o7777,
        pruned=path in contents.survey.pruned,
    )
