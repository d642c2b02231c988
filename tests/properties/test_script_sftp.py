"""What the simulator says of a batch for sftp is what sftp does, on random batches and random trees.

More, and others:

    DRIFTAUDIT_SFTP_BATCHES=500 DRIFTAUDIT_SEED=7 python -m pytest -s tests/properties/test_script_sftp.py
"""

import os
from collections import Counter

import pytest

from tests.properties.test_script_oracle import MOST_UNSURE, MOST_WITHOUT_CHANGE, SEED, compared
from tests.support.sftp_batches import sftp_case

BATCHES = int(os.environ.get("DRIFTAUDIT_SFTP_BATCHES", "40"))


@pytest.mark.timeout(3600)
def test_what_a_batch_would_do_is_what_it_does() -> None:
    counted = Counter(compared(sftp_case(SEED, number), f"{SEED}/{number}") for number in range(BATCHES))
    print(f"seed {SEED}: {dict(counted)}")  # noqa: T201 # for those who ask with -s
    assert counted["unsure"] <= MOST_UNSURE * counted.total(), counted
    assert counted["nothing changed"] <= MOST_WITHOUT_CHANGE * counted.total(), counted
