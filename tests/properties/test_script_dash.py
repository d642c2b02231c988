"""What `sh` destroys was said, where that is dash: random scripts of bash, run by it for real.

More, and others:

    DRIFTAUDIT_SCRIPTS=1000 DRIFTAUDIT_SEED=7 python -m pytest tests/properties/test_script_dash.py
"""

import os
import subprocess
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.properties.test_script_oracle import REMARKS, SEED
from tests.support.shell_sandbox import Sandbox, below, real_effect, seen
from tests.support.shell_scripts import Case, case

SCRIPTS = int(os.environ.get("DRIFTAUDIT_SCRIPTS", "40"))


@pytest.mark.timeout(3600)
def test_what_dash_destroys_was_said() -> None:
    counted = Counter(_covered(case(SEED, number), f"{SEED}/{number}") for number in range(SCRIPTS))
    print(f"seed {SEED}: {dict(counted)}")  # noqa: T201 # for those who ask with -s
    assert counted["destroys"] >= SCRIPTS / 4, counted
    assert counted["not known"] <= SCRIPTS / 10, counted


def _covered(written: Case, name: str) -> str:
    tried = replace(written, script=f"#!/bin/sh\n{written.script}")
    base = Path(tempfile.mkdtemp(prefix="driftaudit-"))
    found = "destroys nothing"
    try:
        sandbox = Sandbox(base)
        sandbox.fill(tried.local, tried.remote)
        outcome = sandbox.simulated(tried.script)
        if any(problem.may_touch and problem.trouble not in REMARKS for problem in outcome.problems):
            return "not known"
        before = {host: seen(folder) for host, folder in sandbox.roots.items()}
        sandbox.run(tried.script, "dash")
        for host, folder in sandbox.roots.items():
            real, said = real_effect(before[host], seen(folder)), below(outcome.effects[host], folder)
            lost = real.deleted | real.overwritten
            told = f"script {name}, {host}\nreal {real}\nsaid {said}\n{tried}"
            assert lost <= said.deleted | said.overwritten, told
            found = "destroys" if lost else found
    finally:
        subprocess.run(["rm", "-rf", str(base)], check=True)
    return found
