"""What is said where a host connects to nothing for us."""

from driftaudit.sources.transport import NotAskedError


def not_forwarded(host: str, why: str) -> NotAskedError:
    """Return the error for a host that lets nobody connect through it: of the place that says nothing."""
    return NotAskedError(
        f"{host} connects to nothing for us: {why}",
        "Its sshd must allow it (AllowTcpForwarding, PermitOpen), or the probe say `from: here`.",
    )
