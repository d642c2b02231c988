"""How a host is reached and read: what a target says of it, and what is taken where it says nothing."""

from dataclasses import dataclass, field
from typing import Literal

TransportName = Literal["paramiko", "openssh"]
MethodName = Literal["agent", "shell", "sftp"]

BECOME_ROOT = "root"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait for a host, in seconds.

    `connect`: for the connection, for the key exchange, and for a program to start; ConnectTimeout of the
    configuration wins. `login`: for each key, which a person may have to touch. `silence`: in a scan.
    `scan`: for the whole of it; None waits as long as it goes on.
    """

    connect: float = 15.0
    login: float = 30.0
    silence: float = 60.0
    scan: float | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """How a host is reached and read.

    `method` None takes the first that the host can do. `become` is the user that `sudo -n` makes of the
    login, None where it stays what it is. `rate_limit` is in MB/s of content read there, None for no limit.
    """

    transport: TransportName = "paramiko"
    method: MethodName | None = None
    become: str | None = None
    rate_limit: float | None = None
    timeouts: Timeouts = field(default_factory=Timeouts)
