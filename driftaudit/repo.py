"""The local repository, asked through git's own plumbing."""

import hashlib
import os
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from driftaudit.errors import RepositoryError
from driftaudit.model.entry import (
    MODE_DIRECTORY,
    MODE_EXECUTABLE,
    MODE_FILE,
    MODE_SUBMODULE,
    MODE_SYMLINK,
    Entry,
    Kind,
)
from driftaudit.model.listing import Listing
from driftaudit.plumbing.attributes import Attributes
from driftaudit.plumbing.commands import Git
from driftaudit.plumbing.index import HistoryIndex
from driftaudit.plumbing.lfs import LfsStore
from driftaudit.plumbing.log import LOG, extended
from driftaudit.plumbing.reading_back import whole_blobs

_LONGEST_TARGET = 4096  # bytes of a link's target; systems know none that is longer
_OWN_REFS = "refs/driftaudit/*"


class Repository:
    """A git repository that is read, never changed."""

    def __init__(self, git: Git) -> None:
        self._run, self._stream = git.run, git.stream
        self._text, self._optional = git.text, git.optional
        self._git = git
        self._commits: dict[str, str] = {}
        self._attributes: dict[str | None, Attributes] = {}
        self.top = git.folder

    @classmethod
    def containing(cls, folder: Path) -> "Repository":
        """Open the repository that `folder` lies in. Raises RepositoryError where there is none."""
        import git

        try:
            repo = git.Repo(folder, search_parent_directories=True, expand_vars=False)
            self = cls(Git(Path(repo.working_tree_dir or repo.git_dir)))
            self._run("rev-parse", "--git-dir")
        except (git.InvalidGitRepositoryError, git.NoSuchPathError) as error:
            raise RepositoryError(
                f"{folder} is in no git repository",
                "Run it inside the repository that is deployed, or name a folder: --desired ./build",
            ) from error
        except git.GitCommandNotFound as error:
            raise RepositoryError("git was not found on this machine", "Install git.") from error
        return self

    @cached_property
    def _facts(self) -> list[str]:
        """Object format, whether it is shallow, whether it is bare, and the folder of refs and objects."""
        asked = (
            "--show-object-format",
            "--is-shallow-repository",
            "--is-bare-repository",
            "--git-common-dir",
        )
        return os.fsdecode(self._run("rev-parse", *asked)).removesuffix("\n").split("\n", 3)

    @property
    def object_format(self) -> str:
        """Return sha1 or sha256."""
        return self._facts[0]

    @property
    def is_shallow(self) -> bool:
        """Whether history ends where it did not begin."""
        return self._facts[1] == "true"

    @cached_property
    def is_partial(self) -> bool:
        """Whether objects were left with a remote."""
        try:
            return bool(self._text("config", "--get-regexp", r"^remote\..*\.(promisor|partialclonefilter)$"))
        except RepositoryError:
            return False

    def person(self) -> str:
        """Return who commits here, `Name <address>` by git's configuration; "" where it does not say both."""
        name, address = (self._optional("config", "--get", f"user.{key}") for key in ("name", "email"))
        return f"{name} <{address}>" if name and address else ""

    def commit(self, revision: str) -> str:
        """Return the id of the commit that a revision names. Raises RepositoryError where there is none.

        It is asked once: a branch that moves meanwhile does not make two trees of one.
        """
        if revision not in self._commits:
            self._commits[revision] = self._resolved(revision)
        return self._commits[revision]

    def _resolved(self, revision: str) -> str:
        try:
            return self._text(
                "rev-parse", "--verify", "--end-of-options", revision + "^{commit}"
            ).splitlines()[-1]
        except RepositoryError as error:
            if not self._has_commits():
                raise RepositoryError(
                    f"the repository {self.top} has no commit yet", "Commit what is to be deployed first."
                ) from error
            raise RepositoryError(
                f"there is no revision {revision!r} in {self.top}",
                "Check the spelling, or `git fetch` it; a path begins with ./, ../ or /",
            ) from error

    def parent(self, commit: str) -> str | None:
        """Return the first parent of a commit, None where there is none."""
        return self._optional("rev-parse", "--verify", "--quiet", commit + "^1") or None

    @cached_property
    def objects(self) -> Path:
        """Return the folder that holds refs and objects."""
        return (self.top / self._facts[3]).resolve()

    def folders(self) -> list[Path]:
        """Return all folders that refs and objects are read from, those of other repositories included."""
        own = [self.objects, *(self.objects / name for name in ("objects", "refs"))]
        told = os.fsdecode(self._run("-c", "core.quotePath=false", "count-objects", "-v")).splitlines()
        lent = [line.removeprefix("alternate: ") for line in told if line.startswith("alternate: ")]
        return [*own, *(Path(_unquoted(path)) for path in lent)]

    def names_revision(self, text: str) -> bool:
        """Whether a word of the command line can be meant as a revision."""
        if text in self._commits:
            return True
        try:
            self._run("rev-parse", "--verify", "--quiet", "--end-of-options", text + "^{commit}")
        except RepositoryError:
            return False
        return True

    def _has_commits(self) -> bool:
        return bool(self._text("rev-list", "--all", "--max-count=1"))

    def tree(self, commit: str, paths: Sequence[str] = ()) -> list[Entry]:
        """Return all entries of a commit's tree, folders included, below `paths` (all of it where empty).

        A submodule is a folder with the mode of one.
        """
        below = ("--", *paths) if paths else ()
        output = self._run("ls-tree", "-r", "-t", "-z", "--full-tree", commit, *below)
        width = 64 if self.object_format == "sha256" else 40
        return [_entry(line, width) for line in output.decode("utf-8", "surrogateescape").split("\0") if line]

    def rows(self, commit: str) -> list[tuple[str, str, str]]:
        """Return mode, id and path of all that a commit's tree holds, submodules included, folders not."""
        output = self._run("ls-tree", "-r", "-z", "--full-tree", commit)
        lines = (line.partition("\t") for line in output.decode("utf-8", "surrogateescape").split("\0")[:-1])
        return [(facts[:6], facts.rpartition(" ")[2], path) for facts, _tab, path in lines]

    def listing(self, commit: str, folders: Collection[str]) -> Listing:
        """Return the whole tree of a commit, whose folders are known already."""
        output = self._run("ls-tree", "-r", "-z", "--full-tree", commit)
        width = 64 if self.object_format == "sha256" else 40
        after = b"\0" + output  # a NUL can only stand between two rows
        if sum(after.count(b"\0" + mode) for mode in _USUAL_MODES) != output.count(b"\0"):
            output = b"".join([_as_written_today(row) + b"\0" for row in output.split(b"\0")[:-1]])
        return Listing(output, folders, width)

    def folder_trees(self, commit: str) -> dict[str, str]:
        """Return the tree ids of all folders of a commit, "" being its top."""
        rows = self._run("ls-tree", "-r", "-d", "-z", "--full-tree", commit).split(b"\0")
        trees = {"": self._text("rev-parse", "--verify", commit + "^{tree}")}
        text = b"\0".join(row for row in rows if row.startswith(b"040000 tree "))
        end = 12 + len(trees[""])
        for row in text.decode("utf-8", "surrogateescape").split("\0") if text else ():
            trees[row[end + 1 :]] = row[12:end]
        return trees

    def has_path(self, commit: str, path: str) -> bool:
        """Whether a commit has something at a path."""
        return bool(self._run("ls-tree", "-z", "--full-tree", commit, "--", path))

    def worktree_files(self) -> tuple[list[str], list[str]]:
        """Return the files of the working tree that git does not ignore, and the submodules among them."""
        staged = self._run("ls-files", "-z", "--stage").split(b"\0")
        submodules = {line.partition(b"\t")[2] for line in staged if line.startswith(b"160000 ")}
        paths = self._run("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
        listed = {path for path in paths.split(b"\0") if path}
        # A repository within this one that is no submodule is listed as a folder, and not looked into.
        submodules |= {path.rstrip(b"/") for path in listed if path.endswith(b"/")}
        files = {path for path in listed if not path.endswith(b"/")} - submodules
        return _decoded(files), _decoded(submodules)

    def uncommitted(self, *, untracked: bool) -> list[str]:
        """Return the paths that differ from HEAD on disk or in the index, and those that git does not know.

        Looking for `untracked` ones costs a walk through all folders. A bare repository has none.
        """
        if self._facts[2] == "true":
            return []
        fields = iter(
            self._run(
                *self._git.without_filters(),
                "status",
                "--porcelain=v1",
                "-z",
                f"--untracked-files={'all' if untracked else 'no'}",
            ).split(b"\0")
        )
        paths = set()
        for field in fields:
            if field:
                paths.add(field[3:])
                if field[:1] in b"RC":
                    next(fields)  # where it was renamed or copied from
        return _decoded(paths)

    def present(self, oids: Iterable[str]) -> set[str]:
        """Return those of the ids that the object store has, reachable or not."""
        if self.is_partial:  # asking for an object that was left with the remote ends older versions of git
            listed = self._run(
                "cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)"
            )
            return set(oids) & set(listed.decode("ascii").split())
        lines = self._checked(oids)
        return {line[0] for line in lines if line[-1] != "missing"}

    def whole(self, oids: Collection[str]) -> set[str]:
        """Return those of the ids, all in the object store, whose blobs can be read and are what they say."""
        return whole_blobs(self._git, oids, self.object_format) if oids else set()

    def _checked(self, oids: Iterable[str]) -> list[list[str]]:
        asked = "".join(f"{oid}\n" for oid in oids).encode("ascii")
        lines = self._run("cat-file", "--batch-check", "--buffer", stdin=asked).decode("ascii").splitlines()
        return [line.split(" ") for line in lines]

    def sizes(self, oids: Iterable[str]) -> dict[str, int]:
        """Return the sizes in bytes of those blobs that are there."""
        rows = self._checked(sorted(self.present(oids) if self.is_partial else set(oids)))
        return {row[0]: int(row[2]) for row in rows if row[1:2] == ["blob"]}

    def blobs(self, oids: Sequence[str], limit: int) -> dict[str, bytes]:
        """Return the contents of those blobs that are there and no larger than `limit` bytes."""
        small = [oid for oid, size in self.sizes(oids).items() if size <= limit]
        return dict(zip(small, self._git.contents(small), strict=True))

    def link_targets(self, oids: Iterable[str]) -> dict[str, str]:
        """Return the texts of those links that are there, by their ids."""
        texts = self.blobs(sorted(set(oids)), _LONGEST_TARGET)
        return {oid: text.decode("utf-8", "surrogateescape") for oid, text in texts.items()}

    def contents(self, oids: Sequence[str]) -> Iterator[tuple[str, int, Iterator[bytes]]]:
        """Yield id, size in bytes and content, piece by piece, of objects that are there."""
        return self._git.pieces(oids)

    def attributes(self, commit: str | None) -> Attributes:
        """Return the attributes of paths as a commit has them, or the working tree."""
        return self._attributes.setdefault(commit, Attributes(self._git, commit))

    def file_at(self, commit: str, path: str) -> bytes | None:
        """Return a file's content in a commit, or None where it has none there."""
        rows = [entry for entry in self.tree(commit, [path]) if entry.path == path and entry.digest]
        return self._run("cat-file", "blob", rows[0].digest or "") if rows else None

    @cached_property
    def lfs_store(self) -> LfsStore:
        """Return where Git LFS keeps its objects for this repository."""
        storage = self._optional("config", "--type=path", "--get", "lfs.storage") or "lfs"
        return LfsStore(self.objects / storage / "objects")

    def cuts(self) -> tuple[str, ...]:
        """Return where the history is cut off, or put together in another way than its commits say."""
        cuts = [self.objects / "shallow", self.objects / "info" / "grafts"]
        return tuple(file.read_text("ascii", "replace") for file in cuts if file.is_file())

    def tips(self, base: str) -> tuple[str, ...]:
        """Return the ids of the commits that hold all that is reachable: `base` and those of `everything`."""
        return tuple(self._text("rev-list", "--no-walk=unsorted", base, *self.everything(), "--").split())

    def indexed(self, index: HistoryIndex, tips: Iterable[str], known: Iterable[str]) -> HistoryIndex:
        """Return an index with the commits that `tips` reach and `known` ones do not."""
        revisions = "".join([*(f"{tip}\n" for tip in tips), *(f"^{tip}\n" for tip in known)])
        return extended(index, self._stream(*LOG, "--stdin", stdin=revisions.encode("ascii")))

    def renames(self, before: str, after: str) -> dict[bytes, bytes]:
        """Return old and new paths of files that git finds renamed between two commits."""
        fields = self._stream(
            "diff-tree", "-r", "-z", "--raw", "-M", "-l1000", "--diff-filter=R", before, after, "--"
        )
        return {next(fields): next(fields) for _row in fields}

    @cached_property
    def branches(self) -> tuple[tuple[str, str], ...]:
        """Return the short names of branches, remote branches and tags, with the ids of their commits."""
        form = "--format=%(refname:lstrip=2)%00%(objectname)%00%(*objectname)"
        rows = self._text("for-each-ref", form, "refs/heads", "refs/remotes", "refs/tags").splitlines()
        fields = [row.split("\0") for row in rows]
        return tuple((name, peeled or oid) for name, oid, peeled in fields)

    def everything(self) -> tuple[str, ...]:
        """Return what keeps a content safe: HEAD, all refs but our own, all entries of the stash."""
        stash = []
        if "refs/stash " in self._refs:
            stash = self._optional("log", "-g", "--format=%H", "refs/stash", "--").splitlines()
        return (f"--exclude={_OWN_REFS}", "--all", *(["HEAD"] if self._head else []), *stash)

    @cached_property
    def _refs(self) -> str:
        return self._text("for-each-ref", "--format=%(refname) %(objectname)")

    @cached_property
    def _head(self) -> str:
        """The commit of HEAD, "" where it has none yet."""
        return self.commit("HEAD") if self.names_revision("HEAD") else ""

    def tagged_blobs(self) -> set[str]:
        """Return the ids of blobs that refs name without a commit: directly, or in a tree."""
        form = "--format=%(refname) %(objecttype) %(objectname) %(*objecttype) %(*objectname)"
        rows = [
            row for row in self._text("for-each-ref", form).splitlines() if not row.startswith(_OWN_REFS[:-1])
        ]
        found: set[str] = set()
        for kind, oid in re.findall(r" (blob|tree) ([0-9a-f]+)", "\n".join(rows)):
            found.update(
                [oid] if kind == "blob" else (entry.digest for entry in self.tree(oid) if entry.digest)
            )
        return found

    def refs_below(self, names: str) -> list[tuple[str, str]]:
        """Return the refs whose names begin so, with a slash at the end, and what they name."""
        rows = self._text("for-each-ref", "--format=%(refname) %(objectname)", names).splitlines()
        return [(name, oid) for name, _space, oid in (row.partition(" ") for row in rows)]

    def own_copies(self) -> set[str]:
        """Return the ids of all objects that refs of this product hold."""
        refs = self._text("for-each-ref", "--format=%(refname)", _OWN_REFS.rstrip("*")).splitlines()
        if not refs:
            return set()
        others = ("--not", *self.everything())  # a live tree has a parent, with all that came before it
        return set(self._text("rev-list", "--objects", "--no-object-names", *refs, *others, "--").split())

    def reachable_commits(self, oids: Iterable[str]) -> set[str]:
        """Return those of the ids that are objects reachable from a ref of this repository."""
        wanted = set(oids)
        have = self.present(wanted)
        if not have:
            return set()
        listed = self._run("rev-list", "--objects", "--no-object-names", *self.everything()).decode("ascii")
        tags = self._text("for-each-ref", "--format=%(objectname)")
        return wanted & set(listed.split() + tags.split())


_USUAL_MODES = {f"{mode} ".encode() for mode in (MODE_FILE, MODE_EXECUTABLE, MODE_SYMLINK)}


def _as_written_today(row: bytes) -> bytes:
    """Return a row of ls-tree with one of today's modes, and a submodule in the form of the others."""
    if row.startswith(b"160000 commit "):
        return b"160000 blob " + row.removeprefix(b"160000 commit ")
    if row[:7] in _USUAL_MODES:
        return row
    return (MODE_EXECUTABLE if row.startswith(b"100755") else MODE_FILE).encode() + row[6:]


def _entry(line: str, width: int) -> Entry:
    """Return the entry of a line of ls-tree: mode, type, an id of `width` digits, a tab, the path."""
    mode = line[:6]
    if mode == MODE_DIRECTORY:
        return Entry(line[13 + width :], Kind.DIRECTORY, MODE_DIRECTORY)
    if mode == MODE_SUBMODULE:
        return Entry(line[15 + width :], Kind.DIRECTORY, MODE_SUBMODULE)
    kind = Kind.SYMLINK if mode == MODE_SYMLINK else Kind.FILE
    # Old versions of git wrote other modes than the two that there are today.
    mode = MODE_SYMLINK if kind is Kind.SYMLINK else MODE_EXECUTABLE if mode == MODE_EXECUTABLE else MODE_FILE
    return Entry(line[13 + width :], kind, mode, None, line[12 : 12 + width])


def _unquoted(path: str) -> str:
    """Return a path that git put in quotes where it holds a quote, a backslash or a control character."""
    if not path.startswith('"'):
        return path
    return os.fsdecode(os.fsencode(path[1:-1]).decode("unicode_escape").encode("latin-1"))


def _decoded(paths: Iterable[bytes]) -> list[str]:
    return sorted(path.decode("utf-8", "surrogateescape") for path in paths)


def blob_id(content: bytes, object_format: str) -> str:
    """Return the id that git gives a content."""
    return hashlib.new(
        object_format, b"blob %d\0" % len(content) + content, usedforsecurity=False
    ).hexdigest()
