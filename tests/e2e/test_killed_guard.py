"""Guard, killed at random moments: no run without a pass before it, and no override without its rescue."""

import os
import random
import signal
import subprocess
import sys
import time
from itertools import groupby
from pathlib import Path

import pytest

from driftaudit.guarding.guard import RUN_VARIABLE
from tests.e2e.test_killed_keeping import has_members, holds
from tests.support.git import write
from tests.support.guarded import environment, history
from tests.support.kept import fsck
from tests.support.site import Site

KILLS = 10  # of each of the five seeds, overridden by turns

# What it does takes a while; each step is logged, with the run that it belongs to.
COMMAND = f"""
echo "begun ${RUN_VARIABLE}" >> "$LOG"
rm -rf "$PRODUCTION/src"
sleep 0.3
cp -R src "$PRODUCTION/src"
echo "ended ${RUN_VARIABLE}" >> "$LOG"
"""


def words(site: Site, *, override: bool) -> list[str]:
    how = ["--override", "--reason", "a test"] if override else []
    ours = ["guard", site.url, "--deploy", "replace:src", "--no-cache", "--wait", "30", *how]
    return [sys.executable, "-m", "driftaudit", *ours, "--", "sh", "-c", COMMAND]


def run(site: Site, *, override: bool, after: float | None, whole_group: bool) -> int:
    """Run guard, kill it after some seconds, and wait for all that it started."""
    variables = {"LOG": str(site.folder / "log"), "PRODUCTION": str(site.production)}
    process = subprocess.Popen(
        words(site, override=override),
        cwd=site.repository,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, **environment(site), **variables},
    )
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL) if whole_group else process.kill()
    return process.wait()


def edit(site: Site, turn: int) -> dict[str, str]:
    """Bring production into a state with new only copies, and return these."""
    files = {f"src/only-{number}.txt": f"turn {turn}, file {number}\n" for number in range(5)}
    write(site.production, {"src/app.txt": "app\n", "src/lib/one.txt": "one\n", "src/lib/two.txt": "two\n"})
    write(site.production, dict(files))
    return files


def log(site: Site) -> list[tuple[str, str]]:
    path = site.folder / "log"
    lines = path.read_text().splitlines() if path.exists() else []
    return [(what, run) for what, _blank, run in (line.partition(" ") for line in lines)]


def check_runs(site: Site, before: int, files: dict[str, str] | None) -> None:
    """Hold what the command logged against what guard recorded before."""
    begun = {line["run"]: line for line in history(site) if line["phase"] == "begun"}
    for _what, run_id in log(site)[before:]:
        line = begun[run_id]
        if files is None:
            assert (line["verdict"], line["override"]) == ("pass", None)
        else:
            assert line["override"]["rescue"]["missed"] == []
            assert holds(site.repository, line["override"]["rescue"]["ref"], files)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(5))
def test_killed_at_any_moment(site: Site, seed: int) -> None:
    chance = random.Random(seed)
    files = edit(site, 0)
    begun = time.monotonic()
    assert run(site, override=True, after=None, whole_group=False) == 0
    seconds = time.monotonic() - begun
    check_runs(site, 0, files)
    for turn in range(1, KILLS + 1):
        override = bool(turn % 2)
        files = edit(site, turn) if override else clean(site)
        before = len(log(site))
        moment = chance.uniform(0.3, 1.05) * seconds
        run(site, override=override, after=moment, whole_group=turn % 4 < 2)
        settle(site)
        check_runs(site, before, files if override else None)
        fsck(site.repository)
    clean(site)
    assert run(site, override=False, after=None, whole_group=False) == 0
    runs = [run_id for run_id, _lines in groupby(log(site), key=lambda line: line[1])]
    assert len(runs) == len(set(runs))  # none began before another one was over


@pytest.mark.timeout(300)
def test_what_does_not_pass_never_runs(site: Site) -> None:
    chance = random.Random(99)
    edit(site, 0)
    for _turn in range(5):
        run(site, override=False, after=chance.uniform(0.2, 1.2), whole_group=False)
        assert log(site) == []


def clean(site: Site) -> dict[str, str]:
    write(site.production, {"src/app.txt": "app\n", "src/lib/one.txt": "one\n", "src/lib/two.txt": "two\n"})
    for path in (site.production / "src").glob("only-*"):
        path.unlink()
    return {}


def settle(site: Site) -> None:
    """Wait until the commands of guards that were killed are over."""
    for stat in Path("/proc").glob("[0-9]*"):
        try:
            is_ours = str(site.folder / "log").encode() in (stat / "environ").read_bytes()
        except OSError:
            continue
        while is_ours and stat.exists() and has_members(os.getpgid(int(stat.name))):
            time.sleep(0.01)  # the pause of this poll
