"""What `git fsck`, and whoever takes a push, refuses in a tree: files of git's own with a bad content."""

import re
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

from driftaudit.errors import RepositoryError
from driftaudit.plumbing.commands import Git

_LARGEST = 1 << 20  # bytes of a file of git's own that is looked at; a larger one is not taken
# `.gitmodules` and `.gitattributes`, and what other systems take for them
_OWN_FILES = re.compile(
    r"\.?git(?:modules|mod~\d|attributes|att~\d)[ .]*|gi7(?:eba|d29)~\d[ .]*", re.IGNORECASE
)
_IGNORED = re.compile(r"[^\x20-\x7e]")  # among them what macOS leaves out of names


def refused_contents(git: Git, files: Mapping[str, str], object_format: str) -> set[str]:
    """Return those of the (path: blob id) that git would refuse with such a content at such a path.

    Each is looked at in a repository of its own, by git itself. The blobs must be there.
    """
    suspects = {path: oid for path, oid in files.items() if _is_own_file(path)}
    small = _small(git, suspects.values())
    return {
        path
        for path, oid in suspects.items()
        if oid not in small or not _is_accepted(path, small[oid], object_format)
    }


def _is_own_file(path: str) -> bool:
    name = path.rpartition("/")[2]
    return bool(_OWN_FILES.fullmatch(_IGNORED.sub("", name.partition(":")[0])))


def _small(git: Git, oids: Collection[str]) -> dict[str, bytes]:
    asked = sorted(set(oids))
    return {
        oid: b"".join(content)
        for oid, size, content in (git.pieces(asked) if asked else ())
        if size <= _LARGEST
    }


def _is_accepted(path: str, content: bytes, object_format: str) -> bool:
    with tempfile.TemporaryDirectory(prefix="driftaudit-") as folder:
        git = Git(Path(folder))
        git.run("init", "--quiet", "--bare", "--template=", f"--object-format={object_format}", ".")
        oid = git.run("hash-object", "-w", "--no-filters", "--stdin", stdin=content).strip()
        name = path.rpartition("/")[2].encode("utf-8", "surrogateescape")
        tree = git.run("mktree", "-z", stdin=b"100644 blob %b\t%b\0" % (oid, name)).decode("ascii").strip()
        try:
            git.run("fsck", "--full", "--no-dangling", tree)
        except RepositoryError:
            return False
    return True
