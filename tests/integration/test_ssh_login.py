import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.programs import program
from tests.support.ssh_client import eventually, output, refused
from tests.support.sshd import SSHServer, StartServer, make_key, public_key


def test_a_refused_key(sshd: SSHServer, tmp_path: Path) -> None:
    (sshd.folder / "authorized_keys").write_text(public_key(make_key(tmp_path / "other")))
    error = refused(sshd.url("/"))
    assert f"does not let {sshd.user} in" in error.message
    assert "~/.ssh/id_ed25519 was refused" in error.message
    assert f"ssh-copy-id -p {sshd.port}" in error.advice


def test_no_key_at_all(sshd: SSHServer) -> None:
    (sshd.client.ssh / "id_ed25519").unlink()
    (sshd.client.ssh / "id_ed25519.pub").unlink()
    assert "no agent, and no key" in refused(sshd.url("/")).message


def test_files_that_are_no_keys(sshd: SSHServer) -> None:
    (sshd.client.ssh / "junk").write_text("junk")
    sshd.client.configure("IdentityFile ~/.ssh/junk\nIdentityFile ~/.ssh/absent")
    message = refused(sshd.url("/")).message
    assert "~/.ssh/junk is no key that can be used here" in message
    assert "~/.ssh/absent does not exist" in message


def test_a_host_that_does_not_take_keys(start_sshd: StartServer) -> None:
    server = start_sshd(options=("PubkeyAuthentication no", "PasswordAuthentication yes"))
    assert "not keys, but password" in refused(server.url("/")).message


def test_a_host_that_wants_more_than_a_key(start_sshd: StartServer) -> None:
    server = start_sshd(options=("AuthenticationMethods publickey,password", "PasswordAuthentication yes"))
    assert "more than a key: password" in refused(server.url("/")).message


def test_too_many_keys(start_sshd: StartServer, tmp_path: Path) -> None:
    server = start_sshd(options=("MaxAuthTries 2",))
    for number in range(4):
        make_key(server.client.ssh / f"key{number}")
        server.client.configure(f"IdentityFile ~/.ssh/key{number}")
    error = refused(server.url("/"))
    assert "ended the connection" in error.message
    assert "IdentitiesOnly" in error.advice


def encrypt(key: Path) -> None:
    subprocess.run(
        ["ssh-keygen", "-q", "-p", "-P", "", "-N", "s3cret", "-f", str(key)], check=True, capture_output=True
    )


@contextmanager
def running_agent(tmp_path: Path, *keys: Path, confirm: bool = False) -> Iterator[str]:
    """Run an ssh agent with these keys; return its socket."""
    path = str(tmp_path / "agent")
    agent = subprocess.Popen([program("ssh-agent"), "-D", "-a", path], stdout=subprocess.DEVNULL)
    try:
        eventually(Path(path).exists)
        for key in keys:
            subprocess.run(
                [program("ssh-add"), "-q", *(["-c"] if confirm else []), str(key)],
                env={**os.environ, "SSH_AUTH_SOCK": path},
                check=True,
            )
        yield path
    finally:
        agent.terminate()
        agent.wait(10)


def test_an_encrypted_key_without_an_agent(sshd: SSHServer) -> None:
    encrypt(sshd.client.ssh / "id_ed25519")
    error = refused(sshd.url("/"))
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
        assert output(sshd.url("/"), "echo in") == b"in\n"
        sshd.client.configure("IdentityAgent none")
        assert "has a passphrase" in refused(sshd.url("/")).message


def test_the_agent_that_the_configuration_names(sshd: SSHServer, tmp_path: Path) -> None:
    key = sshd.client.ssh / "id_ed25519"
    with running_agent(tmp_path, key) as agent:
        key.unlink()
        sshd.client.configure(f"IdentityAgent {agent}")
        assert output(sshd.url("/"), "echo in") == b"in\n"


def test_identities_only_leaves_other_keys_of_the_agent_alone(
    sshd: SSHServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = (sshd.client.ssh / "id_ed25519").rename(tmp_path / "other")
    with running_agent(tmp_path, key) as agent:
        (sshd.client.ssh / "id_ed25519.pub").unlink()
        monkeypatch.setenv("SSH_AUTH_SOCK", agent)
        assert output(sshd.url("/"), "echo in") == b"in\n"
        sshd.client.configure("IdentitiesOnly yes")
        refused(sshd.url("/"))


def test_an_agent_that_will_not_sign_does_not_end_the_tries(
    sshd: SSHServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_ASKPASS", "/bin/false")
    with running_agent(tmp_path, make_key(tmp_path / "other"), confirm=True) as agent:
        monkeypatch.setenv("SSH_AUTH_SOCK", agent)
        assert output(sshd.url("/"), "echo in") == b"in\n"
        (sshd.client.ssh / "id_ed25519").unlink()
        assert "was refused by the agent" in refused(sshd.url("/")).message


def test_an_agent_that_is_gone(sshd: SSHServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", str(sshd.folder / "gone"))
    assert output(sshd.url("/"), "echo in") == b"in\n"
    (sshd.client.ssh / "id_ed25519").unlink()
    assert "agent does not answer" in refused(sshd.url("/")).message


@pytest.mark.parametrize("kind", ["ed25519", "rsa", "ecdsa"])
def test_a_certificate(start_sshd: StartServer, tmp_path: Path, kind: str) -> None:
    authority = make_key(tmp_path / "authority")
    server = start_sshd(options=(f"TrustedUserCAKeys {authority}.pub",))
    (server.folder / "authorized_keys").write_text("")
    key = make_key(server.client.ssh / "signed", kind=kind)
    server.client.configure("IdentityFile ~/.ssh/signed")
    refused(server.url("/"))
    command = ["ssh-keygen", "-q", "-s", str(authority), "-I", "test", "-n", server.user, f"{key}.pub"]
    subprocess.run(command, check=True, capture_output=True)
    assert output(server.url("/"), "echo in") == b"in\n"


def test_a_user_that_is_not_there(sshd: SSHServer) -> None:
    assert "does not let nobody-there in" in refused(sshd.url("/", user="nobody-there")).message
