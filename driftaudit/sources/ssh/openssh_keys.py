"""Finds out by which key a host is not known, once ssh has refused it: ssh itself does not say the key."""

import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from driftaudit.sources.ssh.host_keys import KnownHost
from driftaudit.sources.ssh.known_hosts import HostKey, read_lines
from driftaudit.sources.ssh.route import Hop

_ALGORITHMS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "rsa-sha2-512",
    "rsa-sha2-256",
)


def require_known(ssh: Sequence[str], hops: Sequence[Hop], folder: Path, seconds: float) -> None:
    """Raise SourceError for the first host of the way whose key is unknown, changed or revoked.

    `ssh` is the program with its configuration; `folder` is a private one. Returns where nothing is wrong
    with the keys that the hosts show. Nobody logs in to a host whose key is in question.
    """
    for number, hop in enumerate(hops):
        known = KnownHost.of(hop.config)
        # ssh has checked the certificate, if the host has one: what is left to say is of its key
        known = replace(known, lines=tuple(line for line in known.lines if line.marker != "@cert-authority"))
        key = _shown_key(ssh, hop, hops[:number], known, folder / f"shown-{number}", seconds)
        if key:
            known.require(key)


def _shown_key(
    ssh: Sequence[str], hop: Hop, before: Sequence[Hop], known: KnownHost, file: Path, seconds: float
) -> HostKey | None:
    """Let ssh write the key of a host into `file`, and offer the host no way to log in."""
    options = (
        "StrictHostKeyChecking=no",
        f"UserKnownHostsFile={file}",
        "GlobalKnownHostsFile=/dev/null",
        "HashKnownHosts=no",
        "CheckHostIP=no",
        f"HostKeyAlgorithms={','.join(known.preferred(_ALGORITHMS))}",
        "PreferredAuthentications=none",
    )
    jumps = ",".join(f"{one.config.user}@{_bracketed(one.host)}:{one.config.port}" for one in before)
    command = [
        *ssh,
        *(word for option in options for word in ("-o", option)),
        *(["-J", jumps] if jumps else []),
        *("-p", str(hop.config.port), "-l", hop.config.user, "--", hop.host, "exit"),
    ]
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(  # noqa: S603 - the user's own ssh, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=seconds,
            start_new_session=True,
        )
    return next((line.key for line in read_lines([file])), None)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
