"""The configuration that the system's ssh is run with: what must hold, then the user's, then what is left."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from driftaudit.sources.ssh.host_config import DEFAULT_KEYS
from driftaudit.sources.ssh.route import Hop

SYSTEM_CONFIG = Path("/etc/ssh/ssh_config")

# The first value of an option is what counts, and ssh hands the file on to the ssh that it starts for a
# ProxyJump: so these hold for every host on the way, whatever the user's configuration says.
_FIXED = (
    "BatchMode yes",
    "StrictHostKeyChecking yes",
    "NoHostAuthenticationForLocalhost no",
    "VerifyHostKeyDNS no",
    "UpdateHostKeys no",
    "ControlMaster no",
    "ControlPath none",
    "ForwardAgent no",
    "ForwardX11 no",
    "ClearAllForwardings yes",
    "Tunnel no",
    "PermitLocalCommand no",
    "RemoteCommand none",
    "RequestTTY no",
    "EscapeChar none",
    "LogLevel INFO",
)
# Keywords of OpenSSH 8.7; an older ssh knows them neither from us nor from the user.
_FIXED_WHERE_KNOWN = {
    "sessiontype": "SessionType default",
    "stdinnull": "StdinNull no",
    "forkafterauthentication": "ForkAfterAuthentication no",
}
_KEEPALIVE = 15  # seconds


def config_text(
    keywords: Collection[str], files: Iterable[Path], elsewhere: Sequence[Hop], connect: float
) -> str:
    """Return the configuration for one run of ssh.

    `keywords` are those that this ssh knows, in lower case; `files` the user's and the machine's
    configuration; `elsewhere` the hosts whose keys and known hosts lie where ssh would not look for them;
    `connect` is in seconds.
    """
    lines = [*_FIXED, *(line for keyword, line in _FIXED_WHERE_KNOWN.items() if keyword in keywords)]
    for hop in elsewhere:
        lines += ["", *_places(hop)]
    lines += ["", "Match all", *(f"Include {_quoted(file)}" for file in files if file.exists())]
    lines += ["Match all", f"ConnectTimeout {max(1, round(connect))}", f"ServerAliveInterval {_KEEPALIVE}"]
    return "\n".join(lines) + "\n"


def _places(hop: Hop) -> list[str]:
    """Return the block that says where the keys and the known hosts of a host lie."""
    config = hop.config
    lines = [f"Host {hop.host}"]
    if config.user_known_hosts:
        lines.append(f"UserKnownHostsFile {' '.join(map(_quoted, config.user_known_hosts))}")
    keys = [file for file in config.identity_files if file.name not in DEFAULT_KEYS or file.exists()]
    lines += [f"IdentityFile {_quoted(file)}" for file in keys or [Path("none")]]
    if config.identity_agent:
        lines.append(f"IdentityAgent {_quoted(config.identity_agent)}")
    return lines


def _quoted(path: Path | str) -> str:
    return '"' + str(path).replace("%", "%%") + '"'
