"""The benchmark from end to end, on a tree that takes no time."""

import subprocess
import sys
from pathlib import Path

from benchmarks.record import load
from benchmarks.results import Key

TOP = Path(__file__).parents[2]
TOOLS = ["rsync", "rsync-quick", "find", "git-status", "check-cold", "check-warm", "check-delayed", "compare"]


def test_every_tool_finds_the_drift_that_is_there(tmp_path: Path) -> None:
    saved = tmp_path / "record.json"
    options = f"--sizes 40 --drift 0 3 --rounds 1 --only {','.join(TOOLS)} --work {tmp_path / 'work'}"
    command = [sys.executable, "-m", "benchmarks", *options.split(), "--save", str(saved)]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    results = load(saved).results
    assert set(results) == {Key(40, drift, name) for drift in (0, 3) for name in TOOLS}
    for key, series in results.items():
        (run,) = series.runs
        assert run.answer.named == (None if key.name == "find" else key.drift), key
        assert (run.host_peak is not None) >= key.name.startswith("check"), key
    assert "### 40 files" in done.stdout
