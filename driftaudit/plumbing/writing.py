"""Writes objects, and refs of this product, into a repository. Nothing else of it changes."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from driftaudit.errors import RepositoryError, UsageError
from driftaudit.plumbing.commands import Git

OWN_REFS = "refs/driftaudit/"

_IDENTITY = {
    "GIT_AUTHOR_NAME": "driftaudit",
    "GIT_AUTHOR_EMAIL": "driftaudit@localhost",
    "GIT_COMMITTER_NAME": "driftaudit",
    "GIT_COMMITTER_EMAIL": "driftaudit@localhost",
}
# Nothing that the configuration names is run, no reflog is kept, and what is written is on the disk.
_SETTINGS = tuple(
    word
    for setting in (
        f"core.hooksPath={os.devnull}",
        "core.logAllRefUpdates=false",
        "core.splitIndex=false",  # it would share the index in the repository
        "core.untrackedCache=false",
        "core.fsync=loose-object,pack,pack-metadata,reference",
        "core.bigFileThreshold=32m",  # bytes over which a file is streamed, not held
        "core.protectHFS=true",
        "core.protectNTFS=true",
        "i18n.commitEncoding=UTF-8",
    )
    for word in ("-c", setting)
)


@dataclass(frozen=True, slots=True)
class Row:
    """What a tree has at a path: a mode as git writes it, and the id of a blob or a commit."""

    mode: str
    oid: str


@dataclass(frozen=True, slots=True)
class WrittenTree:
    """A tree of git's, and the paths that git has no place for: `.git`, what only looks like it, and such."""

    oid: str
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CommitObject:
    """A commit as it lies in the object store."""

    tree: str
    parents: tuple[str, ...]
    message: str


class ObjectWriter:
    """Writes into one repository by git's own commands, without its index, hooks, filters and signatures.

    All methods raise RepositoryError where git cannot write; what was written until then is loose, and goes
    with git's next collection.
    """

    def __init__(self, folder: Path, object_format: str) -> None:
        self._folder = folder
        self._git = Git(folder)
        self._object_format = object_format

    def blobs(self, files: Sequence[Path]) -> list[str]:
        """Write the contents of files as they are, and return their ids. Large files are streamed."""
        if any("\n" in str(file) for file in files):
            raise UsageError("the temporary folder has a line end in its name", "Set TMPDIR to another one.")
        asked = b"".join(os.fsencode(file.absolute()) + b"\n" for file in files)
        written = self._run("hash-object", "-w", "--no-filters", "--stdin-paths", stdin=asked)
        return written.decode("ascii").split()

    def tree(self, rows: Mapping[str, Row], *, may_lack_objects: bool = False) -> WrittenTree:
        """Write a tree with these paths. `may_lack_objects`: a partial clone's are with its remote."""
        asked = b"".join(
            b"%b %b\t%b\0" % (row.mode.encode(), row.oid.encode(), _bytes(path))
            for path, row in sorted(rows.items())
        )
        with tempfile.TemporaryDirectory(prefix="driftaudit-") as folder:
            index = Git(self._folder, {"GIT_INDEX_FILE": str(Path(folder) / "index")})
            index.run(*_SETTINGS, "update-index", "-z", "--index-info", stdin=asked)
            taken = set(index.run(*_SETTINGS, "ls-files", "-z", "--cached").split(b"\0"))
            how = ("--missing-ok",) if may_lack_objects else ()
            oid = index.run(*_SETTINGS, "write-tree", *how).decode("ascii").strip()
        return WrittenTree(oid, tuple(path for path in sorted(rows) if _bytes(path) not in taken))

    def commit(self, content: CommitObject, moment: datetime) -> str:
        """Write a commit of this product, at a moment, and return its id."""
        date = f"@{int(moment.timestamp())} +0000"
        dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        parents = [word for parent in content.parents for word in ("-p", parent)]
        written = Git(self._folder, {**_IDENTITY, **dates}).run(
            *_SETTINGS,
            "commit-tree",
            *parents,
            "-F",
            "-",
            content.tree,
            stdin=content.message.encode("utf-8", "backslashreplace"),
        )
        return written.decode("ascii").strip()

    def read_commit(self, oid: str) -> CommitObject:
        """Return a commit as it lies in the object store."""
        head, _blank, message = (
            self._run("cat-file", "commit", oid).decode("utf-8", "replace").partition("\n\n")
        )
        fields = [line.partition(" ")[::2] for line in head.splitlines()]
        tree = next(value for name, value in fields if name == "tree")
        return CommitObject(tree, tuple(value for name, value in fields if name == "parent"), message)

    def ref(self, name: str) -> str | None:
        """Return the id that a ref names, None where there is no such ref."""
        return self._git.optional("rev-parse", "--verify", "--quiet", name) or None

    def point(self, ref: str, oid: str, before: str | None) -> bool:
        """Let a ref name an object: in one step, and only if it names `before` still (None: nothing).

        Returns whether it does; False where somebody else was quicker.
        """
        if not ref.startswith(OWN_REFS):
            raise ValueError(ref)
        try:
            self._run("update-ref", "--no-deref", ref, oid, before or "0" * len(oid))
        except RepositoryError:
            if self.ref(ref) != before:
                return False
            raise
        return True

    def damaged(self, oids: Iterable[str]) -> set[str]:
        """Read blobs back, and return the ids of those that are not there, or not what their id says."""
        asked = sorted(set(oids))
        listed = "".join(f"{oid}\n" for oid in asked).encode("ascii")
        pieces = self._git.pieces("cat-file", "--batch", stdin=listed) if asked else iter(())
        try:
            whole = set(_whole(pieces, self._object_format))
        except RepositoryError:  # it ends at the first that it cannot unpack
            whole = {oid for oid in asked if self._is_whole(oid)}
        return set(asked) - whole

    def _is_whole(self, oid: str) -> bool:
        pieces = self._git.pieces("cat-file", "--batch", stdin=f"{oid}\n".encode("ascii"))
        try:
            return list(_whole(pieces, self._object_format)) == [oid]
        except RepositoryError:
            return False

    def _run(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        return self._git.run(*_SETTINGS, *arguments, stdin=stdin)


class _Reader:
    """Takes lines and counted bytes off what comes in pieces."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def line(self) -> bytes:
        while b"\n" not in self._rest:
            piece = next(self._pieces, b"")
            if not piece:
                return b""
            self._rest += piece
        line, _end, self._rest = self._rest.partition(b"\n")
        return line

    def counted(self, size: int) -> Iterator[bytes]:
        while size > 0:
            piece = self._rest or next(self._pieces, b"")
            if not piece:
                return
            self._rest = piece[size:]
            yield piece[:size]
            size -= len(piece[:size])


def _whole(pieces: Iterator[bytes], object_format: str) -> Iterator[str]:
    """Yield the ids of those blobs of `cat-file --batch` output whose content has that id."""
    reader = _Reader(pieces)
    while line := reader.line():
        oid, *facts = line.decode("ascii").split(" ")
        if len(facts) != 2:
            continue  # missing
        kind, size = facts
        digest = hashlib.new(object_format, f"{kind} {size}\0".encode("ascii"), usedforsecurity=False)
        for piece in reader.counted(int(size)):
            digest.update(piece)
        reader.line()
        if kind == "blob" and digest.hexdigest() == oid:
            yield oid


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
