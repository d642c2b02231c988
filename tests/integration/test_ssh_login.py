"""Which keys our own SSH connection tries, and what it says of each."""

import subprocess
from pathlib import Path

import pytest

from tests.support.jumps import running_agent
from tests.support.sshd import SSHServer, StartServer, make_key, public_key
from tests.support.transports import PARAMIKO


def test_a_refused_key_is_named(sshd: SSHServer, tmp_path: Path) -> None:
    (sshd.folder / "authorized_keys").write_text(public_key(make_key(tmp_path / "other")))
    assert "~/.ssh/id_ed25519 was refused" in PARAMIKO.refused(sshd.url("/")).message


def test_no_key_at_all(sshd: SSHServer) -> None:
    (sshd.client.ssh / "id_ed25519").unlink()
    (sshd.client.ssh / "id_ed25519.pub").unlink()
    assert "no agent, and no key" in PARAMIKO.refused(sshd.url("/")).message


def test_files_that_are_no_keys(sshd: SSHServer) -> None:
    (sshd.client.ssh / "junk").write_text("junk")
    sshd.client.configure("IdentityFile ~/.ssh/junk\nIdentityFile ~/.ssh/absent")
    message = PARAMIKO.refused(sshd.url("/")).message
    assert "~/.ssh/junk is no key that can be used here" in message
    assert "~/.ssh/absent does not exist" in message


def test_a_host_that_does_not_take_keys(start_sshd: StartServer) -> None:
    server = start_sshd(options=("PubkeyAuthentication no", "PasswordAuthentication yes"))
    assert "not keys, but password" in PARAMIKO.refused(server.url("/")).message


def test_a_host_that_wants_more_than_a_key(start_sshd: StartServer) -> None:
    server = start_sshd(options=("AuthenticationMethods publickey,password", "PasswordAuthentication yes"))
    assert "more than a key: password" in PARAMIKO.refused(server.url("/")).message


def test_too_many_keys(start_sshd: StartServer) -> None:
    server = start_sshd(options=("MaxAuthTries 2",))
    for number in range(4):
        make_key(server.client.ssh / f"key{number}")
        server.client.configure(f"IdentityFile ~/.ssh/key{number}")
    assert "ended the connection" in PARAMIKO.refused(server.url("/")).message


def encrypt(key: Path) -> None:
    subprocess.run(
        ["ssh-keygen", "-q", "-p", "-P", "", "-N", "s3cret", "-f", str(key)], check=True, capture_output=True
    )


def test_an_encrypted_key_without_an_agent(sshd: SSHServer) -> None:
    encrypt(sshd.client.ssh / "id_ed25519")
    error = PARAMIKO.refused(sshd.url("/"))
    assert "~/.ssh/id_ed25519 has a passphrase" in error.message
    assert error.advice.endswith("ssh-add ~/.ssh/id_ed25519")


def test_an_encrypted_key_in_the_agent(
    sshd: SSHServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = sshd.client.ssh / "id_ed25519"
    with running_agent(tmp_path, key) as agent:
        encrypt(key)
        sshd.client.configure("IdentitiesOnly yes")
        monkeypatch.setenv("SSH_AUTH_SOCK", agent)
        assert PARAMIKO.output(sshd.url("/"), "echo in") == b"in\n"
        sshd.client.configure("IdentityAgent none")
        assert "has a passphrase" in PARAMIKO.refused(sshd.url("/")).message


def test_identities_only_leaves_other_keys_of_the_agent_alone(
    sshd: SSHServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = (sshd.client.ssh / "id_ed25519").rename(tmp_path / "other")
    with running_agent(tmp_path, key) as agent:
        (sshd.client.ssh / "id_ed25519.pub").unlink()
        monkeypatch.setenv("SSH_AUTH_SOCK", agent)
        assert PARAMIKO.output(sshd.url("/"), "echo in") == b"in\n"
        sshd.client.configure("IdentitiesOnly yes")
        PARAMIKO.refused(sshd.url("/"))


def test_an_agent_that_will_not_sign_does_not_end_the_tries(
    sshd: SSHServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_ASKPASS", "/bin/false")
    with running_agent(tmp_path, make_key(tmp_path / "other"), confirm=True) as agent:
        monkeypatch.setenv("SSH_AUTH_SOCK", agent)
        assert PARAMIKO.output(sshd.url("/"), "echo in") == b"in\n"
        (sshd.client.ssh / "id_ed25519").unlink()
        assert "was refused by the agent" in PARAMIKO.refused(sshd.url("/")).message


def test_an_agent_that_is_gone(sshd: SSHServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", str(sshd.folder / "gone"))
    assert PARAMIKO.output(sshd.url("/"), "echo in") == b"in\n"
    (sshd.client.ssh / "id_ed25519").unlink()
    assert "agent does not answer" in PARAMIKO.refused(sshd.url("/")).message
