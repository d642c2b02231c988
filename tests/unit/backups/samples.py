"""Entries of trees that never were."""

import hashlib

from driftaudit.model.entry import MODE_DIRECTORY, MODE_EXECUTABLE, MODE_FILE, MODE_SYMLINK, Entry, Kind

SECOND = 1_000_000_000  # nanoseconds


def oid(content: str) -> str:
    return hashlib.sha1(content.encode()).hexdigest()


def file(path: str, content: str = "x", *, at: int = 1000, executable: bool = False) -> Entry:
    mode = MODE_EXECUTABLE if executable else MODE_FILE
    size = len(content)
    return Entry(path, Kind.FILE, mode, size, oid(content), modified_ns=at * SECOND, permissions=0o644)


def link(path: str, target: str) -> Entry:
    return Entry(path, Kind.SYMLINK, MODE_SYMLINK, len(target), oid("link" + target), link_target=target)


def folder(path: str) -> Entry:
    return Entry(path, Kind.DIRECTORY, MODE_DIRECTORY)
