"""Machines to ask from, for the suite that all probes pass: this one, and a host by either transport."""

import json
import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from driftaudit.config.access import Access, TransportName
from driftaudit.probes.base import Host
from driftaudit.probes.hosts import LocalHost, RemoteHost
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.transports import open_transport
from tests.support.sshd import StartServer

TRANSPORTS: dict[str, TransportName] = {"ssh": "paramiko", "openssh": "openssh"}
HOSTS = ("local", *TRANSPORTS)

# As systemd 252 prints it for `systemctl show`. None runs where the tests do, so this stands in for it.
UNITS = {
    "api.service": {"LoadState": "loaded", "ActiveState": "active", "SubState": "running"},
    "dead.service": {
        "LoadState": "loaded",
        "ActiveState": "failed",
        "SubState": "failed",
        "Result": "exit-code",
        "ExecMainStatus": "1",
        "MainPID": "0",
    },
}


@dataclass
class Machine:
    """What can be asked from. `tools` is a folder in front of its PATH."""

    host: Host
    tools: Path
    close: Callable[[], None]


def fake_systemctl(tools: Path, pid: int) -> None:
    """Put a systemctl there that knows two units, hangs for one, and prints without end for another."""
    shown = {
        unit: "\n".join(
            f"{name}={value}"
            for name, value in {
                "Type": "simple",
                "Result": "success",
                "MainPID": str(pid),
                "NRestarts": "0",
                "WorkingDirectory": "",
                "RootDirectory": "",
                "ExecMainStartTimestampMonotonic": "1000000",
                "Id": unit,
                **said,
            }.items()
        )
        for unit, said in UNITS.items()
    }
    cases = "".join(
        f"{unit} | {unit[:-8]}) printf '%s\\n' {shlex.quote(text)} ;;\n" for unit, text in shown.items()
    )
    script = (
        "#!/bin/sh\n"
        "for unit; do :; done\ncase $unit in\n"
        f"{cases}"
        "hang) exec sleep 61 ;;\nendless) exec yes Description=x ;;\n"
        "*) printf 'LoadState=not-found\\nActiveState=inactive\\nSubState=dead\\n' ;;\nesac\n"
    )
    path = tools / "systemctl"
    path.write_text(script)
    path.chmod(0o755)


def fake_pm2(tools: Path, body: str) -> None:
    """Put a program pm2 in front of the real one."""
    path = tools / "pm2"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


@contextmanager
def machine(
    kind: str, tools: Path, home: Path, start: StartServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Machine]:
    """Yield a machine whose PATH begins with the tools, and whose login lives in `home`."""
    path = f"{tools}:{os.defpath.lstrip(':')}"
    if kind == "local":
        monkeypatch.setenv("PATH", path)
        monkeypatch.setenv("HOME", str(home))
        yield Machine(LocalHost(), tools, lambda: None)
        return
    server = start(options=(f"SetEnv HOME={home} PATH={path}",))
    access = Access(transport=TRANSPORTS[kind])
    with closing(open_transport(SSHAddress.parse(server.url("/")), access)) as connection:
        yield Machine(RemoteHost(connection, None), tools, connection.close)


def with_banner(rows: object) -> str:
    """Return a list as PM2 prints it after a word of its own."""
    return f">>>> In-memory PM2 is out-of-date, do:\n>>>> $ pm2 update [now]\n{json.dumps(rows)}\n"
