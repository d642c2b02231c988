import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from driftaudit.config.access import Timeouts
from tests.support.openssh_client import all_of, answer, children, reached, turned_away
from tests.support.ssh_client import eventually
from tests.support.sshd import ClientHome, SSHServer, StartServer, free_port, make_key, public_key

SHORT = Timeouts(connect=1, login=1, silence=0.5)
LOOSE = "StrictHostKeyChecking no\nNoHostAuthenticationForLocalhost yes\nUpdateHostKeys yes\n"


def test_an_unknown_host_is_refused_until_the_advised_line_is_added(start_sshd: StartServer) -> None:
    server = start_sshd(known=False)
    error = turned_away(server.url("/"))
    assert re.fullmatch(
        rf"The host key of {re.escape(server.name)} is not known \(ssh-ed25519 SHA256:[\w+/]{{43}}\)",
        error.message,
    )
    assert not server.client.known_hosts.exists()
    assert "Accepted" not in server.log
    command = error.advice.partition("then: ")[2]
    assert command == f"echo '{server.known_hosts_line.strip()}' >> ~/.ssh/known_hosts"
    subprocess.run(command, shell=True, check=True)
    assert answer(server.url("/"), "echo in") == b"in\n"


def test_the_configuration_cannot_loosen_the_check(start_sshd: StartServer) -> None:
    server = start_sshd(known=False)
    server.client.configure(LOOSE)
    assert "is not known" in turned_away(server.url("/")).message
    assert not server.client.known_hosts.exists()
    server.client.configure("UserKnownHostsFile /dev/null")
    assert "is not known" in turned_away(server.url("/")).message
    assert "Accepted" not in server.log


