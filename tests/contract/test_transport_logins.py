"""Whom every way to a host trusts, how it finds there, and what it says where it is not let in."""

import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from driftaudit.config.access import Timeouts
from tests.support.jumps import BRIDGE, jumping, running_agent
from tests.support.sshd import ClientHome, SSHServer, StartServer, free_port, make_key, public_key
from tests.support.transports import WAYS, Way, read_all
from tests.support.waiting import eventually

pytestmark = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)

SHORT = Timeouts(connect=1, login=1, silence=0.5)
LOOSE = "StrictHostKeyChecking no\nNoHostAuthenticationForLocalhost yes\nUpdateHostKeys yes\n"


def test_an_unknown_host_is_refused_until_the_advised_line_is_added(
    way: Way, start_sshd: StartServer
) -> None:
    server = start_sshd(known=False)
    error = way.refused(server.url("/"))
    assert re.fullmatch(
        rf"The host key of {re.escape(server.name)} is not known \(ssh-ed25519 SHA256:[\w+/]{{43}}\)",
        error.message,
    )
    assert not server.client.known_hosts.exists()
    assert "Accepted" not in server.log
    command = error.advice.partition("then: ")[2]
    assert command == f"echo '{server.known_hosts_line.strip()}' >> ~/.ssh/known_hosts"
    subprocess.run(command, shell=True, check=True)
    assert way.output(server.url("/"), "echo in") == b"in\n"


def test_the_configuration_cannot_loosen_the_check(way: Way, start_sshd: StartServer) -> None:
    server = start_sshd(known=False)
    server.client.configure(LOOSE)
    assert "is not known" in way.refused(server.url("/")).message
    assert not server.client.known_hosts.exists()
    server.client.configure("UserKnownHostsFile /dev/null")
    assert "is not known" in way.refused(server.url("/")).message
    assert "Accepted" not in server.log


def test_a_changed_host_key_is_refused(way: Way, start_sshd: StartServer, tmp_path: Path) -> None:
    server = start_sshd(known=False)
    other = public_key(make_key(tmp_path / "other"))
    server.client.known_hosts.write_text(f"# mine\n{server.name} {other}\n")
    server.client.configure(LOOSE)
    error = way.refused(server.url("/"))
    assert f"{server.client.known_hosts}:2" in error.message
    assert "attack" in error.message
    assert f"ssh-keygen -R '{server.name}'" in error.advice
    assert server.host_key in error.advice
    assert "Accepted" not in server.log


def test_a_revoked_host_key_is_refused(way: Way, sshd: SSHServer) -> None:
    with sshd.client.known_hosts.open("a") as file:
        file.write(f"@revoked * {sshd.host_key}\n")
    assert "revoked" in way.refused(sshd.url("/")).message


def test_hashed_known_hosts(way: Way, sshd: SSHServer) -> None:
    subprocess.run(["ssh-keygen", "-H", "-f", str(sshd.client.known_hosts)], check=True, capture_output=True)
    assert "127.0.0.1" not in sshd.client.known_hosts.read_text()
    assert way.output(sshd.url("/"), "echo in") == b"in\n"


def test_a_host_is_asked_for_the_key_that_is_known(way: Way, start_sshd: StartServer, tmp_path: Path) -> None:
    rsa = make_key(tmp_path / "rsa", kind="rsa")
    server = start_sshd(known=False, options=(f"HostKey {rsa}",))
    server.client.known_hosts.write_text(f"{server.name} {public_key(rsa)}\n")
    assert way.output(server.url("/"), "echo in") == b"in\n"


def test_no_such_host(way: Way, client_home: ClientHome) -> None:
    message = way.refused("ssh://no-such-host.invalid/").message
    assert message == "The host name no-such-host.invalid cannot be resolved"


def test_a_closed_port(way: Way, client_home: ClientHome) -> None:
    assert "refuses the connection" in way.refused(f"ssh://127.0.0.1:{free_port()}/").message


def test_a_port_that_says_nothing(way: Way, client_home: ClientHome) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        started = time.monotonic()
        url = f"ssh://127.0.0.1:{listener.getsockname()[1]}/"
        assert "nothing that an SSH server would" in way.refused(url, SHORT).message
    assert time.monotonic() - started < 5


def test_a_user_that_is_not_there(way: Way, sshd: SSHServer) -> None:
    assert "does not let nobody-there in" in way.refused(sshd.url("/", user="nobody-there")).message


def test_a_refused_key(way: Way, sshd: SSHServer, tmp_path: Path) -> None:
    (sshd.folder / "authorized_keys").write_text(public_key(make_key(tmp_path / "other")))
    error = way.refused(sshd.url("/"))
    assert f"does not let {sshd.user} in" in error.message
    assert f"ssh-copy-id -p {sshd.port}" in error.advice


def test_a_password_is_not_asked_for(way: Way, start_sshd: StartServer, tmp_path: Path) -> None:
    server = start_sshd(options=("PubkeyAuthentication no", "PasswordAuthentication yes"))
    started = time.monotonic()
    assert "password" in way.refused(server.url("/")).message
    assert time.monotonic() - started < 10


