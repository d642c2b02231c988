"""Through which hosts a host is reached. Knows names and configuration; opens nothing."""

from collections.abc import Callable
from dataclasses import dataclass

from driftaudit.errors import SourceError
from driftaudit.sources.ssh.address import SSHAddress, checked_host, checked_user, split_authority
from driftaudit.sources.ssh.host_config import HostConfig, host_config

Lookup = Callable[[str, int | None, str | None], HostConfig]
"""Returns the configuration of a host; the port and the user, where given, win."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One host to log in to. `host` is what the user, or the ProxyJump before it, called it."""

    host: str
    config: HostConfig

    @property
    def name(self) -> str:
        """What messages call it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.config.port == 22 else f"{host}:{self.config.port}"


def route(address: SSHAddress, lookup: Lookup = host_config) -> tuple[Hop, ...]:
    """Return the hosts to log in to, one through the other; the last is where the tree is.

    Every hop has its own configuration. As with OpenSSH, `ProxyJump a,b` goes through a, then b, and
    the ProxyJump of a itself is followed too. Raises SourceError where the way leads in a circle.
    """
    return _to(address.host, address.port, address.user, None, lookup, frozenset())


def _to(
    host: str,
    port: int | None,
    user: str | None,
    jumps: str | None,
    lookup: Lookup,
    seen: frozenset[tuple[str, int, str]],
) -> tuple[Hop, ...]:
    config = lookup(host, port, user)
    place = (config.hostname, config.port, config.user)
    if place in seen:
        raise SourceError(
            f"The ProxyJump of {host} leads back to {host}",
            f"Give {host} a block of its own in ~/.ssh/config, with `ProxyJump none`.",
        )
    hop = Hop(host, config)
    jumps = jumps or config.proxy_jump
    if not jumps:
        return (hop,)
    earlier, _comma, last = jumps.rpartition(",")
    jump_user, jump_host, jump_port = split_authority(last.strip().removeprefix("ssh://").rstrip("/"))
    before = _to(
        checked_host(jump_host),
        int(jump_port) if jump_port and jump_port.isdecimal() else None,
        checked_user(jump_user),
        earlier or None,
        lookup,
        seen | {place},
    )
    return (*before, hop)
