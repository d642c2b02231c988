"""A process that changes a tree without pause: every content tells of its path, so that it can be checked."""

import os
import random
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FOLDERS = 4
FILES = 6
VERSIONS = 5
CROWD = 3000  # files of a folder that takes several readings to list
SECRET = "secret"  # lies outside the root, and is in the name and the content of all that does


def contents_at(path: str) -> set[bytes]:
    """Return all contents that a file is ever given at a path; empty for a moment while it is rewritten."""
    versions = {f"{path} {number}\n".encode() for number in range(VERSIONS)}
    return {b"", *versions, *(version + b"more\n" for version in versions)}


def targets_at(path: str) -> set[str]:
    """Return all targets that a link ever has at a path."""
    return {f"../outside/{SECRET}-file", "../outside", path}


def make_tree(root: Path) -> None:
    """Make the tree before anything changes, and beside it what must never be listed."""
    outside = root.parent / "outside"
    outside.mkdir()
    for number in range(FILES):
        (outside / f"{SECRET}-{number}").write_text(SECRET)
    (outside / f"{SECRET}-file").write_text(SECRET)
    for number in range(40):
        place = root / "stable" / f"s{number % 5}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"f{number}").write_text(f"stable {number}")
    for name in restless(root):
        _write(root, name)
    (root / "crowd").mkdir()
    for number in range(CROWD):
        (root / "crowd" / f"c{number:04}").touch()


def restless(root: Path) -> list[str]:
    """Return the paths of files that are changed, after making their folders."""
    for number in range(FOLDERS):
        (root / f"d{number}").mkdir(parents=True, exist_ok=True)
    return [f"d{n}/f{m}" for n in range(FOLDERS) for m in range(FILES)] + [f"f{m}" for m in range(FILES)]


@contextmanager
def churning(root: Path) -> Iterator[None]:
    """Let the tree change for as long as it takes."""
    command = [sys.executable, "-m", "tests.support.churn", str(root)]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[2])
    try:
        yield
        assert process.poll() is None, "it was to change the tree, and ended"
    finally:
        process.kill()
        process.wait()


def _write(root: Path, path: str) -> None:
    (root / path).write_text(f"{path} {random.randrange(VERSIONS)}\n")


def _append(root: Path, path: str) -> None:
    with (root / path).open("rb") as file:
        content = file.read()
    if content and not content.endswith(b"more\n"):
        with (root / path).open("r+b", buffering=0) as file:
            if file.read() == content:
                file.write(b"more\n")


def _replace(root: Path, path: str) -> None:
    _write(root, path + ".new")
    (root / (path + ".new")).write_text(f"{path} {random.randrange(VERSIONS)}\n")
    (root / (path + ".new")).replace(root / path)


def _link(root: Path, path: str) -> None:
    (root / path).unlink()
    (root / path).symlink_to(random.choice(sorted(targets_at(path))))


def _fifo(root: Path, path: str) -> None:
    (root / path).unlink()
    os.mkfifo(root / path)


def _socket(root: Path, path: str) -> None:
    (root / path).unlink()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(root / path))


def _folder_for_file(root: Path, path: str) -> None:
    (root / path).unlink()
    (root / path).mkdir()
    (root / path).rmdir()


def _swap_folder_for_link(root: Path, path: str) -> None:
    place = (root / path).parent
    if place != root:
        shutil.rmtree(place)
        place.symlink_to("../outside")
        place.unlink()
        place.mkdir()


def _swap_folder_for_file(root: Path, path: str) -> None:
    place = (root / path).parent
    if place != root:
        shutil.rmtree(place)
        _write(root, place.name)
        place.unlink()
        place.mkdir()


def _crowd(root: Path, _path: str) -> None:
    name = f"c{random.randrange(CROWD):04}"
    (root / "crowd" / f"{name}.new").touch()
    (root / "crowd" / f"{name}.new").replace(root / "crowd" / name)


CHANGES: list[Callable[[Path, str], None]] = [
    _write,
    _write,
    _append,
    _replace,
    _link,
    _fifo,
    _socket,
    _folder_for_file,
    _swap_folder_for_link,
    _swap_folder_for_file,
    *[_crowd] * 40,
]


def _is_plain(place: Path) -> bool:
    return place.is_file() and not place.is_symlink()


def _change_one(root: Path, path: str) -> None:
    place, change = root / path, random.choice(CHANGES)
    if change is _crowd or _is_plain(place):
        change(root, path)
        return
    with suppress(FileNotFoundError):
        place.unlink()
    _write(root, path)


def _churn(root: Path) -> None:
    paths = restless(root)
    while True:
        _change_one(root, random.choice(paths))


if __name__ == "__main__":
    _churn(Path(sys.argv[1]))
