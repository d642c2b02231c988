"""The real PM2: installed once into a folder that git ignores, and run with a home of its own."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.support.programs import program
from tests.support.waiting import eventually

_PINNED = Path(__file__).with_name("pm2")  # package.json and its lock: the version, and all that it needs
_INSTALLED = Path(__file__).parents[2] / ".test-programs" / "pm2"


@cache
def pm2_program() -> Path:
    """Return the program, installed if it is not there as it is pinned."""
    program("node")
    _INSTALLED.mkdir(parents=True, exist_ok=True)
    wanted = (_PINNED / "package-lock.json").read_bytes()
    stamp = _INSTALLED / "installed"
    with (_INSTALLED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_bytes() != wanted:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(_PINNED / name, _INSTALLED / name)
            command = [program("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(command, cwd=_INSTALLED, capture_output=True, text=True)
            if done.returncode:
                pytest.fail(f"pm2 is needed for this test: {' '.join(command)} failed: {done.stderr[-500:]}")
            stamp.write_bytes(wanted)
    return _INSTALLED / "node_modules" / ".bin" / "pm2"


@dataclass
class PM2:
    """A daemon with a home of its own. Nothing of it is seen by another."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PM2_HOME": str(self.home), "HOME": str(self.home.parent)}

    @property
    def pid(self) -> int:
        return int((self.home / "pm2.pid").read_text())

    def __call__(self, *words: str, cwd: Path | None = None, **variables: str) -> str:
        done = subprocess.run(
            [str(pm2_program()), *words],
            cwd=cwd,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def start(self, script: Path, name: str, *words: str, cwd: Path | None = None, **variables: str) -> None:
        self("start", str(script), "--name", name, *words, cwd=cwd or script.parent, **variables)

    def processes(self) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = json.loads(self("jlist"))
        return found

    def state(self) -> dict[str, tuple[int, ...]]:
        """Return all that can be seen of its folder, to tell whether anything is written there."""
        return {
            str(path): (path.lstat().st_mtime_ns, path.lstat().st_ctime_ns, path.lstat().st_size)
            for path in sorted(self.home.rglob("*"))
            if path.name != "pm2.log" and "logs" not in path.parts  # the daemon's own
        }

    def end(self) -> None:
        """End the daemon by its own pid; it ends what it runs."""
        try:
            pid = self.pid
            os.kill(pid, signal.SIGTERM)
        except (OSError, ValueError):
            return
        eventually(lambda: not Path(f"/proc/{pid}/cmdline").exists() or not _title(pid))


def _title(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@contextmanager
def running_pm2(folder: Path) -> Iterator[PM2]:
    """Yield a PM2 whose daemon, once it is started, ends with the context."""
    home = folder / ".pm2"
    home.mkdir(parents=True)
    pm2 = PM2(home)
    try:
        yield pm2
    finally:
        pm2.end()
