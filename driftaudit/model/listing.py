"""A whole tree in little room: a row of bytes a file, and entries made only where they are asked for."""

import hashlib
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from driftaudit.model.entry import (
    LINK,
    MODE_DIRECTORY,
    MODE_EXECUTABLE,
    MODE_FILE,
    MODE_SUBMODULE,
    MODE_SYMLINK,
    Entry,
    Kind,
)
from driftaudit.model.mapping import PathMapping, is_within

_OID = 12  # where the id begins in a row
_KINDS = {MODE_FILE: Kind.FILE, MODE_EXECUTABLE: Kind.FILE, MODE_SYMLINK: Kind.SYMLINK}


@dataclass(frozen=True)
class Listing:
    """All that a tree holds, as `git ls-tree -r -z` prints it.

    `content` has a row for each file, link, special file and submodule: mode, "blob", id, a tab, the path and
    a NUL, sorted by the bytes of the path; an id that is not known is made of dashes. `folders` are the paths
    of the folders, "" for the root included.
    """

    content: bytes
    folders: Collection[str]
    width: int = 40  # digits of an id

    @cached_property
    def rows(self) -> tuple[bytes, ...]:
        """The rows without their NUL. Many questions can be answered without."""
        return tuple(self.content.split(b"\0")[:-1])

    @property
    def _path(self) -> int:
        return _OID + self.width + 1

    def __len__(self) -> int:
        """How many entries the tree has, folders included, the root not."""
        return self.content.count(b"\0") + len(self.folders) - 1

    @cached_property
    def paths(self) -> bytes:
        """The paths of all files, joined by NUL."""
        start = self._path
        return b"\0".join([row[start:] for row in self.rows])

    def submodules(self) -> list[str]:
        """Return the paths of all submodules."""
        if b"160000 blob " not in self.content:
            return []
        rows = [row[self._path :] for row in self.rows if row.startswith(b"160000")]
        return [path.decode("utf-8", "surrogateescape") for path in rows]

    def links(self) -> dict[str, str]:
        """Return the blob ids of the targets of links, by their path, as far as they are known."""
        if MODE_SYMLINK.encode() + b" " not in self.content:
            return {}
        entries = (self._entry(row) for row in self.rows if row.startswith(MODE_SYMLINK.encode()))
        return {entry.path: entry.digest for entry in entries if entry.digest}

    def all_paths(self) -> Iterator[str]:
        """Yield the paths of all files and folders."""
        start = self._path
        yield from (row[start:].decode("utf-8", "surrogateescape") for row in self.rows)
        yield from (path for path in self.folders if path)

    def get(self, path: str) -> Entry | None:
        """Return the entry of a path, None where there is none."""
        if path in self.folders:
            return _folder(path)
        wanted = _bytes(path)
        at = self._at(wanted)
        found = at < len(self.rows) and self.rows[at][self._path :] == wanted
        return self._entry(self.rows[at]) if found else None

    def has(self, path: str) -> bool:
        """Whether there is something at a path or below it; the root is always there."""
        if not path or path in self.folders or self.get(path):
            return True
        below = _bytes(path + "/")
        at = self._at(below)
        return at < len(self.rows) and self.rows[at][self._path :].startswith(below)

    def first_with(self, contents: Iterable[str]) -> dict[str, str]:
        """Return, by content (see Entry.contents), the first path that has it."""
        wanted = {content.removeprefix(LINK).encode("ascii") for content in contents}
        found: dict[str, str] = {}
        start, end = _OID, _OID + self.width
        for row in self.rows if wanted else ():
            if row[start:end] in wanted:
                entry = self._entry(row)
                for content in entry.contents[:1]:
                    found.setdefault(content, entry.path)
        return found

    def outside(self, folders: Collection[str]) -> tuple[Entry, ...]:
        """Return the entries that lie directly in no one of these folders, sorted by path."""
        rows = [self._entry(row) for row in self.rows_outside(folders)]
        below = [_folder(path) for path in self.folders if path and _above(path) not in folders]
        return tuple(sorted((*rows, *below), key=lambda entry: entry.path))

    def rows_outside(self, folders: Collection[str]) -> tuple[bytes, ...]:
        """Return the rows of what lies directly in no one of these folders."""
        if self._are_all(folders):
            return ()
        known, start = set(map(_bytes, folders)), self._path
        return tuple([row for row in self.rows if row[start:].rpartition(b"/")[0] not in known])

    def inside(self, folders: Collection[str]) -> "Listing":
        """Return the tree less all that lies directly in none of these folders."""
        if self._are_all(folders):
            return self
        known, start = set(map(_bytes, folders)), self._path
        rows = [row for row in self.rows if row[start:].rpartition(b"/")[0] in known]
        below = {path for path in self.folders if not path or _above(path) in folders}
        return Listing(_content(rows), below, self.width)

    def joined(self, other: "Listing") -> "Listing":
        """Return the tree with what another one has besides."""
        start = self._path
        rows = sorted((*self.rows, *other.rows), key=lambda row: row[start:])
        return Listing(_content(rows), {*self.folders, *other.folders}, self.width)

    def _are_all(self, folders: Collection[str]) -> bool:
        return len(folders) >= len(self.folders) and all(folder in folders for folder in self.folders)

    def digest(self, without: Collection[str] = ()) -> str:
        """Return the SHA-256 of all rows; the ids of the paths `without` are dashes in it.

        The digest of a short secret can be guessed.
        """
        hidden = [self._at(_bytes(path)) for path in without if self.get(path)]
        if not hidden:
            return hashlib.sha256(self.content).hexdigest()
        rows = list(self.rows)
        for at in hidden:
            rows[at] = rows[at][:_OID] + b"-" * self.width + rows[at][self._path - 1 :]
        return hashlib.sha256(_content(rows)).hexdigest()

    def _at(self, path: bytes) -> int:
        start = self._path
        return bisect_left(self.rows, path, key=lambda row: row[start:])

    def _entry(self, row: bytes) -> Entry:
        mode, oid = row[:6].decode("ascii"), row[_OID : _OID + self.width].decode("ascii")
        path = row[self._path :].decode("utf-8", "surrogateescape")
        if mode == MODE_SUBMODULE:
            return Entry(path, Kind.DIRECTORY, MODE_SUBMODULE)
        digest = None if oid.startswith("-") else oid
        return Entry(path, _KINDS.get(mode, Kind.SPECIAL), mode, None, digest)


