"""Backups as people make them, trees to lose, and the unpacking of what comes back."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.cli import Outcome
from tests.support.programs import program

State = dict[str, tuple[str, int, int, bytes]]


@dataclass(frozen=True)
class Unpacker:
    """How one program unpacks over what is there."""

    words: tuple[str, ...]
    keep: str


def gnu_tar() -> Unpacker:
    return Unpacker((program("tar"),), "--skip-old-files")


def busybox_tar() -> Unpacker:
    return Unpacker((program("busybox"), "tar"), "-k")


def bsd_tar() -> Unpacker:
    return Unpacker((program("bsdtar"),), "-k")


def tarred(archive: Path, folder: Path, *names: str) -> Path:
    """Pack names of a folder, as by hand: tar czf ARCHIVE -C FOLDER NAMES."""
    words = [program("tar"), "-czf", str(archive), "-C", str(folder), "--", *(names or (".",))]
    subprocess.run(words, check=True, capture_output=True)
    return archive


def unpack(archive: Path, root: Path, how: Unpacker, *, replaces: bool = False) -> None:
    """Unpack as the printed command says."""
    keep = [] if replaces else [how.keep]
    with archive.open("rb") as stream:
        subprocess.run([*how.words, "-xzpf", "-", *keep], cwd=root, stdin=stream, check=True)


def state(root: Path, *, times: bool = True) -> State:
    """Return kind, permissions, time and content of all files and links, and the modes of folders."""
    found: State = {}
    for path in root.rglob("*"):
        seen = path.lstat()
        name, mode = (
            os.fsencode(path.relative_to(root)).decode("utf-8", "surrogateescape"),
            seen.st_mode & 0o7777,
        )
        when = seen.st_mtime_ns if times else 0
        if path.is_symlink():
            found[name] = ("link", 0, 0, os.fsencode(path.readlink()))
        elif path.is_dir():
            found[name] = ("folder", mode, 0, b"")
        else:
            found[name] = ("file", mode, when, path.read_bytes())
    return found


def printed_command(outcome: Outcome) -> str:
    """Return the first command that unpacks, as it was printed."""
    lines = outcome.out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("Unpack it"))
    return lines[at + 1].strip()


def client_programs(folder: Path, home: Path) -> str:
    """Return a PATH on which ssh is one that goes by the client's home, as OpenSSH does not by $HOME."""
    folder.mkdir()
    ssh = home / ".ssh"
    words = (
        f"exec {program('ssh')} -F /dev/null -i {ssh}/id_ed25519 -o BatchMode=yes"
        f' -o UserKnownHostsFile={ssh}/known_hosts "$@"'
    )
    wrapper = folder / "ssh"
    wrapper.write_text(f"#!/bin/sh\n{words}\n")
    wrapper.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"
