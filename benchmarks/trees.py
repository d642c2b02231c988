"""Trees to measure on: many small files, some larger ones, as in a web application with its assets."""

import os
import random
import subprocess
from pathlib import Path

IDENTITY = {
    "GIT_AUTHOR_NAME": "bench",
    "GIT_AUTHOR_EMAIL": "bench@example.net",
    "GIT_COMMITTER_NAME": "bench",
    "GIT_COMMITTER_EMAIL": "bench@example.net",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def make_tree(folder: Path, files: int, folders: int, size: int, seed: int = 1) -> None:
    """Write `files` files in `folders` folders, `size` bytes in all, the same for the same seed."""
    rng = random.Random(seed)
    weights = [rng.paretovariate(1.2) for _ in range(files)]
    scale = size / sum(weights)
    pool = rng.randbytes(1 << 20) * 2
    for number, weight in enumerate(weights):
        place = number % folders
        path = folder / f"part{place % 40:02d}" / f"module{place % 1000:03d}" / f"unit{place:04d}"
        path.mkdir(parents=True, exist_ok=True)
        length = min(int(weight * scale), 64 << 20)
        start = rng.randrange(1 << 20)
        repeats = length // len(pool) + 1
        content = f"{number}\n".encode() + (pool[start:] + pool * repeats)[:length]
        (path / f"file{number:06d}.js").write_bytes(content)


def git(folder: Path, *words: str) -> None:
    """Run git quietly."""
    subprocess.run(
        ["git", *words], cwd=folder, check=True, capture_output=True, env={**os.environ, **IDENTITY}
    )


def make_repository(folder: Path) -> None:
    """Commit all that lies in a folder."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "core.compression", "0")
    git(folder, "config", "gc.auto", "0")  # nothing in the background while something is measured
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "all")


def drift(folder: Path, files: int) -> None:
    """Change the first files of a tree in place."""
    for path in sorted(folder.rglob("*.js"))[:files]:
        path.write_bytes(path.read_bytes() + b"// edited\n")
