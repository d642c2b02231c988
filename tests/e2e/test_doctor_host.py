"""`driftaudit doctor` and a real sshd, with each step of the way broken in its turn."""

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from driftaudit.config.access import TransportName
from driftaudit.incident import Incident, build_incident
from driftaudit.sources.agent.protocol import NO_PYTHON
from tests.support.bare_hosts import busybox_host
from tests.support.doctor import HOST, TREE, Answer, Capture, at
from tests.support.sftp import ONLY
from tests.support.sshd import SSHServer, StartServer, free_port, make_key, public_key


@pytest.fixture
def incident(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Incident:
    made = build_incident(tmp_path)
    monkeypatch.chdir(made.repository)
    return made


def test_a_host(incident: Incident, sshd: SSHServer, capsys: Capture) -> None:
    at(incident, sshd.url(incident.production))
    answer = Answer(capsys, "production")
    assert answer.code == 0
    assert list(answer.checks) == ["configuration", "repository", "desired tree", *HOST, *TREE]
    assert {check["outcome"] for check in answer.report["checks"]} == {"ok"}
    assert answer.detail("ssh config") == f"{sshd.user}@127.0.0.1 port {sshd.port}"
    assert answer.detail("connection").startswith("it answers as SSH-2.0-OpenSSH")
    assert "ssh-ed25519 SHA256:" in answer.detail("host key")
    assert answer.detail("login") == f"{sshd.user}, by ~/.ssh/id_ed25519"
    assert answer.detail("Python").startswith("/")
    assert ", version 3." in answer.detail("Python")
    assert answer.detail("root") == f"{incident.production}: 11 files in 7 folders"
    assert answer.text.endswith("\nReady: driftaudit check production\n")
    assert sshd.log.count("Accepted publickey") == 2  # one for each of the two runs


def test_the_ssh_configuration_decides(incident: Incident, start_sshd: StartServer, capsys: Capture) -> None:
    bastion, sshd = start_sshd(), start_sshd()
    sshd.client.configure(f"Host bastion\n  HostName 127.0.0.1\n  Port {bastion.port}")
    sshd.client.configure(f"Host web\n  HostName 127.0.0.1\n  Port {sshd.port}\n  ProxyJump bastion")
    answer = Answer(capsys, f"web:{incident.production}")
    assert answer.code == 0
    assert (
        answer.detail("ssh config")
        == f"{sshd.user}@127.0.0.1 port {sshd.port}, through bastion:{bastion.port}"
    )
    assert f"ok    login         bastion:{bastion.port}: {sshd.user}, by ~/.ssh/id_ed25519\n" in answer.text
    assert answer.detail("login").startswith(f"web:{sshd.port}: ")


def test_a_jump_that_is_not_reached(incident: Incident, sshd: SSHServer, capsys: Capture) -> None:
    sshd.client.configure(
        f"Host web\n  HostName 127.0.0.1\n  Port {free_port()}\n  ProxyJump 127.0.0.1:{sshd.port}"
    )
    answer = Answer(capsys, f"web:{incident.production}")
    assert answer.code == 5
    assert answer.outcome("connection") == "fail"
    assert "through its ProxyJump" in answer.detail("connection")
    assert [answer.outcome(name) for name in ("host key", "login", "Python", "root")] == ["skipped"] * 4


def test_a_broken_ssh_configuration(incident: Incident, sshd: SSHServer, capsys: Capture) -> None:
    sshd.client.configure("Host *\n  NoSuchOption yes")
    answer = Answer(capsys, sshd.url("/"))
    assert answer.code == 5
    assert answer.is_stopped_at("ssh config")


def test_no_such_host(incident: Incident, sshd: SSHServer, capsys: Capture) -> None:
    answer = Answer(capsys, "no-such-host.invalid:/srv")
    assert answer.code == 5
    assert answer.is_stopped_at("connection")
    assert "no-such-host.invalid cannot be resolved" in answer.detail("connection")


def test_a_closed_port(incident: Incident, sshd: SSHServer, capsys: Capture) -> None:
    answer = Answer(capsys, f"ssh://127.0.0.1:{free_port()}/srv")
    assert answer.code == 5
    assert answer.is_stopped_at("connection")
    assert "refuses the connection" in answer.detail("connection")


def test_an_unknown_host_key_and_its_command(
    incident: Incident, start_sshd: StartServer, capsys: Capture
) -> None:
    sshd = start_sshd(known=False)
    sshd.client.known_hosts.write_text("# no line feed here")
    answer = Answer(capsys, sshd.url(incident.production))
    assert answer.code == 5
    assert answer.is_stopped_at("host key")
    assert "is not known (ssh-ed25519 SHA256:" in answer.detail("host key")
    line = next(line for line in answer.text.splitlines() if "-> " in line)
    command = line.partition("then: ")[2]  # as it stands on the screen, backslashes too
    subprocess.run(command, shell=True, check=True)
    assert Answer(capsys, sshd.url(incident.production)).code == 0


def test_a_changed_host_key(
    incident: Incident, start_sshd: StartServer, tmp_path: Path, capsys: Capture
) -> None:
    sshd = start_sshd(known=False)
    sshd.client.known_hosts.write_text(f"{sshd.name} {public_key(make_key(tmp_path / 'other'))}\n")
    answer = Answer(capsys, sshd.url("/"))
    assert answer.code == 5
    assert answer.is_stopped_at("host key")
    assert "has changed" in answer.detail("host key")


def test_a_refused_login(incident: Incident, sshd: SSHServer, tmp_path: Path, capsys: Capture) -> None:
    (sshd.folder / "authorized_keys").write_text(public_key(make_key(tmp_path / "other")))
    answer = Answer(capsys, sshd.url("/"))
    assert answer.code == 5
    assert answer.is_stopped_at("login")
    assert "~/.ssh/id_ed25519 was refused" in answer.detail("login")
    assert "ssh-copy-id" in answer.checks["login"]["advice"]


def test_no_python_on_the_host(incident: Incident, start_sshd: StartServer, capsys: Capture) -> None:
    sshd = start_sshd(force_command=f"exit {NO_PYTHON}")
    answer = Answer(capsys, sshd.url(incident.production))
    assert answer.code == 5
    assert answer.outcome("login") == "ok"
    assert answer.is_stopped_at("Python")
    assert "no Python 3.6 or newer" in answer.detail("Python")
    assert "Python 3.6 or newer on the host is best" in answer.checks["Python"]["advice"]


def test_a_login_that_runs_no_commands(incident: Incident, start_sshd: StartServer, capsys: Capture) -> None:
    sshd = start_sshd(force_command="echo 'This account is not available.' >&2; exit 1")
    answer = Answer(capsys, sshd.url(incident.production))
    assert answer.code == 5
    assert answer.is_stopped_at("Python")
    assert "This account is not available." in answer.detail("Python")
    assert "doctor" not in answer.checks["Python"]["advice"]


def test_a_host_without_python_is_read_by_its_shell(
    incident: Incident, start_sshd: StartServer, tmp_path: Path, capsys: Capture
) -> None:
    sshd = start_sshd(force_command=busybox_host(tmp_path / "alone", incident.production.parent))
    answer = Answer(capsys, sshd.url(incident.production))
    assert answer.code == 0
    assert answer.outcome("Python") == "warn"
    assert "no Python 3.6 or newer was found there: it is read by shell" in answer.detail("Python")
    assert "Install python3" in answer.checks["Python"]["advice"]
    assert [answer.outcome(name) for name in ("login shell", "clock", *TREE)] == ["ok"] * 5
    assert answer.detail("root") == f"{incident.production}: 11 files in 7 folders"
    assert "Ready, with 1 warning" in answer.text
    answer = Answer(capsys, sshd.url(incident.production / "absent"))
    assert answer.code == 5
    assert answer.outcome("clock") == "skipped"
    assert answer.is_stopped_at("root")


@pytest.mark.parametrize("transport", get_args(TransportName))
def test_a_host_that_runs_nothing_is_read_over_sftp(
    incident: Incident, start_sshd: StartServer, capsys: Capture, transport: str
) -> None:
    sshd = start_sshd(options=ONLY)
    at(incident, f"{sshd.url(incident.production)}\n    transport: {transport}")
    answer = Answer(capsys, "production")
    assert answer.code == 0
    assert answer.outcome("Python") == "warn"
    assert "it is read by sftp" in answer.detail("Python")
    assert [answer.outcome(name) for name in ("login shell", "clock")] == ["skipped"] * 2
    assert [answer.outcome(name) for name in TREE] == ["ok"] * 3
    assert answer.detail("root") == f"{incident.production}: 11 files in 7 folders"


@pytest.mark.parametrize(
    ("method", "stopped_at"), [("agent", "Python"), ("shell", "login shell"), ("sftp", "root")]
)
def test_the_only_way_that_is_asked_for(
    incident: Incident, start_sshd: StartServer, capsys: Capture, method: str, stopped_at: str
) -> None:
    able, unable = start_sshd(), start_sshd(force_command="exit 1")
    at(incident, f"{able.url(incident.production)}\n    method: {method}")
    answer = Answer(capsys, "production")
    assert answer.code == 0
    assert answer.outcome("Python") == ("ok" if method == "agent" else "skipped")
    assert answer.outcome("root") == "ok"
    text = incident.settings.read_text()
    incident.settings.write_text(text.replace(f":{able.port}/", f":{unable.port}/"))
    answer = Answer(capsys, "production")
    assert answer.code == 5
    assert answer.is_stopped_at(stopped_at)


def test_a_user_that_the_login_may_not_become(incident: Incident, sshd: SSHServer, capsys: Capture) -> None:
    at(incident, f"{sshd.url(incident.production)}\n    become: nobody-of-that-name")
    answer = Answer(capsys, "production")
    assert answer.code == 5
    assert answer.is_stopped_at("Python")
    assert "sudo" in answer.detail("Python")
    assert "SFTP has no sudo, and nobody-of-that-name was asked for" in answer.detail("Python")


AGENT_OF_TOMORROW = """
import sys, time
now = time.time
time.time = lambda: now() + 86400
exec(sys.stdin.buffer.read(int(sys.stdin.buffer.readline())))
"""


def test_a_clock_that_goes_wrong(
    incident: Incident, start_sshd: StartServer, tmp_path: Path, capsys: Capture
) -> None:
    program = tmp_path / "agent.py"
    program.write_text(AGENT_OF_TOMORROW)
    sshd = start_sshd(force_command=f"{sys.executable} -I -B {program}")
    answer = Answer(capsys, sshd.url(incident.production))
    assert answer.code == 0
    assert answer.outcome("clock") == "warn"
    assert "86400 s ahead of this machine's" in answer.detail("clock")
    assert "timedatectl" in answer.checks["clock"]["advice"]
    assert "Ready, with 1 warning" in answer.text


def test_a_login_shell_that_prints(incident: Incident, start_sshd: StartServer, capsys: Capture) -> None:
    sshd = start_sshd(
        force_command="""printf 'Welcome to \\033[1mweb1\\033[0m\\nsecond'; eval "$SSH_ORIGINAL_COMMAND\""""
    )
    answer = Answer(capsys, sshd.url(incident.production))
    assert answer.code == 0
    assert answer.outcome("login shell") == "ok"
    assert "prints 30 bytes of its own" in answer.detail("login shell")
    assert "Welcome to" in answer.text
    assert "\x1b" not in answer.text
