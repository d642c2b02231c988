"""What only the system's ssh can do, or could be talked into."""

import getpass
import socket
import subprocess
import time
from pathlib import Path

import pytest

from driftaudit.config.access import Timeouts
from tests.support.sshd import ClientHome, SSHServer, StartServer, free_port, make_key, public_key
from tests.support.transports import OPENSSH, read_all
from tests.support.waiting import eventually

SHORT = Timeouts(connect=1, login=1, silence=0.5)
LOOSE = "StrictHostKeyChecking no\nNoHostAuthenticationForLocalhost yes\nUpdateHostKeys yes\n"


def test_a_connection_that_the_user_shares_is_not_used(start_sshd: StartServer, tmp_path: Path) -> None:
    server = start_sshd(known=False)
    server.client.configure(f"ControlMaster auto\nControlPath {tmp_path}/master")
    master = ["ssh", "-F", str(server.client.config), "-M", "-N", "-p", str(server.port)]
    master += ["-o", "StrictHostKeyChecking no", "-o", "UserKnownHostsFile /dev/null"]
    master += ["-i", str(server.client.ssh / "id_ed25519"), "127.0.0.1"]
    process = subprocess.Popen(master, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        eventually((tmp_path / "master").exists)
        assert "is not known" in OPENSSH.refused(server.url("/")).message
    finally:
        process.terminate()
        process.wait(10)


def test_a_changed_host_key_of_another_type_than_ssh_would_ask_for(
    start_sshd: StartServer, tmp_path: Path
) -> None:
    host_key = make_key(tmp_path / "host-rsa", kind="rsa")
    server = start_sshd(known=False, options=(f"HostKey {host_key}",))
    server.client.known_hosts.write_text(
        f"{server.name} {public_key(make_key(tmp_path / 'other', kind='rsa'))}\n"
    )
    message = OPENSSH.refused(server.url("/")).message
    assert "has changed: it is ssh-rsa" in message


def test_a_host_certificate(start_sshd: StartServer, tmp_path: Path) -> None:
    authority, host_key = make_key(tmp_path / "authority"), make_key(tmp_path / "host")
    sign = ["ssh-keygen", "-q", "-s", str(authority), "-I", "host", "-h", "-n"]
    subprocess.run([*sign, "127.0.0.1", f"{host_key}.pub"], check=True, capture_output=True)
    options = (f"HostKey {host_key}", f"HostCertificate {host_key}-cert.pub")
    server = start_sshd(known=False, options=options)
    server.client.known_hosts.write_text(f"@cert-authority * {public_key(authority)}\n")
    assert OPENSSH.output(server.url("/"), "echo in") == b"in\n"
    server.client.known_hosts.write_text(f"@cert-authority * {public_key(make_key(tmp_path / 'other'))}\n")
    error = OPENSSH.refused(server.url("/"))
    assert "is not known" in error.message
    assert "not checked here" not in error.message


def test_what_the_host_asks_for_is_said_of_a_refused_key(sshd: SSHServer, tmp_path: Path) -> None:
    (sshd.folder / "authorized_keys").write_text(public_key(make_key(tmp_path / "other")))
    assert "asks for publickey" in OPENSSH.refused(sshd.url("/")).message


def test_a_key_that_others_can_read_is_named(sshd: SSHServer) -> None:
    (sshd.client.ssh / "id_ed25519").chmod(0o644)
    assert "id_ed25519" in OPENSSH.refused(sshd.url("/")).message


def test_a_password_is_not_asked_for(start_sshd: StartServer, tmp_path: Path) -> None:
    server = start_sshd(options=("PasswordAuthentication yes",))
    (server.folder / "authorized_keys").write_text(public_key(make_key(tmp_path / "other")))
    started = time.monotonic()
    assert "password" in OPENSSH.refused(server.url("/")).message
    assert time.monotonic() - started < 10


def test_too_many_keys(start_sshd: StartServer) -> None:
    server = start_sshd(options=("MaxAuthTries 2",))
    for number in range(4):
        make_key(server.client.ssh / f"key{number}")
        server.client.configure(f"IdentityFile ~/.ssh/key{number}")
    assert "too many keys" in OPENSSH.refused(server.url("/")).message


def test_the_time_out_of_the_configuration_wins(client_home: ClientHome) -> None:
    client_home.configure("ConnectTimeout 1")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        started = time.monotonic()
        OPENSSH.refused(f"ssh://127.0.0.1:{listener.getsockname()[1]}/", Timeouts(connect=60))
    assert time.monotonic() - started < 10


def test_a_login_that_takes_too_long(start_sshd: StartServer) -> None:
    user = getpass.getuser()
    server = start_sshd(options=("AuthorizedKeysCommand /bin/sleep 20", f"AuthorizedKeysCommandUser {user}"))
    (server.folder / "authorized_keys").write_text("")
    assert "in within 2 seconds" in OPENSSH.refused(server.url("/"), SHORT).message


def test_no_ssh_here(client_home: ClientHome, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    error = OPENSSH.refused("ssh://127.0.0.1/")
    assert "No `ssh` is installed here" in error.message
    assert "transport" in error.advice


def test_a_broken_configuration(client_home: ClientHome) -> None:
    client_home.configure("NoSuchOption yes")
    assert "The ssh configuration is broken" in OPENSSH.refused("ssh://127.0.0.1/").message


def test_where_home_is_what_the_password_database_says(
    sshd: SSHServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is named then that ssh finds by itself; here it needs to be told, by the configuration."""
    monkeypatch.setattr("driftaudit.sources.ssh.openssh.passwd_home", Path.home)
    sshd.client.configure(
        f"IdentityFile {sshd.client.ssh}/id_ed25519\nUserKnownHostsFile {sshd.client.known_hosts}\n" + LOOSE
    )
    assert OPENSSH.output(sshd.url("/"), "echo in") == b"in\n"
    sshd.client.known_hosts.write_text("")
    assert "is not known" in OPENSSH.refused(sshd.url("/")).message


def test_what_would_keep_the_program_from_running_is_overruled(sshd: SSHServer, tmp_path: Path) -> None:
    sshd.client.configure(
        "SessionType none\nStdinNull yes\nForkAfterAuthentication yes\nRemoteCommand echo other\n"
        f"RequestTTY force\nPermitLocalCommand yes\nLocalCommand touch {tmp_path}/touched\n"
        "LogLevel DEBUG3\nForwardAgent yes\nEscapeChar ~\n"
        f"RemoteForward {free_port()} 127.0.0.1:22\nLocalForward {free_port()} 127.0.0.1:22"
    )
    with OPENSSH.connected(sshd.url("/")) as transport:
        channel = transport.run('echo "$(cat) $(tty) $SSH_AUTH_SOCK"; echo err >&2')
        channel.send(b"sent\n~.\n")
        channel.end_input()
        assert read_all(channel) == b"sent\n~. not a tty \n"
        assert channel.finish() == (0, b"err\n")
        channel.close()
    assert not (tmp_path / "touched").exists()


def test_what_a_jump_says_is_quoted(sshd: SSHServer) -> None:
    sshd.client.configure(
        f"Host web\n  HostName 127.0.0.1\n  Port {free_port()}\n  ProxyJump 127.0.0.1:{sshd.port}"
    )
    assert "Connection refused" in OPENSSH.refused("ssh://web/").message


def test_a_jump_that_lets_nobody_in(start_sshd: StartServer, tmp_path: Path) -> None:
    jump, target = start_sshd(), start_sshd()
    (jump.folder / "authorized_keys").write_text(public_key(make_key(tmp_path / "other")))
    jump.client.configure(
        f"Host bastion\n  HostName 127.0.0.1\n  Port {jump.port}\n"
        f"Host web\n  HostName 127.0.0.1\n  Port {target.port}\n  ProxyJump bastion"
    )
    message = OPENSSH.refused("ssh://web/").message
    assert f"refused as {jump.user}@127.0.0.1" in message
