"""Logging in with the user's keys: from the agent and from files. No passwords, and no prompts."""

import base64
import binascii
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from paramiko.agent import AgentKey, AgentSSH

from driftaudit.errors import SourceError
from driftaudit.sources.ssh.host_config import DEFAULT_KEYS
from driftaudit.sources.ssh.known_hosts import HostKey
from driftaudit.sources.ssh.route import Hop


def authenticate(transport: paramiko.Transport, hop: Hop) -> str:
    """Log in as the hop's user, and return by which key.

    Raises SourceError that says which keys were tried, and what to do.
    """
    login = _Login(transport, hop)
    socket_path = hop.config.identity_agent or os.environ.get("SSH_AUTH_SOCK", "none")
    agent = None if socket_path == "none" else login.agent(socket_path)
    if agent is None:
        return login.run([])
    with closing(agent):
        return login.run([_AgentIdentity(agent, key.blob, key.comment) for key in agent.get_keys()])


class _Agent(AgentSSH):
    """An ssh agent at a socket of the user's choice; paramiko's own looks at SSH_AUTH_SOCK alone."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__()
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(timeout)
        try:
            connection.connect(path)
            self._connect(connection)  # type: ignore[attr-defined] # absent from the stubs
        except BaseException:
            connection.close()
            raise

    def close(self) -> None:
        self._close()  # type: ignore[attr-defined] # absent from the stubs


class _AgentIdentity(AgentKey):
    """A key in the agent. One that the agent will not sign with is refused by the host like any other."""

    refused_by_agent = False

    def sign_ssh_data(self, data: bytes, algorithm: str | None = None) -> paramiko.Message:  # type: ignore[override]
        try:
            return super().sign_ssh_data(data, algorithm)
        except (paramiko.SSHException, OSError):
            # raised here it would end paramiko's thread, and with it the tries of the other keys
            self.refused_by_agent = True
            return b""  # type: ignore[return-value] # bytes are what is returned in fact


@dataclass(slots=True)
class _Login:
    """The tries of one login. `tried` says of each key what became of it."""

    transport: paramiko.Transport
    hop: Hop
    tried: list[str] = field(default_factory=list)
    locked: list[Path] = field(default_factory=list)

    def agent(self, path: str) -> _Agent | None:
        try:
            return _Agent(path, self.transport.auth_timeout)
        except (OSError, paramiko.SSHException, ValueError, struct.error):
            self.tried.append("the ssh agent does not answer")
            return None

    def run(self, agent_keys: list[_AgentIdentity]) -> str:
        """Try one key after the other; return the label of the one that is taken. Raises SourceError."""
        for label, key in self._candidates(agent_keys):
            if self._is_taken(label, key):
                return label
            if not self.transport.is_active():
                raise self._ended()
        raise self._refused()

    def _candidates(self, agent_keys: list[_AgentIdentity]) -> Iterator[tuple[str, paramiko.PKey]]:
        """Yield keys in OpenSSH's order: the agent's that the configuration names, its others, files."""
        config = self.hop.config
        public = {path: _public_blob(path) for path in config.identity_files}
        named = [key for key in agent_keys if key.blob in public.values()]
        others = [] if config.identities_only else [key for key in agent_keys if key not in named]
        in_agent = {key.blob for key in [*named, *others]}
        for key in [*named, *others]:
            yield f"agent key {_described(key.get_name(), key.blob)}", key
        for path in config.identity_files:
            if public[path] is None or public[path] not in in_agent:
                yield from self._from_file(path)

    def _from_file(self, path: Path) -> Iterator[tuple[str, paramiko.PKey]]:
        label = _shown(path)
        try:
            key = paramiko.PKey.from_path(path)
        except FileNotFoundError:
            if path.name not in DEFAULT_KEYS:
                self.tried.append(f"{label} does not exist")
        except (TypeError, paramiko.PasswordRequiredException):  # cryptography's word for "encrypted"
            self.locked.append(path)
            self.tried.append(f"{label} has a passphrase")
        except OSError as error:
            self.tried.append(f"{label} cannot be read ({error.strerror})")
        except (ValueError, paramiko.SSHException, paramiko.pkey.UnknownKeyType, UnsupportedAlgorithm):
            self.tried.append(f"{label} is no key that can be used here")
        else:
            if key.public_blob:  # a certificate lies beside it: first with it, then without
                yield f"{label}-cert.pub", key
                key.public_blob = None
            yield label, key

    def _is_taken(self, label: str, key: paramiko.PKey) -> bool:
        try:
            further = self.transport.auth_publickey(self.hop.config.user, key)
        except paramiko.BadAuthenticationType as error:
            raise self._other_methods(f"not keys, but {', '.join(error.allowed_types)}") from error
        except Exception:  # whatever stopped paramiko's thread comes out here
            by_agent = isinstance(key, _AgentIdentity) and key.refused_by_agent
            self.tried.append(f"{label} was refused{' by the agent' if by_agent else ''}")
            return False
        if further:
            raise self._other_methods(f"more than a key: {', '.join(further)}")
        return True

    def _refused(self) -> SourceError:
        user, name = self.hop.config.user, self.hop.name
        tried = "; ".join(self.tried) or "there is no agent, and no key in ~/.ssh"
        if self.locked:
            advice = f"Unlock the key for the agent: ssh-add {_shown(self.locked[0])}"
        else:
            port = "" if self.hop.config.port == 22 else f"-p {self.hop.config.port} "
            copying = f"ssh-copy-id {port}{user}@{self.hop.host}"
            advice = f"Check User and IdentityFile in ~/.ssh/config, or bring a key there: {copying}"
        return SourceError(f"{name} does not let {user} in: {tried}", advice)

    def _ended(self) -> SourceError:
        user, name = self.hop.config.user, self.hop.name
        return SourceError(
            f"{name} ended the connection while {user} was logging in: {'; '.join(self.tried)}",
            "It may allow few tries: name the right key with IdentityFile, and set `IdentitiesOnly yes`.",
        )

    def _other_methods(self, wanted: str) -> SourceError:
        user, name = self.hop.config.user, self.hop.name
        return SourceError(
            f"{name} asks of {user} for {wanted}",
            "Only keys and agents work here: allow this login publickey alone (AuthenticationMethods).",
        )


def _public_blob(path: Path) -> bytes | None:
    """Return the public key that lies beside the private one at `path`, or that `path` itself is."""
    for candidate in (Path(f"{path}.pub"), path):
        try:
            kind, text = candidate.read_text("utf-8").split(maxsplit=2)[:2]
            blob = base64.b64decode(text, validate=True)
        except (OSError, ValueError, binascii.Error):
            continue
        if kind.encode() in blob[:64]:
            return blob
    return None


def _described(kind: str, blob: bytes) -> str:
    return f"{kind} {HostKey(kind, blob).fingerprint}"


def _shown(path: Path) -> str:
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
