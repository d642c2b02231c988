"""What the simulator says that a script does is what bash does, on random scripts and random trees.

Without a number the scripts are the same ones each time. More and others:
DRIFTAUDIT_SCRIPTS=1000 python -m pytest tests/properties/test_script_oracle.py
"""

import os
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings

from tests.support.shell_sandbox import Sandbox, Tree, below, real_effect, seen
from tests.support.shell_scripts import scripts, trees

SCRIPTS = int(os.environ.get("DRIFTAUDIT_SCRIPTS", "150"))


@pytest.mark.timeout(1800)
def test_what_is_simulated_is_what_bash_does() -> None:
    counted: Counter[str] = Counter()

    @settings(
        max_examples=SCRIPTS,
        derandomize="DRIFTAUDIT_SCRIPTS" not in os.environ,  # the same ones, but where more are asked for
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
        print_blob=False,
    )
    @given(scripts(), trees(), trees())
    def check(script: str, local: Tree, remote: Tree) -> None:
        kind = compared(script, local, remote)
        counted[kind] += 1
        event(kind)

    check()
    assert counted["unsure"] <= 0.02 * counted.total(), counted


def compared(script: str, local: Tree, remote: Tree) -> str:
    """Run a script for real and on the model; both must change the same."""
    changes = 0
    base = Path(tempfile.mkdtemp(prefix="driftaudit-"))
    try:
        sandbox = Sandbox(base)
        sandbox.fill(local, remote)
        outcome = sandbox.simulated(script)
        if outcome.problems or any(outcome.unsure.values()) or len(outcome.ends) != 1:
            return "unsure"
        before = {host: seen(folder) for host, folder in sandbox.roots.items()}
        done = sandbox.run(script)
        for host, folder in sandbox.roots.items():
            real = real_effect(before[host], seen(folder))
            predicted = below(outcome.effects[host], folder)
            told = f"{host}: {predicted}\nreal: {real}\n{done.stderr.decode()}\n{outcome.problems}\n{script}"
            assert predicted == real, told
            changes += len(real.deleted | real.overwritten | real.created)
    finally:
        subprocess.run(["rm", "-rf", str(base)], check=True)
    return "compared" if changes else "nothing changed"
