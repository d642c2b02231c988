"""All kinds of probe. A new one is one file and one line here (and its words in config/probes_schema.py)."""

from collections.abc import Mapping

from driftaudit.config.settings import ProbeKind
from driftaudit.probes.base import Probe
from driftaudit.probes.command import ask_command
from driftaudit.probes.http import ask_http
from driftaudit.probes.pm2 import ask_pm2
from driftaudit.probes.systemd import ask_systemd
from driftaudit.probes.tcp import ask_tcp

PROBES: Mapping[ProbeKind, Probe] = {
    "pm2": ask_pm2,
    "tcp": ask_tcp,
    "http": ask_http,
    "systemd": ask_systemd,
    "command": ask_command,
}
MANAGERS: frozenset[ProbeKind] = frozenset({"pm2", "systemd"})  # that speak of processes
