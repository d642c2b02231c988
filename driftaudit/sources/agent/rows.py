"""Entries made of the rows that the program sends."""

import stat
from collections.abc import Mapping
from typing import Any

from driftaudit.model.entry import MODE_DIRECTORY, MODE_EXECUTABLE, MODE_FILE, MODE_SYMLINK, Entry, Kind
from driftaudit.sources.agent.memory import Facts

Row = list[Any]
"""[name, st_mode, size, mtime_ns, uid, digest, text digest or link target or "pruned"]"""


def entry(prefix: str, row: Row, owners: Mapping[int, str]) -> Entry:
    """Return the entry of a row; `prefix` is the folder with a slash at its end, or nothing for the root."""
    name, st_mode, size, modified_ns, uid, digest, extra = row
    path, owner, permissions = prefix + name, owners[uid], st_mode & 0o7777
    if stat.S_ISREG(st_mode):
        mode = MODE_EXECUTABLE if st_mode & stat.S_IXUSR else MODE_FILE
        ids = (digest or None, extra or None)
        return Entry(path, Kind.FILE, mode, size, *ids, None, modified_ns, owner, permissions)
    if stat.S_ISDIR(st_mode):
        return Entry(
            path,
            Kind.DIRECTORY,
            MODE_DIRECTORY,
            modified_ns=modified_ns,
            owner=owner,
            permissions=permissions,
            pruned=extra == "pruned",
        )
    if stat.S_ISLNK(st_mode):
        ids = (digest or None, None)
        return Entry(path, Kind.SYMLINK, MODE_SYMLINK, size, *ids, extra, modified_ns, owner, permissions)
    mode = f"{stat.S_IFMT(st_mode):06o}"
    return Entry(path, Kind.SPECIAL, mode, modified_ns=modified_ns, owner=owner, permissions=permissions)


def facts_of(rows: list[Row]) -> Facts:
    """Return what the rows of a folder come to."""
    files = [row for row in rows if stat.S_ISREG(row[1])]
    return Facts(len(rows), sum(row[2] for row in files), sum(bool(row[5]) for row in files))
