"""The incident on a host that is nothing but BusyBox: the same findings as on one with Python."""

from pathlib import Path
from typing import Any

import pytest

from driftaudit.incident import Incident, build_incident
from tests.support.bare_hosts import busybox_host
from tests.support.cli import Outcome, check, driftaudit
from tests.support.sshd import SSHServer, StartServer

COUNTED = ("url", "method", "wire_bytes_sent", "wire_bytes_received")


@pytest.fixture
def incident(tmp_path: Path, sshd: SSHServer) -> Incident:
    folder = tmp_path / "shared"
    folder.mkdir()
    return build_incident(folder, sshd.url(folder / "irisx-backend"))


@pytest.fixture
def bare(tmp_path: Path, start_sshd: StartServer) -> SSHServer:
    return start_sshd(force_command=busybox_host(tmp_path / "alone", tmp_path / "shared"))


def move_to(incident: Incident, server: SSHServer) -> None:
    """Let the target be reached by another server."""
    text = incident.settings.read_text()
    (line,) = (line for line in text.splitlines() if line.strip().startswith("url:"))
    incident.settings.write_text(text.replace(line, f"    url: {server.url(incident.production)}"))


def told(outcome: Outcome) -> dict[str, Any]:
    """The report, less what may differ from run to run and from way to way."""
    report = outcome.report
    del report["started_at"], report["duration_seconds"]
    for key in COUNTED:
        del report["deployed"][key]
    report.pop("notes", None)
    return report


@pytest.mark.parametrize("words", [[], ["--deploy", "mirror"], ["--deploy", "overlay"]], ids=" ".join)
def test_the_findings_are_those_of_a_host_with_python(
    incident: Incident, bare: SSHServer, words: list[str]
) -> None:
    (incident.production / "src" / "notes.txt").write_bytes(b"a\r\nb\r\n")
    by_agent = check(incident.repository, "production", *words)
    move_to(incident, bare)
    by_shell = check(incident.repository, "production", *words)
    assert by_agent.report["deployed"]["method"] == "agent"
    assert by_shell.report["deployed"]["method"] == "shell"
    assert by_shell.code == 3
    assert told(by_shell) == told(by_agent)


def test_the_report_says_which_way_was_taken(incident: Incident, bare: SSHServer) -> None:
    move_to(incident, bare)
    outcome = driftaudit(incident.repository, "check", "production")
    assert outcome.code == 3
    assert "not read by agent" in outcome.out
    assert outcome.err == ""