def test_too_many_keys(way: Way, start_sshd: StartServer) -> None:
    server = start_sshd(options=("MaxAuthTries 2",))
    for number in range(4):
        make_key(server.client.ssh / f"key{number}")
        server.client.configure(f"IdentityFile ~/.ssh/key{number}")
    assert "IdentitiesOnly" in way.refused(server.url("/")).advice


def test_the_agent_that_the_configuration_names(way: Way, sshd: SSHServer, tmp_path: Path) -> None:
    key = sshd.client.ssh / "id_ed25519"
    with running_agent(tmp_path, key) as agent:
        key.unlink()
        sshd.client.configure(f"IdentityAgent {agent}")
        assert way.output(sshd.url("/"), "echo in") == b"in\n"


@pytest.mark.parametrize("kind", ["ed25519", "rsa", "ecdsa"])
def test_a_certificate_of_the_user(way: Way, start_sshd: StartServer, tmp_path: Path, kind: str) -> None:
    authority = make_key(tmp_path / "authority")
    server = start_sshd(options=(f"TrustedUserCAKeys {authority}.pub",))
    (server.folder / "authorized_keys").write_text("")
    key = make_key(server.client.ssh / "signed", kind=kind)
    server.client.configure("IdentityFile ~/.ssh/signed")
    assert "does not let" in way.refused(server.url("/")).message
    command = ["ssh-keygen", "-q", "-s", str(authority), "-I", "test", "-n", server.user, f"{key}.pub"]
    subprocess.run(command, check=True, capture_output=True)
    assert way.output(server.url("/"), "echo in") == b"in\n"


def test_the_configuration_decides_how_to_connect(way: Way, sshd: SSHServer, tmp_path: Path) -> None:
    (sshd.client.ssh / "id_ed25519").rename(sshd.client.ssh / "deploy key")
    sshd.client.known_hosts.rename(sshd.client.ssh / "fleet")
    included = tmp_path / "included"
    included.write_text(
        f"Host web\n  HostName 127.0.0.1\n  Port {sshd.port}\n  User {sshd.user}\n"
        '  IdentityFile "~/.ssh/deploy key"\n  UserKnownHostsFile ~/.ssh/fleet\n'
    )
    sshd.client.configure(f"Include {included}")
    assert way.output("ssh://web/", "echo in") == b"in\n"


def test_a_proxy_command(way: Way, sshd: SSHServer, tmp_path: Path) -> None:
    bridge, pid_file = tmp_path / "bridge.py", tmp_path / "pid"
    bridge.write_text(BRIDGE)
    sshd.client.configure(
        f"Host web\n  HostName 127.0.0.1\n  Port {sshd.port}\n"
        f"  ProxyCommand {sys.executable} {bridge} %h %p {pid_file}\n"
    )
    assert len(way.output("ssh://web/", "head -c 5000000 /dev/zero")) == 5_000_000
    pid = int(pid_file.read_text())
    eventually(lambda: not is_running(pid))


def is_running(pid: int) -> bool:
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())  # a zombie has none
    except OSError:
        return False


def test_a_proxy_command_that_fails_is_quoted(way: Way, client_home: ClientHome) -> None:
    client_home.configure("Host web\n  ProxyCommand sh -c 'echo no way >&2; exit 3'\n")
    assert "ProxyCommand of web gives no connection: no way" in way.refused("ssh://web/", SHORT).message


def test_a_proxy_jump_through_two_hosts(way: Way, start_sshd: StartServer) -> None:
    first, second, target = start_sshd(), start_sshd(), start_sshd()
    jumping(first, second, target)
    with way.connected("ssh://web/") as transport:
        channel = transport.run("head -c 5000000 /dev/zero")
        assert len(read_all(channel)) == 5_000_000
        channel.close()
    for server in (first, second, target):
        assert server.log.count("Accepted publickey") == 1


@pytest.mark.parametrize("unknown", [0, 1, 2])
def test_the_host_key_of_each_jump_is_checked(way: Way, start_sshd: StartServer, unknown: int) -> None:
    servers = [start_sshd(known=number != unknown) for number in range(3)]
    jumping(*servers)
    servers[0].client.configure("Host *\n" + LOOSE)
    before = servers[0].client.known_hosts.read_text()
    assert f"host key of {servers[unknown].name} is not known" in way.refused("ssh://web/").message
    assert "Accepted" not in servers[unknown].log
    assert servers[0].client.known_hosts.read_text() == before


def test_a_jump_that_leads_nowhere(way: Way, sshd: SSHServer) -> None:
    sshd.client.configure(
        f"Host web\n  HostName 127.0.0.1\n  Port {free_port()}\n  ProxyJump 127.0.0.1:{sshd.port}"
    )
    assert "cannot be reached through its ProxyJump" in way.refused("ssh://web/").message
