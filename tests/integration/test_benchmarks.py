"""The benchmark from end to end, on a tree that takes no time."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.host import Host, running_host
from benchmarks.peers import BY_NAME
from benchmarks.record import load
from benchmarks.results import Key
from benchmarks.running import run
from benchmarks.trees import Tree, tree_in

TOP = Path(__file__).parents[2]
TOOLS = ["rsync", "rsync-quick", "find", "git-status", "check-cold", "check-warm", "check-delayed", "compare"]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return tree_in(tmp_path, 8)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with running_host(tmp_path) as host:
        yield host


def test_every_tool_finds_the_drift_that_is_there(tmp_path: Path) -> None:
    saved = tmp_path / "record.json"
    options = f"--sizes 40 --drift 0 3 --rounds 1 --only {','.join(TOOLS)} --work {tmp_path / 'work'}"
    command = [sys.executable, "-m", "benchmarks", *options.split(), "--save", str(saved)]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    results = load(saved).results
    assert set(results) == {Key(40, drift, name) for drift in (0, 3) for name in TOOLS}
    for key, series in results.items():
        (one,) = series.runs
        assert one.answer.named == (None if key.name == "find" else key.drift), key
        assert one.client_peak > 1_000_000
    assert "### 40 files" in done.stdout


def test_what_takes_too_long_is_stopped_and_has_no_figure(tree: Tree, host: Host) -> None:
    endless = replace(BY_NAME["find"], command=lambda _place: ["sleep", "1000"])
    assert run(endless, host.place(tree), host, patience=0.1) is None


@pytest.mark.parametrize("command", [["false"], ["no-such-program"]])
def test_what_fails_has_no_figure_either(tree: Tree, host: Host, command: list[str]) -> None:
    place = host.place(tree)
    assert run(BY_NAME["find"], place, host, patience=60)  # leaves a result behind
    failing = replace(BY_NAME["find"], command=lambda _place: command)
    with pytest.raises(SystemExit, match="find ended with"):
        run(failing, place, host, patience=60)
