"""What the system's ssh says where it makes no connection, in our words and with advice."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from driftaudit.errors import SourceError

_BAD_HOST_KEY = re.compile(r"host key verification failed|host key .*revoked|revoked host key", re.IGNORECASE)
_NOISE = re.compile(
    r"@|Pseudo-terminal|Connection (?:closed|reset) by|kex_exchange_identification|banner exchange"
    r"|stdio forwarding failed|\*\*",
)
_CHECK_WAY = "Check the network and the address."


@dataclass(frozen=True, slots=True)
class Attempt:
    """A login that was tried: what the user called the host, and what the configuration makes of it."""

    host: str
    user: str
    port: int
    has_proxy_command: bool
    seconds: float  # that were waited for the connection

    @property
    def name(self) -> str:
        """What messages call the host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == 22 else f"{host}:{self.port}"


def is_about_the_host_key(told: str) -> bool:
    """Tell whether ssh ended because it does not know the key of a host on the way."""
    return _BAD_HOST_KEY.search(told) is not None


def refusal(told: str, attempt: Attempt) -> SourceError:
    """Return the error that stands for what ssh told before it ended without a login."""
    for pattern, error in _KNOWN.items():
        found = re.search(pattern, told, re.MULTILINE | re.IGNORECASE)
        if found:
            return error(found, attempt, told)
    return SourceError(f"ssh makes no connection to {attempt.name}: {_last(told)}", _try_by_hand(attempt))


def _unresolved(found: re.Match[str], _attempt: Attempt, _told: str) -> SourceError:
    advice = "Check the name, and HostName in ~/.ssh/config."
    return SourceError(f"The host name {found[1]} cannot be resolved", advice)


def _refused(found: re.Match[str], _attempt: Attempt, _told: str) -> SourceError:
    message = f"{found[1]} port {found[2]} refuses the connection"
    return SourceError(message, "Does sshd run there, and is it this port?")


def _timed_out(found: re.Match[str], attempt: Attempt, _told: str) -> SourceError:
    return SourceError(
        f"{found[1]} port {found[2]} did not answer within {attempt.seconds:g} seconds",
        "Is the host up, and does a firewall let this machine through?",
    )


def _unreachable(found: re.Match[str], _attempt: Attempt, _told: str) -> SourceError:
    return SourceError(f"{found[1]} port {found[2]} cannot be reached: {found[3].strip()}", _CHECK_WAY)


def _jump(found: re.Match[str], attempt: Attempt, _told: str) -> SourceError:
    return SourceError(
        f"{attempt.name} cannot be reached through its ProxyJump: {found[1].strip()}",
        "The host between must reach it, and allow it (AllowTcpForwarding).",
    )


def _too_many(_found: re.Match[str], attempt: Attempt, _told: str) -> SourceError:
    return SourceError(
        f"{attempt.name} ended the connection while {attempt.user} was logging in: too many keys were tried",
        "It may allow few tries: name the right key with IdentityFile, and set `IdentitiesOnly yes`.",
    )


def _denied(found: re.Match[str], attempt: Attempt, told: str) -> SourceError:
    login, methods = found[1], found[2]
    before = [line for line in told[: found.start()].splitlines() if line.strip() and not _NOISE.match(line)]
    said = f"; {' '.join(before[-1].split())}" if before else ""
    port = "" if attempt.port == 22 else f"-p {attempt.port} "
    return SourceError(
        f"{attempt.name} does not let {attempt.user} in: ssh was refused as {login} "
        f"(the host asks for {methods.replace(',', ', ')}){said}",
        "Unlock the key for the agent (ssh-add), check User and IdentityFile in ~/.ssh/config, "
        f"or bring a key there: ssh-copy-id {port}{attempt.user}@{attempt.host}",
    )


def _no_server(_found: re.Match[str], attempt: Attempt, told: str) -> SourceError:
    if attempt.has_proxy_command:
        message = f"The ProxyCommand of {attempt.name} gives no connection: {_last(told)}"
        return SourceError(message, "Try the command by hand; it stands in ~/.ssh/config.")
    return SourceError(
        f"{attempt.name} takes the connection, but says nothing that an SSH server would",
        "Is it the right port, and is the server not overloaded?",
    )


def _no_agreement(found: re.Match[str], attempt: Attempt, _told: str) -> SourceError:
    message = f"{attempt.name} and this machine came to no encrypted connection: {found[0].strip()}"
    return SourceError(message, "`ssh -v` to the host shows what it offers.")


_Error = Callable[[re.Match[str], Attempt, str], SourceError]

# In this order: what is said of the cause stands before what follows from it.
_KNOWN: Mapping[str, _Error] = {
    r"Could not resolve hostname (\S+?):": _unresolved,
    r"connect to host (\S+) port (\d+): Connection refused": _refused,
    r"connect to host (\S+) port (\d+): (?:Connection|Operation) timed out": _timed_out,
    r"connect to host (\S+) port (\d+): (.*)": _unreachable,
    r"^channel \d+: open failed: (.*)": _jump,
    r"Too many authentication failures": _too_many,
    r"^(\S+): Permission denied \(([^)]*)\)": _denied,
    r"^.*(?:Unable to negotiate|no match: |message authentication code|Bad packet length).*": _no_agreement,
    r"banner exchange|exchange_identification|closed by UNKNOWN|closed by remote host": _no_server,
    r"^.*Connection (?:closed|reset) by .*": _no_agreement,
}


def _last(told: str) -> str:
    lines = [" ".join(line.split()) for line in told.splitlines()]
    telling = [line for line in lines if line and not _NOISE.match(line)]
    return (telling or [line for line in lines if line] or ["it says nothing"])[-1]


def _try_by_hand(attempt: Attempt) -> str:
    port = "" if attempt.port == 22 else f"-p {attempt.port} "
    return f"See what this says: ssh -v {port}{attempt.user}@{attempt.host} true"