def test_a_connection_that_the_user_shares_is_not_used(start_sshd: StartServer, tmp_path: Path) -> None:
    server = start_sshd(known=False)
    server.client.configure(f"ControlMaster auto\nControlPath {tmp_path}/master")
    master = ["ssh", "-F", str(server.client.config), "-M", "-N", "-p", str(server.port)]
    master += ["-o", "StrictHostKeyChecking no", "-o", "UserKnownHostsFile /dev/null"]
    master += ["-i", str(server.client.ssh / "id_ed25519"), "127.0.0.1"]
    process = subprocess.Popen(master, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        eventually((tmp_path / "master").exists)
        assert "is not known" in turned_away(server.url("/")).message
    finally:
        process.terminate()
        process.wait(10)


def test_a_changed_host_key_is_refused(start_sshd: StartServer, tmp_path: Path) -> None:
    server = start_sshd(known=False)
    other = public_key(make_key(tmp_path / "other"))
    server.client.known_hosts.write_text(f"# mine\n{server.name} {other}\n")
    server.client.configure(LOOSE)
    error = turned_away(server.url("/"))
    assert f"{server.client.known_hosts}:2" in error.message
    assert "attack" in error.message
    assert f"ssh-keygen -R '{server.name}'" in error.advice
    assert "Accepted" not in server.log


def test_a_changed_host_key_of_another_type_than_ssh_would_ask_for(
    start_sshd: StartServer, tmp_path: Path
) -> None:
    host_key = make_key(tmp_path / "host-rsa", kind="rsa")
    server = start_sshd(known=False, options=(f"HostKey {host_key}",))
    server.client.known_hosts.write_text(
        f"{server.name} {public_key(make_key(tmp_path / 'other', kind='rsa'))}\n"
    )
    message = turned_away(server.url("/")).message
    assert "has changed: it is ssh-rsa" in message


def test_a_revoked_host_key_is_refused(sshd: SSHServer) -> None:
    with sshd.client.known_hosts.open("a") as file:
        file.write(f"@revoked * {sshd.host_key}\n")
    assert "revoked" in turned_away(sshd.url("/")).message


def test_a_host_certificate(start_sshd: StartServer, tmp_path: Path) -> None:
    authority, host_key = make_key(tmp_path / "authority"), make_key(tmp_path / "host")
    sign = ["ssh-keygen", "-q", "-s", str(authority), "-I", "host", "-h", "-n"]
    subprocess.run([*sign, "127.0.0.1", f"{host_key}.pub"], check=True, capture_output=True)
    options = (f"HostKey {host_key}", f"HostCertificate {host_key}-cert.pub")
    server = start_sshd(known=False, options=options)
    server.client.known_hosts.write_text(f"@cert-authority * {public_key(authority)}\n")
    assert answer(server.url("/"), "echo in") == b"in\n"
    server.client.known_hosts.write_text(f"@cert-authority * {public_key(make_key(tmp_path / 'other'))}\n")
    error = turned_away(server.url("/"))
    assert "is not known" in error.message
    assert "not checked here" not in error.message


@pytest.mark.parametrize("kind", ["ed25519", "rsa", "ecdsa"])
def test_a_user_certificate(start_sshd: StartServer, tmp_path: Path, kind: str) -> None:
    authority = make_key(tmp_path / "authority")
    server = start_sshd(options=(f"TrustedUserCAKeys {authority}.pub",))
    (server.folder / "authorized_keys").write_text("")
    key = make_key(server.client.ssh / "signed", kind=kind)
    server.client.configure("IdentityFile ~/.ssh/signed")
    assert "does not let" in turned_away(server.url("/")).message
    command = ["ssh-keygen", "-q", "-s", str(authority), "-I", "test", "-n", server.user, f"{key}.pub"]
    subprocess.run(command, check=True, capture_output=True)
    assert answer(server.url("/"), "echo in") == b"in\n"


def test_a_refused_key(sshd: SSHServer, tmp_path: Path) -> None:
    (sshd.folder / "authorized_keys").write_text(public_key(make_key(tmp_path / "other")))
    error = turned_away(sshd.url("/"))
    assert f"does not let {sshd.user} in" in error.message
    assert "asks for publickey" in error.message
    assert f"ssh-copy-id -p {sshd.port}" in error.advice


def test_a_key_that_others_can_read_is_named(sshd: SSHServer) -> None:
    (sshd.client.ssh / "id_ed25519").chmod(0o644)
    assert "id_ed25519" in turned_away(sshd.url("/")).message


def test_a_password_is_not_asked_for(start_sshd: StartServer, tmp_path: Path) -> None:
    server = start_sshd(options=("PasswordAuthentication yes",))
    (server.folder / "authorized_keys").write_text(public_key(make_key(tmp_path / "other")))
    started = time.monotonic()
    assert "password" in turned_away(server.url("/")).message
    assert time.monotonic() - started < 10


def test_too_many_keys(start_sshd: StartServer) -> None:
    server = start_sshd(options=("MaxAuthTries 2",))
    for number in range(4):
        make_key(server.client.ssh / f"key{number}")
        server.client.configure(f"IdentityFile ~/.ssh/key{number}")
    error = turned_away(server.url("/"))
    assert "too many keys" in error.message
    assert "IdentitiesOnly" in error.advice


def test_a_key_in_the_agent(sshd: SSHServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, path = sshd.client.ssh / "id_ed25519", str(tmp_path / "agent")
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", path], stdout=subprocess.DEVNULL)
    try:
        eventually(Path(path).exists)
        subprocess.run(["ssh-add", "-q", str(key)], env={**os.environ, "SSH_AUTH_SOCK": path}, check=True)
        key.unlink()
        sshd.client.configure(f"IdentityAgent {path}")
        assert answer(sshd.url("/"), "echo in") == b"in\n"
    finally:
        agent.terminate()
        agent.wait(10)


def test_no_such_host(client_home: ClientHome) -> None:
    message = turned_away("ssh://no-such-host.invalid/").message
    assert message == "The host name no-such-host.invalid cannot be resolved"


def test_a_closed_port(client_home: ClientHome) -> None:
    assert "refuses the connection" in turned_away(f"ssh://127.0.0.1:{free_port()}/").message


def test_a_port_that_says_nothing(client_home: ClientHome) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        started = time.monotonic()
        url = f"ssh://127.0.0.1:{listener.getsockname()[1]}/"
        assert "says nothing that an SSH server would" in turned_away(url, SHORT).message
    assert time.monotonic() - started < 5


def test_the_time_out_of_the_configuration_wins(client_home: ClientHome) -> None:
    client_home.configure("ConnectTimeout 1")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        started = time.monotonic()
        turned_away(f"ssh://127.0.0.1:{listener.getsockname()[1]}/", Timeouts(connect=60))
    assert time.monotonic() - started < 10


def test_a_login_that_takes_too_long(start_sshd: StartServer) -> None:
    server = start_sshd(options=("AuthorizedKeysCommand /bin/sleep 20", "AuthorizedKeysCommandUser root"))
    (server.folder / "authorized_keys").write_text("")
    assert "in within 2 seconds" in turned_away(server.url("/"), SHORT).message


def test_no_ssh_here(client_home: ClientHome, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    error = turned_away("ssh://127.0.0.1/")
    assert "No `ssh` is installed here" in error.message
    assert "transport" in error.advice


def test_a_broken_configuration(client_home: ClientHome) -> None:
    client_home.configure("NoSuchOption yes")
    assert "The ssh configuration is broken" in turned_away("ssh://127.0.0.1/").message


def test_the_configuration_decides_how_to_connect(sshd: SSHServer, tmp_path: Path) -> None:
    (sshd.client.ssh / "id_ed25519").rename(sshd.client.ssh / "deploy key")
    sshd.client.known_hosts.rename(sshd.client.ssh / "fleet")
    included = tmp_path / "included"
    included.write_text(
        f"Host web\n  HostName 127.0.0.1\n  Port {sshd.port}\n  User {sshd.user}\n"
        '  IdentityFile "~/.ssh/deploy key"\n  UserKnownHostsFile ~/.ssh/fleet\n'
    )
    sshd.client.configure(f"Include {included}")
    assert answer("ssh://web/", "echo in") == b"in\n"


def test_where_home_is_what_the_password_database_says(
    sshd: SSHServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is named then that ssh finds by itself; here it needs to be told, by the configuration."""
    monkeypatch.setattr("driftaudit.sources.ssh.openssh.passwd_home", Path.home)
    sshd.client.configure(
        f"IdentityFile {sshd.client.ssh}/id_ed25519\nUserKnownHostsFile {sshd.client.known_hosts}\n" + LOOSE
    )
    assert answer(sshd.url("/"), "echo in") == b"in\n"
    sshd.client.known_hosts.write_text("")
    assert "is not known" in turned_away(sshd.url("/")).message


def test_what_would_keep_the_program_from_running_is_overruled(sshd: SSHServer, tmp_path: Path) -> None:
    sshd.client.configure(
        "SessionType none\nStdinNull yes\nForkAfterAuthentication yes\nRemoteCommand echo other\n"
        f"RequestTTY force\nPermitLocalCommand yes\nLocalCommand touch {tmp_path}/touched\n"
        "LogLevel DEBUG3\nForwardAgent yes\nEscapeChar ~\n"
        f"RemoteForward {free_port()} 127.0.0.1:22\nLocalForward {free_port()} 127.0.0.1:22"
    )
    with reached(sshd.url("/")) as transport:
        channel = transport.run('echo "$(cat) $(tty) $SSH_AUTH_SOCK"; echo err >&2')
        channel.send(b"sent\n~.\n")
        channel.end_input()
        # What a program writes at once may come in parts.
        assert b"".join(iter(lambda: channel.receive(100), b"")) == b"sent\n~. not a tty \n"
        assert channel.finish() == (0, b"err\n")
        channel.close()
    assert not (tmp_path / "touched").exists()


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


def test_a_proxy_command(sshd: SSHServer, tmp_path: Path) -> None:
    bridge, pid_file = tmp_path / "bridge.py", tmp_path / "pid"
    bridge.write_text(BRIDGE)
    sshd.client.configure(
        f"Host web\n  HostName 127.0.0.1\n  Port {sshd.port}\n"
        f"  ProxyCommand {sys.executable} {bridge} %h %p {pid_file}\n"
    )
    with reached("ssh://web/") as transport:
        assert len(all_of(transport.run("head -c 5000000 /dev/zero"))) == 5_000_000
    pid = int(pid_file.read_text())
    eventually(lambda: not Path(f"/proc/{pid}/cmdline").exists() or not has_command_line(pid))


def has_command_line(pid: int) -> bool:
    return bool(Path(f"/proc/{pid}/cmdline").read_bytes())  # a zombie has none


def test_a_proxy_command_that_fails_is_quoted(client_home: ClientHome) -> None:
    client_home.configure("Host web\n  ProxyCommand sh -c 'echo no way >&2; exit 3'\n")
    assert "ProxyCommand of web gives no connection: no way" in turned_away("ssh://web/", SHORT).message


def jumping(first: SSHServer, second: SSHServer, target: SSHServer) -> None:
    for name, server, jump in (("a", first, "none"), ("b", second, "none"), ("web", target, "a,b")):
        first.client.configure(
            f"Host {name}\n  HostName 127.0.0.1\n  Port {server.port}\n  ProxyJump {jump}\n"
        )


def test_a_proxy_jump_through_two_hosts(start_sshd: StartServer) -> None:
    first, second, target = start_sshd(), start_sshd(), start_sshd()
    jumping(first, second, target)
    before = children(os.getpid())
    with reached("ssh://web/") as transport:
        assert len(all_of(transport.run("head -c 5000000 /dev/zero"))) == 5_000_000
    assert children(os.getpid()) == before
    for server in (first, second, target):
        assert server.log.count("Accepted publickey") == 1


@pytest.mark.parametrize("unknown", [0, 1, 2])
def test_the_host_key_of_each_jump_is_checked(start_sshd: StartServer, unknown: int) -> None:
    servers = [start_sshd(known=number != unknown) for number in range(3)]
    jumping(*servers)
    servers[0].client.configure("Host *\n" + LOOSE)
    before = servers[0].client.known_hosts.read_text()
    assert f"host key of {servers[unknown].name} is not known" in turned_away("ssh://web/").message
    assert "Accepted" not in servers[unknown].log
    assert servers[0].client.known_hosts.read_text() == before


def test_a_jump_that_leads_nowhere(sshd: SSHServer) -> None:
    sshd.client.configure(
        f"Host web\n  HostName 127.0.0.1\n  Port {free_port()}\n  ProxyJump 127.0.0.1:{sshd.port}"
    )
    message = turned_away("ssh://web/").message
    assert "cannot be reached through its ProxyJump" in message
    assert "Connection refused" in message


def test_a_jump_that_lets_nobody_in(start_sshd: StartServer, tmp_path: Path) -> None:
    jump, target = start_sshd(), start_sshd()
    (jump.folder / "authorized_keys").write_text(public_key(make_key(tmp_path / "other")))
    jump.client.configure(
        f"Host bastion\n  HostName 127.0.0.1\n  Port {jump.port}\n"
        f"Host web\n  HostName 127.0.0.1\n  Port {target.port}\n  ProxyJump bastion"
    )
    message = turned_away("ssh://web/").message
    assert f"refused as {jump.user}@127.0.0.1" in message