def listing_of(entries: Iterable[Entry], width: int = 40) -> Listing:
    """Return the listing of a tree whose entries are all at hand."""
    rows, folders = [], {""}
    for entry in entries:
        if entry.kind is Kind.DIRECTORY and entry.mode != MODE_SUBMODULE:
            folders.add(entry.path)
        else:
            rows.append((_bytes(entry.path), entry.mode, entry.digest or "-" * width))
    rows.sort()
    written = b"".join(
        [b"%b blob %b\t%b\0" % (mode.encode(), oid.encode(), path) for path, mode, oid in rows]
    )
    return Listing(written, folders, width)


def projected(listing: Listing, mapping: PathMapping) -> Listing | None:
    """Return the listing at its places under the root; None where places overlap, and entries must decide."""
    places = [place for _source, place in mapping.pairs]
    if any(is_within(a, b) for n, a in enumerate(places) for m, b in enumerate(places) if n != m):
        return None
    rows: list[tuple[bytes, bytes]] = []
    folders = {""}
    for source, place in mapping.pairs:
        head, start, end = _OID + listing.width + 1, _bytes(source), _bytes(place)
        for row in listing.rows:
            path = _rebased(row[head:], start, end)
            if path == b"":
                return None  # a file in the place of the root
            if path is not None:
                rows.append((path, row[:head]))
            if path == end:  # a file that is mapped by its own name
                folders.update(_with_those_above(_above(place)))
        for folder in listing.folders if len(listing) else ():
            folders.update(_with_those_above(PathMapping(((source, place),)).to_root(folder)))
    rows.sort()
    return Listing(_content([head + path for path, head in rows]), folders, listing.width)


def _content(rows: Sequence[bytes]) -> bytes:
    return b"\0".join([*rows, b""]) if rows else b""


def _rebased(path: bytes, old: bytes, new: bytes) -> bytes | None:
    if path == old:
        return new
    if old and not path.startswith(old + b"/"):
        return None
    rest = path[len(old) :].lstrip(b"/") if old else path
    return new + b"/" + rest if new else rest


def _with_those_above(path: str | None) -> Iterator[str]:
    """Yield a folder under the root, and the folders that lead to it."""
    while path:
        yield path
        path = _above(path)


def _folder(path: str) -> Entry:
    return Entry(path, Kind.DIRECTORY, MODE_DIRECTORY)


def _above(path: str) -> str:
    return path.rpartition("/")[0]


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
