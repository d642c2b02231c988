"""Where a probe connects to: host and port, by what was configured."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from driftaudit.config.settings import ProbeSettings

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Place:
    """A host and a port, as they are seen from where the probe asks."""

    host: str
    port: int

    @property
    def is_local(self) -> bool:
        """Whether it is the very machine that is asked from, so that its processes are those that listen."""
        if self.host.lower() == "localhost":
            return True
        try:
            address = ipaddress.ip_address(self.host)
        except ValueError:
            return False
        return address.is_loopback or address.is_unspecified


def place_of(asked: ProbeSettings) -> Place:
    """Return the place of a tcp or http probe; the configuration has been checked for one."""
    if asked.kind == "tcp":
        host, _colon, port = asked.subject.rpartition(":")
        return Place(host.strip("[]"), int(port))
    url = urlsplit(asked.subject)
    return Place(url.hostname or "", url.port or _PORTS[url.scheme])
