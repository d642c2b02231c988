"""Entries of what SFTP says of a path."""

import re
import stat as modes
from dataclasses import dataclass, field

from driftaudit.model.entry import (
    MODE_DIRECTORY,
    MODE_EXECUTABLE,
    MODE_FILE,
    MODE_SYMLINK,
    Entry,
    Kind,
)
from driftaudit.sources.sftp.packets import Attributes, Name

NANOSECONDS = 10**9  # of a second
_LINE = re.compile(rb"(\S{10})\S? +[0-9?]+ +([A-Za-z_][A-Za-z0-9_.-]*\$?) +\S+ +([0-9]+) ")

_KINDS = {modes.S_IFREG: Kind.FILE, modes.S_IFDIR: Kind.DIRECTORY, modes.S_IFLNK: Kind.SYMLINK}


@dataclass(frozen=True, slots=True)
class Seen:
    """A path that was listed. `owner` is a name where the server has one."""

    path: str
    attributes: Attributes
    owner: str

    @property
    def kind(self) -> Kind:
        """What it is."""
        return _KINDS.get(modes.S_IFMT(self.attributes.permissions or 0), Kind.SPECIAL)

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return self.attributes.size or 0


@dataclass(slots=True)
class Owners:
    """Names of users, each taken once from a line that is plainly one of `ls -l`."""

    _names: dict[int, str] = field(default_factory=dict)

    def of(self, name: Name) -> str:
        """Return the owner's name, or the number where the line cannot be trusted to hold it."""
        uid = name.attributes.uid
        if uid is None:
            return ""
        if uid not in self._names:
            self._names[uid] = _owner_in(name) or str(uid)
        return self._names[uid]


def _owner_in(name: Name) -> str | None:
    attributes = name.attributes
    match = _LINE.match(name.line)
    if not match or int(match[3]) != attributes.size or not name.line.endswith(name.name):
        return None
    if match[1].decode("ascii", "replace") != modes.filemode(attributes.permissions or 0):
        return None
    return match[2].decode("ascii")


def entry_of(
    seen: Seen,
    digest: str | None = None,
    text_digest: str | None = None,
    link_target: str | None = None,
    *,
    pruned: bool = False,
) -> Entry:
    """Return the entry of a path, as the agent's answer would give it, but for the parts of a second."""
    kind, st_mode = seen.kind, seen.attributes.permissions or 0
    return Entry(
        seen.path,
        kind,
        _git_mode(kind, st_mode),
        size=seen.size if kind in (Kind.FILE, Kind.SYMLINK) else None,
        digest=digest,
        text_digest=text_digest,
        link_target=link_target,
        modified_ns=(seen.attributes.modified or 0) * NANOSECONDS,
        owner=seen.owner or None,
        permissions=modes.S_IMODE(st_mode),
        pruned=pruned,
    )


def _git_mode(kind: Kind, st_mode: int) -> str:
    if kind is Kind.FILE:
        return MODE_EXECUTABLE if st_mode & modes.S_IXUSR else MODE_FILE
    if kind is Kind.SYMLINK:
        return MODE_SYMLINK
    return MODE_DIRECTORY if kind is Kind.DIRECTORY else f"{modes.S_IFMT(st_mode):06o}"
