"""`transport: openssh` on the command line."""

from pathlib import Path

import pytest

from driftaudit.incident import Incident, build_incident
from tests.support.cli import check, driftaudit
from tests.support.doctor import HOST, TREE, Answer, Capture
from tests.support.proxy import running_proxy
from tests.support.site import Site
from tests.support.sshd import SSHServer, StartServer, free_port


def by_openssh(settings: Path) -> None:
    """Let the target of a configuration be reached by the system's ssh."""
    lines = settings.read_text().splitlines()
    at = next(number for number, line in enumerate(lines) if line.strip().startswith("url: "))
    indent = lines[at][: lines[at].index("url")]
    settings.write_text("\n".join([*lines[: at + 1], f"{indent}transport: openssh", *lines[at + 1 :]]) + "\n")


@pytest.fixture
def incident(tmp_path: Path, sshd: SSHServer) -> Incident:
    folder = tmp_path / "incident"
    folder.mkdir()
    made = build_incident(folder, sshd.url(folder / "irisx-backend"))
    by_openssh(made.settings)
    return made


def test_the_incident_is_blocked(incident: Incident) -> None:
    outcome = check(incident.repository)
    assert outcome.code == 3
    assert outcome.blocking() == {
        "src/config.js": "core/only-copy",
        "src/db/connection.js": "core/only-copy",
        "src/services/freeswitch.js": "core/only-copy",
    }
    assert outcome.report["deployed"]["method"] == "agent"
    assert outcome.report["deployed"]["wire_bytes_received"] > 100


def test_both_transports_give_the_same_findings(incident: Incident) -> None:
    by_system = check(incident.repository).report["findings"]
    incident.settings.write_text(incident.settings.read_text().replace("transport: openssh", ""))
    assert check(incident.repository).report["findings"] == by_system


def test_a_cut_connection_gives_no_report(incident: Incident, sshd: SSHServer) -> None:
    settings = incident.settings.read_text()
    sshd.client.configure(f"Host 127.0.0.1\n  HostKeyAlias {sshd.name}")
    for path in ("src/config.js", "src/db/connection.js", "src/services/freeswitch.js"):
        (incident.production / path).unlink()  # their contents would be fetched once the scan is over
    scan = ("check", "--no-cache")
    with running_proxy(sshd.port) as alone:  # for imports contents are fetched once the scan is over
        incident.settings.write_text(settings.replace(f":{sshd.port}/", f":{alone.port}/"))
        assert driftaudit(incident.repository, *scan, "--no-structure").code == 0
    with running_proxy(sshd.port, cut_after=alone.passed - 800) as proxy:
        incident.settings.write_text(settings.replace(f":{sshd.port}/", f":{proxy.port}/"))
        outcome = driftaudit(incident.repository, *scan)
    assert (outcome.code, outcome.out) == (5, "")


def test_an_unknown_host(site: Site, start_sshd: StartServer) -> None:
    server = start_sshd(known=False)
    by_openssh(site.configure(f"version: 1\ntargets:\n  live:\n    url: {server.url(site.production)}\n"))
    outcome = driftaudit(site.repository, "check", "live")
    assert outcome.code == 5
    assert f"echo '{server.known_hosts_line.strip()}' >> ~/.ssh/known_hosts" in outcome.err


def test_doctor_says_what_it_did_not_look_at(
    incident: Incident, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(incident.repository)
    answer = Answer(capsys, "production")
    assert answer.code == 0
    seen = [name for name in HOST if name not in ("host key", "login")]
    assert list(answer.checks) == ["configuration", "repository", "desired tree", *seen, *TREE]
    assert "not looked at one by one" in answer.detail("connection")


def test_doctor_where_nobody_answers(
    incident: Incident, sshd: SSHServer, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    text = incident.settings.read_text().replace(f":{sshd.port}/", f":{free_port()}/")
    incident.settings.write_text(text)
    monkeypatch.chdir(incident.repository)
    answer = Answer(capsys, "production")
    assert answer.code == 5
    assert answer.is_stopped_at("connection")
    assert "refuses the connection" in answer.detail("connection")
