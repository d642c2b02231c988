"""The repository that a tree is committed in: one pack, as after `git gc`."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_QUIET = {
    "core.compression": "0",
    "gc.auto": "0",  # nothing in the background while something is measured
    "fastimport.unpackLimit": "0",
}


def git(folder: Path, *words: str) -> None:
    """Run git, and say nothing where it goes well."""
    subprocess.run(["git", *words], cwd=folder, check=True, stdout=subprocess.DEVNULL, env=environment())


def environment() -> dict[str, str]:
    """Return the environment in which git takes nobody's configuration."""
    return {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


@contextmanager
def importing(folder: Path, time: int) -> Iterator[IO[bytes]]:
    """Make a repository, and give the stream that takes the files of its one commit (git fast-import)."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    for name, value in _QUIET.items():
        git(folder, "config", name, value)
    command = ["git", "fast-import", "--quiet", "--depth=0"]
    with subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, env=environment()) as process:
        assert process.stdin is not None
        process.stdin.write(b"commit refs/heads/main\n")
        process.stdin.write(b"committer bench <bench@example.net> %d +0000\ndata 4\nall\n" % time)
        yield process.stdin
    if process.returncode:
        raise SystemExit(f"git fast-import ended with {process.returncode}")
