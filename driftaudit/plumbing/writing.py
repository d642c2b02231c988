"""Writes objects, and refs of this product, into a repository. Nothing else of it changes."""

import os
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from driftaudit.errors import LockedError, RepositoryError, UsageError
from driftaudit.model.entry import MODE_EXECUTABLE, MODE_FILE
from driftaudit.model.own_refs import stamp
from driftaudit.plumbing.acceptance import refused_contents
from driftaudit.plumbing.commands import Git
from driftaudit.plumbing.reading_back import whole_blobs

OWN_REFS = "refs/driftaudit/"

_FILES = (MODE_FILE, MODE_EXECUTABLE)
_MOST_OF_ONE_SECOND = 100  # refs whose names would be the same
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
        "core.packedGitWindowSize=16m",
        "core.packedGitLimit=64m",
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
    """A tree of git's, and the paths that it has not, since git refuses them or what lies there."""

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

    def tree(
        self, rows: Mapping[str, Row], known: Collection[str] = (), *, may_lack_objects: bool = False
    ) -> WrittenTree:
        """Write a tree with these paths, less those that git refuses.

        `known` are ids of blobs that commits have already, whatever git says of them. `may_lack_objects`: a
        partial clone's are with its remote.
        """
        new = {path: row.oid for path, row in rows.items() if row.mode in _FILES and row.oid not in known}
        refused = refused_contents(self._git, new, self._object_format)
        asked = b"".join(
            b"%b %b\t%b\0" % (row.mode.encode(), row.oid.encode(), _bytes(path))
            for path, row in sorted(rows.items())
            if path not in refused
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

    def read_commit(self, oid: str) -> CommitObject | None:
        """Return a commit as it lies in the object store, None where there is no such commit."""
        try:
            content = self._run("cat-file", "commit", oid).decode("utf-8", "replace")
        except RepositoryError:
            return None
        head, _blank, message = content.partition("\n\n")
        fields = [line.partition(" ")[::2] for line in head.splitlines()]
        parents = tuple(value for name, value in fields if name == "parent")
        return CommitObject(dict(fields)["tree"], parents, message)

    def held_by_no_other(self, oid: str, ref: str, new: str) -> set[str]:
        """Return the blobs of a commit's history that neither `new` nor a ref but this one holds."""
        others = (f"--exclude={ref}", "--all", new)
        few = self._objects(oid, "--not", *others)  # some too many: git looks into few trees of the others
        asked = "".join(f"{each}\n" for each in few).encode("ascii")
        rows = self._run("cat-file", "--batch-check", "--buffer", stdin=asked).decode("ascii").splitlines()
        blobs = {row.split(" ")[0] for row in rows if " blob " in row}
        return blobs - self._objects(*others) if blobs else blobs

    def held_below(self, refs: str) -> set[str]:
        """Return the ids of all objects that refs hold whose names begin so; a slash is at the end."""
        names = self._git.text("for-each-ref", "--format=%(refname)", refs).splitlines()
        return self._objects(*names) if names else set()

    def _objects(self, *arguments: str) -> set[str]:
        return set(
            self._run("rev-list", "--objects", "--no-object-names", *arguments).decode("ascii").split()
        )

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

    def name_anew(self, below: str, commit: str) -> str:
        """Let a new ref name a commit, by the time of which it is called; return its name.

        Another run of the same second may have taken that, for another commit or for this one, or hold the
        lock of it: a git that is killed leaves one.
        """
        made = int(self._git.text("log", "-1", "--format=%ct", commit))
        name = below + stamp(datetime.fromtimestamp(made, UTC))
        locked = None
        for number in range(1, _MOST_OF_ONE_SECOND):
            ref = name if number == 1 else f"{name}-{number}"
            try:
                if self.point(ref, commit, None) or self.ref(ref) == commit:
                    return ref
            except LockedError as error:
                if locked:  # two of them: it is no lock of one name
                    raise
                locked = error
        raise RepositoryError(f"too many refs begin with {name}", "Run it again.")

    def damaged(self, oids: Collection[str]) -> set[str]:
        """Read blobs back, and return the ids of those that are not there, or not what their id says."""
        return set(oids) - whole_blobs(self._git, oids, self._object_format)

    def _run(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        return self._git.run(*_SETTINGS, *arguments, stdin=stdin)


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
