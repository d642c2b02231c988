"""`systemd`: what `systemctl show` says of a unit. It asks and changes nothing."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from driftaudit.config.settings import ProbeSettings
from driftaudit.probes.base import Answer, Host, Managed, unknown
from driftaudit.probes.restarts import looks_young
from driftaudit.probes.wording import lasting, moment_of

_PROPERTIES = (
    "Id,LoadState,ActiveState,SubState,Result,MainPID,NRestarts,WorkingDirectory,RootDirectory,ExecMainStatus,"
    "ExecMainStartTimestampMonotonic,ActiveEnterTimestampMonotonic,Type"
)
_ACTIVE = ("active", "reloading")
_MANY = 3  # restarts of systemd's own accord: those by hand begin to count anew


def ask_systemd(asked: ProbeSettings, host: Host) -> Answer:
    """Return whether a unit is loaded and active. Implements `Probe`."""
    unit = shlex.quote(asked.subject)
    lines = (
        'command -v systemctl >/dev/null 2>&1 || { echo "no systemctl"; return 0; }',
        'echo "Now=$(date +%s)"',
        'echo "Up=$(cut -d" " -f1 /proc/uptime 2>/dev/null)"',
        f"LC_ALL=C bounded systemctl show --no-pager --property={_PROPERTIES} -- {unit}",
    )
    ran = host.run("\n".join(lines), asked.within)
    text = ran.output.decode("utf-8", "replace")
    if text.startswith("no systemctl"):
        return unknown("there is no systemctl on the host")
    if ran.is_late or ran.status == 124:
        return unknown(f"systemctl did not answer within {asked.within:g} seconds")
    said = properties(text)
    if ran.status or "ActiveState" not in said:
        told = ran.errors.decode("utf-8", "replace").strip().splitlines()[-1:]
        return unknown(f"systemctl gives no answer{': ' + told[0] if told else ''}")
    return judged(said, asked.subject)


def properties(text: str) -> dict[str, str]:
    """Return the lines `Name=value` of `systemctl show`."""
    pairs = (line.partition("=") for line in text.splitlines())
    return {name: value for name, sign, value in pairs if sign and re.fullmatch(r"[A-Za-z]+", name)}


def judged(said: Mapping[str, str], unit: str) -> Answer:
    """Return what the properties of a unit mean."""
    state = f"{said['ActiveState']} ({said.get('SubState', '')})"
    if said.get("LoadState") != "loaded":
        return Answer(
            ok=False, detail=f"systemd has no such unit: it is {said.get('LoadState') or 'unknown'}"
        )
    process = _managed(said, unit, state)
    is_well = said["ActiveState"] in _ACTIVE
    parts = [state]
    if process.uptime is not None and is_well:
        parts.append(f"for {lasting(process.uptime)}")
    if process.restarts:
        parts.append(f"after {process.restarts} restarts")
    if process.pid:
        parts.append(f"as process {process.pid}")
    if said.get("Result", "success") != "success":
        parts.append(f"with result {said['Result']}, exit status {said.get('ExecMainStatus', '?')}")
    return Answer(ok=is_well, detail=" ".join(parts), processes=(process,))


def _managed(said: Mapping[str, str], unit: str, state: str) -> Managed:
    now, up = _number(said.get("Now")), _number(said.get("Up"))
    begun = _number(said.get("ExecMainStartTimestampMonotonic")) or 0.0
    asked_at = moment_of(now or 0) or datetime.now(UTC)
    started = moment_of(now - (up - begun / 1e6)) if now and up and begun else None
    pid = int(_number(said.get("MainPID")) or 0)
    restarts = int(_number(said.get("NRestarts")) or 0)
    folder = said.get("WorkingDirectory", "").lstrip("-!")
    process = Managed(
        manager="systemd",
        name=unit,
        pid=pid or None,
        is_running=said["ActiveState"] in _ACTIVE,
        status=state,
        restarts=restarts,
        started_at=started,
        created_at=None,
        asked_at=asked_at,
        cwd=folder if folder.startswith("/") else None,
    )
    is_looping = said.get("SubState") == "auto-restart" or (restarts >= _MANY and looks_young(process))
    return replace(process, is_looping=is_looping)


def _number(text: str | None) -> float | None:
    return float(text) if text and re.fullmatch(r"[0-9]{1,20}(\.[0-9]{1,20})?", text) else None
