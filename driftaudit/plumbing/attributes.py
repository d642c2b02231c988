"""What .gitattributes says of paths, and what git makes of contents by it: as one commit has it."""

import io
import os
import secrets
import tarfile
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from driftaudit.errors import RepositoryError
from driftaudit.plumbing.commands import Git

_NAME = b".gitattributes"
_CONVERTING = ("text", "eol", "ident", "working-tree-encoding")
_NO = ("unspecified", "unset")
_AT_ONCE = 200  # paths on one command line
# A place-holder of export-subst can ask for a signature, and git would start what is configured to check it.
_NO_SIGNATURES = tuple(
    word
    for name in ("gpg", "gpg.openpgp", "gpg.x509", "gpg.ssh")
    for word in ("-c", f"{name}.program={os.devnull}")
)


class Attributes:
    """The attributes of paths in one commit, or in the working tree where there is none.

    Versions of git before 2.40 read attributes from files or an index alone. So a commit's are written to a
    folder of their own, a working tree with nothing else in it; the repository is left as it is.
    """

    def __init__(self, git: Git, commit: str | None) -> None:
        self._git = git
        self._commit = commit
        self._known_files: list[str] | None = None

    def look_among(self, paths: bytes) -> None:
        """Look for files of attributes among these paths alone, joined by NUL: the commit has no others.

        Looking through all folders of a large commit takes time, and most have one such file, or none.
        """
        found = set()
        at = paths.find(_NAME)
        while at >= 0:
            start, end = paths.rfind(b"\0", 0, at) + 1, paths.find(b"\0", at)
            path = paths[start : end if end >= 0 else None]
            if path.rpartition(b"/")[2] == _NAME:
                found.add(_text(path))
            at = paths.find(_NAME, at + 1)
        self._known_files = sorted(found)

    def of(self, paths: Iterable[str], names: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return, by path, those of the named attributes that it has. A folder's path ends with a slash."""
        asked = b"".join(_bytes(path) + b"\0" for path in paths)
        if not asked:
            return {}
        fields = self._asked.run("check-attr", "-z", "--stdin", *names, stdin=asked).split(b"\0")
        found: dict[str, dict[str, str]] = {}
        for path, name, value in zip(fields[0::3], fields[1::3], fields[2::3], strict=False):
            if value.decode("utf-8", "replace") not in _NO:
                found.setdefault(_text(path), {})[name.decode()] = value.decode("utf-8", "replace")
        return found

    def converted(self, blobs: Mapping[str, str]) -> dict[str, bytes]:
        """Return, by path, what check-out or an archive would write of each (path: blob id) it converts.

        Line ends, ident and encodings are converted, and place-holders filled in; programs named in the
        configuration are not run. The blobs must be there.
        """
        if not blobs:
            return {}
        marked = self.of(blobs, (*_CONVERTING, "export-subst"))
        everywhere = self._git.optional("config", "--get", "core.autocrlf") in ("true", "input")
        filled = [path for path, values in marked.items() if values.get("export-subst") == "set"]
        rows = [path for path in blobs if everywhere or marked.get(path, {}).keys() - {"export-subst"}]
        return self._checked_out({path: blobs[path] for path in rows}) | self._archived(filled)

    def _checked_out(self, blobs: Mapping[str, str]) -> dict[str, bytes]:
        rows = [(oid, path) for path, oid in blobs.items() if "\n" not in path]
        if not rows:
            return {}
        asked = "".join(f"{oid} {path}\n" for oid, path in rows).encode("utf-8", "surrogateescape")
        # The size that git prints is that of the unconverted blob: a word of our own parts the contents.
        mark = secrets.token_hex(16)
        output = self._asked.run(
            *self._git.without_filters(), "cat-file", f"--batch={mark}", "--filters", "--buffer", stdin=asked
        )
        contents = (content.removesuffix(b"\n") for content in output.split(f"{mark}\n".encode("ascii"))[1:])
        return dict(zip((path for _oid, path in rows), contents, strict=True))

    def _archived(self, paths: Sequence[str]) -> dict[str, bytes]:
        """Return what an archive of the commit has at those paths."""
        found: dict[str, bytes] = {}
        for start in range(0, len(paths) if self._commit else 0, _AT_ONCE):
            words = ("archive", "--format=tar", self._commit or "", "--", *paths[start : start + _AT_ONCE])
            try:
                packed = self._git.run(*self._git.without_filters(), *_NO_SIGNATURES, *words)
            except RepositoryError:  # such as for a path that it cannot name: then nothing is known of it
                continue
            with tarfile.open(fileobj=io.BytesIO(packed), encoding="utf-8") as archive:
                for member in archive:
                    stream = archive.extractfile(member) if member.isfile() else None
                    if stream:
                        found[member.name] = stream.read()
        return found

    def left_out_of_archives(self, paths: Collection[str]) -> set[str]:
        """Return those of the paths that `git archive` leaves out: marked, or below a folder that is."""
        above = {folder for path in paths for folder in _folders_above(path)}
        marked = self.of([*paths, *above], ("export-ignore",))
        left_out = {path for path, values in marked.items() if values.get("export-ignore") == "set"}
        return {path for path in paths if path in left_out or left_out.intersection(_folders_above(path))}

    def lfs_paths(self) -> frozenset[str]:
        """Return all paths of the commit whose content Git LFS keeps."""
        return self._lfs_paths

    @cached_property
    def _lfs_paths(self) -> frozenset[str]:
        if not self._commit or not self.have_filters:
            return frozenset()
        listed = self._git.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", self._commit)
        marked = self.of(map(_text, filter(None, listed.split(b"\0"))), ("filter",))
        return frozenset(path for path, values in marked.items() if values["filter"] == "lfs")

    @cached_property
    def have_filters(self) -> bool:
        """Whether the commit's files of attributes, or the repository's own, speak of filters.

        Asking for all paths of a large commit takes time, and most have none.
        """
        own = self._own_file()
        return any(b"filter" in content for content in (*self._contents, own.read_bytes() if own else b""))

    def _own_file(self) -> Path | None:
        if (self._git.folder / ".git").is_dir():  # as mostly, and quicker than to ask
            path = self._git.folder / ".git" / "info" / "attributes"
        else:
            path = self._git.folder / self._git.text("rev-parse", "--git-path", "info/attributes")
        return path if path.is_file() else None

    @cached_property
    def _files(self) -> dict[str, bytes]:
        """Return the blob ids of the commit's files of attributes, by path."""
        if not self._commit:
            return {}
        found: dict[str, bytes] = {}
        for paths in self._places():
            below = ("--", *paths) if paths else ()
            listed = self._git.run("ls-tree", "-r", "-z", "--full-tree", self._commit, *below)
            for row in listed.split(b"\0"):
                facts, _tab, path = row.partition(b"\t")
                if path.endswith(_NAME) and path.rpartition(b"/")[2] == _NAME and b" blob " in facts:
                    found[_text(path)] = facts.rpartition(b" ")[2]
        return found

    def _places(self) -> Iterable[Sequence[str]]:
        """Yield paths, few at once, among which the commit's files of attributes are; none means all."""
        if self._known_files is None:
            yield ()
            return
        for start in range(0, len(self._known_files), _AT_ONCE):
            yield self._known_files[start : start + _AT_ONCE]

    @cached_property
    def _contents(self) -> list[bytes]:
        return self._git.contents([oid.decode("ascii") for oid in self._files.values()])

    @cached_property
    def _asked(self) -> Git:
        """Return git with a working tree that has the commit's files of attributes alone, and no index."""
        if not self._commit:
            return self._git
        self._folder = tempfile.TemporaryDirectory(prefix="driftaudit-")  # goes with this object
        tree = Path(self._folder.name) / "tree"
        tree.mkdir()
        try:
            for path, content in zip(self._files, self._contents, strict=True):
                if not {"..", ".git"}.intersection(path.split("/")):
                    (tree / path).parent.mkdir(parents=True, exist_ok=True)
                    (tree / path).write_bytes(content)
        except OSError as error:
            raise RepositoryError(
                f"the attributes of commit {self._commit[:10]} cannot be laid out: {error.strerror}",
                "Give the temporary folder (TMPDIR) room.",
            ) from error
        environment = {
            "GIT_DIR": self._git.text("rev-parse", "--absolute-git-dir"),
            "GIT_WORK_TREE": str(tree),
            "GIT_INDEX_FILE": str(tree.with_name("index")),  # none: not the repository's
        }
        return Git(tree, environment)


def _folders_above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:depth]) + "/" for depth in range(1, len(parts))]


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")
