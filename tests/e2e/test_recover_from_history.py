"""After the loss on a night between two reports: the last stored tree says what was there."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from driftaudit.incident import Incident, build_incident
from tests.support.backups import client_programs, printed_command, state, tarred
from tests.support.cli import Outcome, driftaudit
from tests.support.schemas import conform
from tests.support.site import refusal
from tests.support.sshd import SSHServer

LOST = {"src/db/connection.js", "src/db/redis.js", "src/services/freeswitch.js"}


@pytest.fixture
def incident(tmp_path: Path, sshd: SSHServer) -> Iterator[Incident]:
    """Production over ssh as it was at 18:39, with a backup of that evening."""
    folder = tmp_path / "incident"
    folder.mkdir()
    incident = build_incident(folder, sshd.url(folder / "irisx-backend"))
    tarred(folder / "evening-20251103-180000.tar.gz", incident.production, ".")
    client_programs(tmp_path / "bin", sshd.client.path)
    yield incident


def report(incident: Incident) -> int:
    return driftaudit(incident.repository, "report", "--quiet").code


def recover(incident: Incident, *words: str) -> Outcome:
    backup = str(incident.production.parent / "evening-20251103-180000.tar.gz")
    return driftaudit(incident.repository, "recover", "production", backup, *words)


def document(outcome: Outcome) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(outcome.out)
    conform(value, "recovery")
    return value


def deploy(incident: Incident) -> None:
    shutil.rmtree(incident.production / "src")
    shutil.copytree(incident.repository / "api" / "src", incident.production / "src")


def test_the_last_stored_tree_is_restored_byte_for_byte(incident: Incident, tmp_path: Path) -> None:
    assert report(incident) == 3
    truth = tmp_path / "truth"
    shutil.copytree(incident.production, truth, symlinks=True)
    deploy(incident)
    outcome = recover(incident, "--older", "-o", "../all.tar.gz")
    assert outcome.code == 3
    assert outcome.out.startswith("production against stored run 1 of ")
    path = str(tmp_path / "bin")
    command = printed_command(outcome)
    environment = {"PATH": f"{path}:/usr/bin:/bin"}
    subprocess.run(command, shell=True, cwd=incident.repository, check=True, env=environment)
    wanted, now = state(truth, times=False), state(incident.production, times=False)
    assert {path: now.get(path) for path in wanted} == wanted
    assert recover(incident).code == 0
    times = state(incident.production)
    assert {path for path in LOST if times[path] != state(truth)[path]} == set(), "modes and times too"


def test_a_tree_that_was_stored_after_the_loss_is_not_taken_for_the_truth(incident: Incident) -> None:
    report(incident)
    deploy(incident)
    report(incident)
    outcome = recover(incident, "--format", "json")
    found = document(outcome)
    assert (found["reference"]["name"], found["exit_code"]) == ("stored run 2", 4)
    (note,) = [note for note in found["notes"] if "--run 1" in note]
    assert note.startswith("Run 1 of ") and "has 3 files that run 2 has not" in note
    found = document(recover(incident, "--run", "1", "--format", "json"))
    assert {hole["path"] for hole in found["holes"] if hole["state"] == "lost"} == LOST
    assert found["exit_code"] == 3
    assert "Snapshots are kept of: 1, 2." in refusal(recover(incident, "--run", "9"), 2)
    assert "both say" in refusal(recover(incident, "--run", "1", "--snapshot", "x"), 2)


def test_a_saved_snapshot_counts_where_it_is_newer(incident: Incident) -> None:
    report(incident)
    saved = incident.production.parent / "now.driftaudit"
    assert driftaudit(incident.repository, "snapshot", "production", "-o", str(saved)).code == 0
    found = document(recover(incident, str(saved), "--format", "json"))
    assert found["reference"]["name"].endswith("now.driftaudit")
    report(incident)
    found = document(recover(incident, str(saved), "--format", "json"))
    assert found["reference"]["name"] == "stored run 2"


def test_a_stored_tree_that_was_not_whole_says_so(incident: Incident) -> None:
    huge = incident.production / "src" / "huge.bin"
    with huge.open("wb") as file:
        file.truncate(2 << 30)  # over what an audit reads
    assert report(incident) == 3
    huge.unlink()
    outcome = recover(incident, "--format", "json")
    found = document(outcome)
    assert "Run 1 could not see all: 1 problem hides what was there." in found["notes"]
    assert found["exit_code"] == 3
    assert [hole["path"] for hole in found["holes"]] == ["src/huge.bin"]


def test_a_history_that_cannot_be_read_is_said(incident: Incident) -> None:
    bad = incident.production.parent / "bad.db"
    bad.write_bytes(b"no database" * 100)
    text = incident.settings.read_text()
    incident.settings.write_text(f"{text}history: {{database: {bad}}}\n")
    outcome = recover(incident)
    assert "cannot be used: file is not a database" in outcome.err
    assert "No run of the history is asked" in outcome.err
    assert outcome.code in (3, 4)
    assert "not a database" in refusal(recover(incident, "--run", "1"), 2)
