"""Trees to measure on: many small files, some larger ones, as in a web application with its assets.

A tree is made once for each size, and lies in the work folder twice: as the working tree of a repository that
has it in one commit, and as what is live. The same size gives the same bytes and times, so the same commit.
"""

import json
import os
import random
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from benchmarks.repository import git, importing

FORMAT = 1  # of what is made here; another one is made anew
_FILE = 16_250  # bytes of a file on average: 80,000 are 1.3 GB
_FILES_IN_FOLDER = 16
_LARGEST = 64 << 20  # bytes
_MADE = 1_735_689_600  # the time of every file and folder, in seconds since 1970: the first of January 2025
_SEED = 1


@dataclass(frozen=True, slots=True)
class Size:
    """What a tree has; `size` in bytes."""

    files: int
    folders: int
    size: int

    @classmethod
    def of(cls, files: int) -> "Size":
        """Return the size of a tree with this many files."""
        return cls(files, max(1, files // _FILES_IN_FOLDER), files * _FILE)


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree in its two places, below `folder`."""

    folder: Path
    size: Size

    @property
    def repository(self) -> Path:
        return self.folder / "repository"

    @property
    def live(self) -> Path:
        return self.folder / "live"


def tree_in(work: Path, files: int) -> Tree:
    """Return the tree of this size in the work folder. Made if it is not there whole: that takes a while."""
    tree = Tree(work / f"files-{files}", Size.of(files))
    stamp = tree.folder / "whole.json"  # written last
    whole = json.dumps({"format": FORMAT, "seed": _SEED, **asdict(tree.size)}) + "\n"
    if not stamp.is_file() or stamp.read_text() != whole:
        shutil.rmtree(tree.folder, ignore_errors=True)
        _make(tree)
        stamp.write_text(whole)
    return tree


def paths(size: Size) -> Iterator[str]:
    """Name every file of a tree."""
    for number in range(size.files):
        place = number % size.folders
        yield f"part{place % 40:02d}/module{place % 1000:03d}/unit{place:04d}/file{number:06d}.js"


def _make(tree: Tree) -> None:
    for place in (tree.repository, tree.live):
        place.mkdir(parents=True)
        for path in sorted({os.path.dirname(path) for path in paths(tree.size)}):  # noqa: PTH120 (text)
            (place / path).mkdir(parents=True)
    with importing(tree.repository, _MADE) as commit:
        for path, content in zip(paths(tree.size), _contents(tree.size), strict=True):
            for place in (tree.repository, tree.live):
                (place / path).write_bytes(content)
                os.utime(place / path, (_MADE, _MADE))
            _commit(commit, path, content)
    git(tree.repository, "reset", "--quiet")
    for place in (tree.repository, tree.live):
        for folder, _folders, _files in os.walk(place):
            if ".git" not in Path(folder).parts:
                os.utime(folder, (_MADE, _MADE))


def _contents(size: Size) -> Iterator[bytes]:
    rng = random.Random(_SEED)
    weights = [rng.paretovariate(1.2) for _ in range(size.files)]
    scale = size.size / sum(weights)
    pool = rng.randbytes(1 << 20) * 2
    for number, weight in enumerate(weights):
        length = min(int(weight * scale), _LARGEST)
        start = rng.randrange(1 << 20)
        yield f"{number}\n".encode() + _cut(pool, start, length)


def _cut(pool: bytes, start: int, length: int) -> bytes:
    """Return so many bytes of the pool, which begins again where it ends."""
    if start + length <= len(pool):
        return pool[start : start + length]
    return (pool[start:] + pool * (length // len(pool) + 1))[:length]


def _commit(commit: IO[bytes], path: str, content: bytes) -> None:
    commit.write(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content))
