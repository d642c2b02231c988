"""What stands beside the figures."""

import os
import platform
import subprocess
import sys
from pathlib import Path

from benchmarks.machine import machine, version
from benchmarks.memory import descendants, sampled_peak, status_peak
from tests.support.programs import program
from tests.support.waiting import eventually

STATUS = "Name:\tpython3\nUmask:\t0022\nVmPeak:\t   13428 kB\nVmHWM:\t   10692 kB\nVmRSS:\t     123 kB\n"


def test_the_machine_is_described_without_its_name() -> None:
    found = machine()
    assert found["cores"] == str(os.cpu_count())
    assert found["git"][0].isdigit()
    assert platform.node() not in found.values()


def test_a_program_that_is_not_there_has_no_version() -> None:
    assert version(["no-such-program"]) is None
    assert version([program("git"), "--version"])


def test_the_peak_is_that_of_a_program_of_the_name() -> None:
    assert status_peak(STATUS, "python") == 10692 * 1024
    assert status_peak(STATUS, "sshd") is None
    assert status_peak("Name:\tpython3\nState:\tZ (zombie)\n", "python") is None  # has no memory any more


def test_descendants_are_found_and_their_peak_is_sampled() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert child.pid in descendants(os.getpid())
        with sampled_peak(os.getpid(), Path(sys.executable).name) as peak:
            eventually(lambda: (peak.bytes or 0) > 1_000_000)
    finally:
        child.communicate(b"\n")
