"""What the index of a history costs beside git's own log, and the search for the commit that is live.

    python -m benchmarks.provenance                       50,000 files and 2,000 commits, five rounds
    python -m benchmarks.provenance --files 5000 --commits 200 --rounds 3

Every step runs in turn with `git log --all --raw -m --no-renames`, each in a process of its own for its peak
of memory; the seconds are those of the step alone, less the start of the interpreter.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from benchmarks.history import History
from driftaudit.cache import Cache
from driftaudit.model.mapping import IDENTITY
from driftaudit.provenance.carriers import carriers, pairs_with
from driftaudit.provenance.deployed_commit import deployed_commit
from driftaudit.provenance.history import History as Read
from driftaudit.provenance.history import read_history
from driftaudit.provenance.live_tree import KnownTree
from driftaudit.repo import Repository

_CONTENTS = 1000  # asked for at once


@dataclass(frozen=True, slots=True)
class Goal:
    """At most so many times what git takes, or so many seconds."""

    ratio: float | None = None
    seconds: float | None = None


GOALS = {
    "git log": Goal(),
    "index, cold": Goal(ratio=1.5),
    "index, warm": Goal(seconds=0.3),
    "deployed commit": Goal(seconds=0.5),
    "1,000 contents": Goal(),
}
_MOST_MEMORY = 400  # MB


def main() -> None:
    """Make the repository, run all in turn, print the table."""
    asked = _arguments()
    if asked.step:
        print(json.dumps(_STEPS[asked.step](asked.repository, asked.cache)))
        return
    name = f"history-{asked.files}-{asked.commits}"
    repository = History(asked.files, asked.commits).make(asked.work / name)
    rounds = [_round(repository) for _ in range(asked.rounds + 1)][1:]  # the first fills the machine's memory
    print(_table(rounds))


def _round(repository: Path) -> dict[str, tuple[float, float]]:
    with tempfile.TemporaryDirectory() as cache:
        return {step: _measured(step, repository, Path(cache)) for step in GOALS}


def _measured(step: str, repository: Path, cache: Path) -> tuple[float, float]:
    """Return seconds, and the peak of memory in MB."""
    words = [sys.executable, "-m", "benchmarks.provenance", "--step", step]
    words += ["--repository", str(repository), "--cache", str(cache)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE)
    assert process.stdout is not None
    seconds = float(json.loads(process.stdout.read()))
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{step} ended with {process.returncode}")
    return seconds, usage.ru_maxrss / 1024


def _table(rounds: list[dict[str, tuple[float, float]]]) -> str:
    lines = ["| step | seconds | beside `git log` | peak memory, MB | goal |", "|---|---|---|---|---|"]
    for step, goal in GOALS.items():
        seconds = statistics.median(each[step][0] for each in rounds)
        ratio = statistics.median(each[step][0] / each["git log"][0] for each in rounds)
        memory = max(each[step][1] for each in rounds)
        lines.append(
            f"| {step} | {seconds:.3f} | {ratio:.2f} | {memory:.0f} | {_met(goal, seconds, ratio, memory)} |"
        )
    return "\n".join(lines)


def _met(goal: Goal, seconds: float, ratio: float, memory: float) -> str:
    if goal.ratio is None and goal.seconds is None:
        return ""
    asked = f"{goal.ratio} times git" if goal.ratio else f"{goal.seconds} s"
    fits = ratio <= goal.ratio if goal.ratio else seconds <= (goal.seconds or 0)
    return f"{asked}, {_MOST_MEMORY} MB: {'met' if fits and memory <= _MOST_MEMORY else 'not met'}"


def _git_log(repository: Path, _cache: Path) -> float:
    started = time.perf_counter()
    command = ["git", "log", "--all", "--raw", "-m", "--no-renames"]
    subprocess.run(command, cwd=repository, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def _history(repository: Path, cache: Path) -> tuple[Read, float]:
    opened = Repository.containing(repository)
    base = opened.commit("HEAD")
    started = time.perf_counter()
    history = read_history(opened, base, Cache(cache))
    return history, time.perf_counter() - started


def _index(repository: Path, cache: Path) -> float:
    return _history(repository, cache)[1]


def _deployed_commit(repository: Path, cache: Path) -> float:
    """Search for a commit of which a tenth was edited."""
    history, _seconds = _history(repository, cache)
    chance = random.Random(1)
    commit = chance.choice(history.index.commits).oid
    rows = subprocess.run(
        ["git", "ls-tree", "-r", "-z", commit], cwd=repository, check=True, capture_output=True
    ).stdout.split(b"\0")[:-1]
    live = {row[53:]: row[12:52] for row in rows}
    for path in chance.sample(sorted(live), len(live) // 10):
        live[path] = b"f" * 40
    started = time.perf_counter()
    found = deployed_commit(history, IDENTITY, KnownTree(live))
    seconds = time.perf_counter() - started
    if found is None or found.commit.oid not in (commit, *found.ties):
        raise SystemExit("another commit was found")
    return seconds


def _contents(repository: Path, cache: Path) -> float:
    history, _seconds = _history(repository, cache)
    wanted = [content.decode() for content in random.Random(1).sample(history.index.contents[1:], _CONTENTS)]
    started = time.perf_counter()
    carriers(history, pairs_with(history, wanted))
    return time.perf_counter() - started


_STEPS: Mapping[str, Callable[[Path, Path], float]] = {
    "git log": _git_log,
    "index, cold": _index,
    "index, warm": _index,
    "deployed commit": _deployed_commit,
    "1,000 contents": _contents,
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--files", type=int, default=50_000)
    parser.add_argument("--commits", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", type=Path, default=platformdirs.user_cache_path("driftaudit-benchmarks"))
    for hidden in ("--step", "--repository", "--cache"):
        parser.add_argument(hidden, type=str if hidden == "--step" else Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
