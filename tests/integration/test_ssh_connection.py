import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from driftaudit.config.access import Timeouts
from tests.support.ssh_client import connected, eventually, output, read_all, refused
from tests.support.sshd import ClientHome, SSHServer, StartServer, free_port, make_key, public_key

SHORT = Timeouts(connect=0.5, login=5, silence=0.5)

# what a ProxyCommand does: joins its input and output to a port; it leaves its process id in a file
BRIDGE = """
import os, select, socket, sys
host, port, pid_file = sys.argv[1:]
open(pid_file, "w").write(str(os.getpid()))
stream = socket.create_connection((host, int(port)))
while True:
    for source in select.select([0, stream], [], [])[0]:
        data = os.read(0, 65536) if source == 0 else stream.recv(65536)
        if not data:
            sys.exit()
        stream.sendall(data) if source == 0 else os.write(1, data)
"""


def test_an_unknown_host_is_refused_until_the_advised_line_is_added(start_sshd: StartServer) -> None:
    server = start_sshd(known=False)
    error = refused(server.url("/"))
    assert re.fullmatch(
        rf"The host key of {re.escape(server.name)} is not known \(ssh-ed25519 SHA256:[\w+/]{{43}}\)",
        error.message,
    )
    assert not server.client.known_hosts.exists()
    command = error.advice.partition("then: ")[2]
    assert command == f"echo '{server.known_hosts_line.strip()}' >> ~/.ssh/known_hosts"
    subprocess.run(command, shell=True, check=True)
    assert output(server.url("/"), "echo in") == b"in\n"


def test_strict_host_key_checking_cannot_be_switched_off(start_sshd: StartServer) -> None:
    server = start_sshd(known=False)
    server.client.configure("StrictHostKeyChecking no\nUserKnownHostsFile /dev/null")
    assert "is not known" in refused(server.url("/")).message


def test_a_changed_host_key_is_refused(start_sshd: StartServer, tmp_path: Path) -> None:
    server = start_sshd(known=False)
    other = public_key(make_key(tmp_path / "other"))
    server.client.known_hosts.write_text(f"# mine\n{server.name} {other}\n")
    error = refused(server.url("/"))
    assert f"{server.client.known_hosts}:2" in error.message
    assert "attack" in error.message
    assert f"ssh-keygen -R '{server.name}'" in error.advice
    assert server.host_key in error.advice


def test_a_revoked_host_key_is_refused(sshd: SSHServer) -> None:
    with sshd.client.known_hosts.open("a") as file:
        file.write(f"@revoked * {sshd.host_key}\n")
    assert "revoked" in refused(sshd.url("/")).message


def test_host_certificates_are_said_to_be_unsupported(start_sshd: StartServer) -> None:
    server = start_sshd(known=False)
    server.client.known_hosts.write_text(f"@cert-authority * {server.host_key}\n")
    assert "@cert-authority" in refused(server.url("/")).message


def test_hashed_known_hosts(sshd: SSHServer) -> None:
    subprocess.run(["ssh-keygen", "-H", "-f", str(sshd.client.known_hosts)], check=True, capture_output=True)
    assert "127.0.0.1" not in sshd.client.known_hosts.read_text()
    assert output(sshd.url("/"), "echo in") == b"in\n"


def test_a_host_is_asked_for_the_key_that_is_known(start_sshd: StartServer, tmp_path: Path) -> None:
    rsa = make_key(tmp_path / "rsa", kind="rsa")
    server = start_sshd(known=False, options=(f"HostKey {rsa}",))
    server.client.known_hosts.write_text(f"{server.name} {public_key(rsa)}\n")
    assert output(server.url("/"), "echo in") == b"in\n"


def test_no_such_host(client_home: ClientHome) -> None:
    assert "no-such-host.invalid cannot be resolved" in refused("ssh://no-such-host.invalid/").message


def test_a_closed_port(client_home: ClientHome) -> None:
    assert "refuses the connection" in refused(f"ssh://127.0.0.1:{free_port()}/").message


