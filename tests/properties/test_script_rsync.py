"""What the simulator says of an rsync line is what rsync does, for random options, filters and trees.

The suite tries some. As many as the project promises, and others than those:

    DRIFTAUDIT_RSYNC_LINES=300 python -m pytest -s tests/properties/test_script_rsync.py
    DRIFTAUDIT_RSYNC_LINES=300 DRIFTAUDIT_SEED=7 python -m pytest -s tests/properties/test_script_rsync.py
"""

import os
from collections import Counter

import pytest

from tests.properties.test_script_oracle import MOST_UNSURE, SEED, compared
from tests.support.programs import program
from tests.support.rsync_lines import rsync_case

LINES = int(os.environ.get("DRIFTAUDIT_RSYNC_LINES", "60"))


@pytest.mark.timeout(3600)
def test_what_rsync_would_do_is_what_it_does() -> None:
    program("rsync")
    counted = Counter(compared(rsync_case(SEED, number), f"{SEED}/{number}") for number in range(LINES))
    print(f"seed {SEED}: {dict(counted)}")  # noqa: T201 # for those who ask with -s
    assert counted["unsure"] <= MOST_UNSURE * counted.total(), counted
