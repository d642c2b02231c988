"""Rescue and reconcile, killed at random moments: the old state or the new one, and nothing between."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.git import git, write
from tests.support.kept import fsck, own_refs, tree, untouched
from tests.support.site import Site

FILES = 40  # only copies, new ones in every round
KILLS = 10  # of each of the five seeds


@contextmanager
def started(site: Site, words: Sequence[str]) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "driftaudit", *words],
        cwd=site.repository,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "TMPDIR": str(site.folder)},  # what a kill leaves goes with the test
    )
    try:
        yield process
    finally:
        with_children(process, signal.SIGKILL)
        process.wait()


def with_children(process: "subprocess.Popen[bytes]", number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


def edit(site: Site, turn: int) -> dict[str, str]:
    """Put new only copies in place of the old ones, and return their contents by path."""
    files = {f"src/only-{number}.txt": f"turn {turn}, file {number}\n" for number in range(FILES)}
    write(site.production, dict(files))
    return files


def seconds_of(site: Site, words: Sequence[str]) -> float:
    begun = time.monotonic()
    with started(site, words) as process:
        assert process.wait() == 0
    return time.monotonic() - begun


def killed(site: Site, words: Sequence[str], moment: float, *, whole_group: bool) -> None:
    with started(site, words) as process:
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            with_children(process, signal.SIGKILL) if whole_group else process.kill()
        process.wait()
        if not whole_group:  # what it started comes to its end by itself
            while has_members(process.pid):
                time.sleep(0.01)  # the pause of this poll


def unlock(repository: Path) -> None:
    """Remove the lock of the one ref that runs share, as a run would ask for where a killed git left one."""
    for lock in (repository / ".git/refs/driftaudit/live").glob("*.lock"):
        lock.unlink()


def has_members(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return any(
        fields[2:3] == [str(group)] and fields[0] != "Z"
        for stat in Path("/proc").glob("[0-9]*/stat")
        if (fields := state_of(stat))
    )


def state_of(stat: Path) -> list[str]:
    try:
        return stat.read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def holds(repository: Path, ref: str, files: dict[str, str]) -> bool:
    """Whether a ref holds all of the files, as they are."""
    if not files.keys() <= tree(repository, ref).keys():
        return False
    asked = "".join(f"{ref}:{path}\n" for path in files).encode()
    printed = git(repository, "cat-file", "--batch=%(objecttype)", stdin=asked)
    return printed == "\n".join(f"blob\n{content}" for content in files.values()).strip()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("command", ["rescue", "reconcile"])
def test_killed_at_any_moment(site: Site, command: str, seed: int) -> None:
    chance = random.Random(seed)
    words = [command, site.url, "--no-cache", *(["--parent", "HEAD"] if command == "reconcile" else [])]
    edit(site, 0)
    seconds = seconds_of(site, words)
    before = untouched(site.repository)
    refs = own_refs(site.repository)
    for turn in range(1, KILLS + 1):
        files = edit(site, turn)
        moment = chance.uniform(0.3, 1.05) * seconds  # before, nothing but imports happens
        killed(site, words, moment, whole_group=bool(turn % 2))
        unlock(site.repository)
        now = own_refs(site.repository)
        new = {ref: oid for ref, oid in now.items() if refs.get(ref) != oid}
        assert refs.keys() <= now.keys()
        if command == "rescue":
            assert len(new) <= 1
            assert all(holds(site.repository, ref, files) for ref in new)
        else:
            assert sum(ref.startswith("refs/driftaudit/live/") for ref in now) == 1
            moved = [ref for ref in new if "/live/" in ref]
            assert all(holds(site.repository, ref, files) for ref in moved)
        fsck(site.repository)
        refs = now
    assert untouched(site.repository) == before
    files = edit(site, KILLS + 1)
    seconds_of(site, words)
    assert any(holds(site.repository, ref, files) for ref in own_refs(site.repository))
