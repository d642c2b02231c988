"""What the simulator says that a script does is what bash does, on random scripts and random trees.

The suite tries the first scripts of one seed, the same ones each time. As many as the project promises, and
others than those:

    DRIFTAUDIT_SCRIPTS=1000 python -m pytest -s tests/properties/test_script_oracle.py
    DRIFTAUDIT_SCRIPTS=1000 DRIFTAUDIT_SEED=7 python -m pytest -s tests/properties/test_script_oracle.py

It prints how many came to what. A failure names the script's number: `case(seed, number)` of
tests/support/shell_scripts.py makes it again.
"""

import os
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.simulation import Outcome
from tests.support.shell_sandbox import Sandbox, below, real_effect, seen
from tests.support.shell_scripts import Case, case

SCRIPTS = int(os.environ.get("DRIFTAUDIT_SCRIPTS", "150"))
SEED = int(os.environ.get("DRIFTAUDIT_SEED", "1"))
MOST_UNSURE = 0.02
REMARKS = {Trouble.REMOVES_ROOT, Trouble.OUTSIDE_ROOT, Trouble.NOTHING_TO_BRING}
MOST_WITHOUT_CHANGE = 0.25
MOST_ENDLESS = 0.005


@pytest.mark.timeout(3600)
def test_what_is_simulated_is_what_bash_does() -> None:
    counted = Counter(compared(case(SEED, number), f"{SEED}/{number}") for number in range(SCRIPTS))
    print(f"seed {SEED}: {dict(counted)}")  # noqa: T201 # for those who ask with -s
    assert counted["unsure"] <= MOST_UNSURE * counted.total(), counted
    assert counted["endless"] <= MOST_ENDLESS * counted.total(), counted
    assert counted["nothing changed"] <= MOST_WITHOUT_CHANGE * counted.total(), counted


def is_unsure(outcome: Outcome) -> bool:
    """Whether anything is called unsure; what is remarked of a line that fails, or refused, is no doubt."""
    doubts = {problem.trouble for problem in outcome.problems} - REMARKS
    return bool(doubts) or any(outcome.unsure.values()) or len(outcome.ends) != 1


def compared(tried: Case, name: str) -> str:
    """Run a script for real and on the model; both must change the same."""
    changes = 0
    base = Path(tempfile.mkdtemp(prefix="driftaudit-"))
    try:
        sandbox = Sandbox(base)
        sandbox.fill(tried.local, tried.remote)
        outcome = sandbox.simulated(tried.script)
        if is_unsure(outcome):
            return "unsure"
        before = {host: seen(folder) for host, folder in sandbox.roots.items()}
        try:
            done = sandbox.run(tried.script)
        except subprocess.TimeoutExpired:
            return "endless"  # readlink -f of a link to what lies below itself, for one
        for host, folder in sandbox.roots.items():
            real = real_effect(before[host], seen(folder))
            predicted = below(outcome.effects[host], folder)
            told = f"script {name}, {host}: {predicted}\nreal: {real}\n{done.stderr.decode()}\n{tried}"
            assert predicted == real, told
            changes += len(real.deleted | real.overwritten | real.created)
    finally:
        subprocess.run(["rm", "-rf", str(base)], check=True)
    return "compared" if changes else "nothing changed"