@contextmanager
def answering(data: bytes, *, hang_up: bool = False) -> Iterator[int]:
    """Listen on a port of loopback, and say `data` to whoever comes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _address = listener.accept()
            with connection:
                connection.sendall(data)
                if not hang_up:
                    while connection.recv(4096):
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


@pytest.mark.parametrize("data", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
@pytest.mark.parametrize("hang_up", [True, False])
def test_a_port_that_is_no_ssh_server(client_home: ClientHome, data: bytes, hang_up: bool) -> None:
    with answering(data, hang_up=hang_up) as port:
        started = time.monotonic()
        assert "nothing that an SSH server would" in refused(f"ssh://127.0.0.1:{port}/", SHORT).message
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("hang_up", [True, False])
def test_a_server_that_stops_after_its_banner(
    client_home: ClientHome, hang_up: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    with answering(b"SSH-2.0-OpenSSH_9.2\r\n", hang_up=hang_up) as port:
        assert "no encrypted connection" in refused(f"ssh://127.0.0.1:{port}/", SHORT).message
    # a timer of paramiko's would keep the whole program from ending
    eventually(
        lambda: not any(isinstance(one, threading.Timer) and not one.daemon for one in threading.enumerate())
    )
    assert capfd.readouterr().err == ""


def test_the_configuration_decides_how_to_connect(sshd: SSHServer) -> None:
    (sshd.client.ssh / "id_ed25519").rename(sshd.client.ssh / "deploy")
    sshd.client.known_hosts.rename(sshd.client.ssh / "fleet")
    sshd.client.configure(
        f"Host web\n  HostName 127.0.0.1\n  Port {sshd.port}\n  User {sshd.user}\n"
        "  IdentityFile ~/.ssh/deploy\n  UserKnownHostsFile ~/.ssh/fleet\n"
    )
    assert output("ssh://web/", "echo in") == b"in\n"


def test_a_proxy_command(sshd: SSHServer, tmp_path: Path) -> None:
    bridge, pid_file = tmp_path / "bridge.py", tmp_path / "pid"
    bridge.write_text(BRIDGE)
    sshd.client.configure(
        f"Host web\n  HostName 127.0.0.1\n  Port {sshd.port}\n"
        f"  ProxyCommand {sys.executable} {bridge} %h %p {pid_file}\n"
    )
    with connected("ssh://web/") as transport:
        assert len(read_all(transport.run("head -c 5000000 /dev/zero"))) == 5_000_000
        pid = int(pid_file.read_text())
        os.kill(pid, 0)
    with pytest.raises(ProcessLookupError):  # ended, and no zombie either
        os.kill(pid, 0)


@pytest.mark.parametrize("command", ["sh -c 'echo no way >&2; exit 3'", "sh -c 'echo no way >&2; cat'"])
def test_a_proxy_command_that_fails_is_quoted(client_home: ClientHome, command: str) -> None:
    client_home.configure(f"Host web\n  ProxyCommand {command}\n")
    error = refused("ssh://web/", SHORT)
    assert "ProxyCommand of web gives no connection: no way" in error.message
    assert ("exit status 3" in error.message) == ("exit 3" in command)


def test_a_proxy_jump_through_two_hosts(start_sshd: StartServer) -> None:
    first, second, target = start_sshd(), start_sshd(), start_sshd()
    for name, server, jump in (("a", first, "none"), ("b", second, "none"), ("web", target, "a,b")):
        first.client.configure(
            f"Host {name}\n  HostName 127.0.0.1\n  Port {server.port}\n  ProxyJump {jump}\n"
        )
    with connected("ssh://web/") as transport:
        assert len(read_all(transport.run("head -c 5000000 /dev/zero"))) == 5_000_000
    for server in (first, second, target):
        assert "Accepted publickey" in server.log


def test_the_host_key_of_a_jump_is_checked(start_sshd: StartServer) -> None:
    jump, target = start_sshd(known=False), start_sshd()
    jump.client.configure(f"Host {target.name}\n  ProxyJump 127.0.0.1:{jump.port}\n")
    jump.client.configure(
        f"Host web\n  HostName 127.0.0.1\n  Port {target.port}\n  ProxyJump 127.0.0.1:{jump.port}"
    )
    assert f"host key of {jump.name} is not known" in refused("ssh://web/").message


def test_a_jump_that_leads_nowhere(sshd: SSHServer) -> None:
    sshd.client.configure(
        f"Host web\n  HostName 127.0.0.1\n  Port {free_port()}\n  ProxyJump 127.0.0.1:{sshd.port}"
    )
    assert "cannot be reached through its ProxyJump" in refused("ssh://web/").message
