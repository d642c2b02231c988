"""Tests run driftaudit by forks of a process that has imported it: that is no other run than the real one."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from driftaudit.cli.main import COMMANDS
from tests.support.cli import Outcome, driftaudit
from tests.support.forking import can_fork
from tests.support.site import Site

TIMES = ("started_at", "duration_seconds")


def report(outcome: Outcome) -> dict[str, Any]:
    return {key: value for key, value in outcome.report.items() if key not in TIMES}


def test_a_fork_says_what_a_process_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site(tmp_path)
    (site.production / "src" / "only.txt").write_text("only here\n")
    words = ("check", site.url, "--deploy", "replace:src", "--no-cache", "--format", "json")
    assert can_fork(os.environ)
    forked = driftaudit(site.repository, *words)
    monkeypatch.setenv("DRIFTAUDIT_TESTS_FORK", "no")
    alone = driftaudit(site.repository, *words)
    assert forked.code == alone.code == 3
    assert forked.err == alone.err
    assert report(forked) == report(alone)


def test_a_fork_hands_on_the_environment_the_signals_and_the_files_that_a_process_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(tmp_path)
    looking = "pwd; env | grep -v ^DRIFTAUDIT_; ls /proc/self/fd; grep Sig.gn /proc/self/status"
    command = (site.repository, "guard", site.url, "--deploy", "replace:src", "--", "sh", "-c", looking)
    forked = driftaudit(*command, MARK="here")
    monkeypatch.setenv("DRIFTAUDIT_TESTS_FORK", "no")
    alone = driftaudit(*command, MARK="here")
    assert "MARK=here" in forked.out
    assert forked.out.splitlines() == alone.out.splitlines()
    assert forked.code == alone.code == 0


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_begins_with_nothing_imported_before(command: str) -> None:
    words = [sys.executable, "-m", "driftaudit", command, "--help"]
    done = subprocess.run(words, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Usage: driftaudit {command}")
