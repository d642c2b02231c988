"""`pm2`: what PM2 says of a process, without ever starting a daemon of it."""

import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from driftaudit.config.settings import ProbeSettings
from driftaudit.probes.base import Answer, Host, Managed, Ran, unknown
from driftaudit.probes.restarts import is_looping, looks_young
from driftaudit.probes.wording import lasting, moment_of

_SCRIPT = Path(__file__).with_name("pm2.sh")
_ONLINE = "online"
_LIST = re.compile(r"\[\s*\{")
_MOST_TRIES = 100  # places at which a list may begin
_MOST_NAMES = 10
_LONGEST = 4096  # characters of a name or a path
_SECOND_LOOK = 2.0  # seconds after the first, where a process was started a moment ago


@dataclass(frozen=True, slots=True)
class _Told:
    """What the script found: no `program` where there is no pm2, no `rows` where it gave no list."""

    has_daemon: bool
    others: tuple[str, ...]
    program: str
    rows: tuple[Managed, ...] | None


def ask_pm2(asked: ProbeSettings, host: Host) -> Answer:
    """Return whether PM2 has a process of that name, and all of them are online. Implements `Probe`."""
    started = time.monotonic()
    ran = host.run(script(), asked.within)
    told = _told(ran)
    if isinstance(told, str):
        return unknown(told)
    if not told.has_daemon:
        return _no_daemon(told)
    if not told.program:
        return unknown("PM2's daemon runs, but no program pm2 was found, not by the login shell either")
    if told.rows is None:
        return unknown(_no_list(ran, asked))
    rows = [row for row in told.rows if row.name == asked.subject]
    if not rows:
        names = ", ".join(sorted({row.name for row in told.rows})[:_MOST_NAMES]) or "none at all"
        return Answer(ok=False, detail=f"PM2 knows no process of that name; it knows: {names}")
    if any(looks_young(row) for row in rows) and time.monotonic() - started + _SECOND_LOOK < asked.within:
        rows = _seen_twice(rows, host, asked)
    return _judged(rows, told.program)


def script() -> str:
    """Return the script that is sent."""
    return _SCRIPT.read_text(encoding="ascii")


def processes_of(text: str, asked_at: datetime) -> tuple[Managed, ...] | None:
    """Return what `pm2 jlist` printed, None where no list of processes is in it.

    There may be a banner before it, and words of a daemon that was started or updated. Taken is what names,
    states, places and times there are; the list also holds the whole environment of each process.
    """
    decoder = json.JSONDecoder()
    for begin in islice(_LIST.finditer(text), _MOST_TRIES):
        try:
            value, _end = decoder.raw_decode(text, begin.start())
        except (ValueError, RecursionError):
            continue
        if all(isinstance(row, dict) and "pm2_env" in row for row in value):
            return tuple(_managed(row, asked_at) for row in value)
    return () if any(line.strip() == "[]" for line in text.splitlines()) else None


def _managed(row: Mapping[str, Any], asked_at: datetime) -> Managed:
    found = row.get("pm2_env")
    env: Mapping[str, Any] = found if isinstance(found, dict) else {}
    status = _text(env.get("status")) or "of unknown status"
    pid = row.get("pid")
    return Managed(
        manager="pm2",
        name=_text(row.get("name")) or "",
        pid=pid if isinstance(pid, int) and pid > 0 else None,
        is_running=status == _ONLINE,
        status=status,
        restarts=_whole(env.get("restart_time")),
        started_at=_moment(env.get("pm_uptime")),
        created_at=_moment(env.get("created_at")),
        asked_at=asked_at,
        cwd=_text(env.get("pm_cwd")),
        script=_text(env.get("pm_exec_path")),
    )


def _told(ran: Ran) -> _Told | str:
    """Return what the script found, or why that is nothing."""
    if ran.is_late:
        return "PM2 did not answer in time"
    if ran.is_endless:
        return "pm2 jlist prints without end"
    lines, _jlist, printed = ran.output.decode("utf-8", "replace").partition("\njlist\n")
    words: dict[str, list[str]] = {}
    for line in lines.splitlines():
        key, _blank, value = line.partition(" ")
        words.setdefault(key, []).append(value)
    if "daemon" not in words:
        return "whether a PM2 daemon runs could not be found out"
    daemon = words["daemon"][-1]
    now = words.get("now", [""])[0]
    moment = moment_of(float(now)) if re.fullmatch(r"[0-9]{1,20}", now) else None
    program = words.get("program", ["none"])[0]
    return _Told(
        has_daemon=not daemon.startswith("none"),
        others=tuple(sorted(set(words.get("other", [])))),
        program="" if program == "none" else program,
        rows=processes_of(printed, moment or datetime.now(UTC)),
    )


def _no_daemon(told: _Told) -> Answer:
    if told.others:
        whose = ", ".join(told.others)
        return unknown(f"no PM2 daemon runs for this login, but one of {whose}: name it by become:")
    detail = "no PM2 daemon runs, so PM2 runs nothing; it was not asked, since asking would start one"
    return Answer(ok=False, detail=detail)


def _no_list(ran: Ran, asked: ProbeSettings) -> str:
    if ran.status == 124:
        return f"pm2 jlist did not end within {asked.within:g} seconds"
    return f"pm2 jlist printed no list of processes (exit status {ran.status})"


def _seen_twice(rows: Sequence[Managed], host: Host, asked: ProbeSettings) -> list[Managed]:
    """Look once more, and tell of each process whether it was started again meanwhile."""
    time.sleep(_SECOND_LOOK)
    told = _told(host.run(script(), asked.within))
    if isinstance(told, str) or told.rows is None:
        return list(rows)
    later = [row for row in told.rows if row.name == asked.subject]
    was = sum(row.restarts for row in rows)
    again = sum(row.restarts for row in later) > was or len(later) != len(rows)
    return [replace(row, is_looping=again) for row in later] or list(rows)


def _judged(rows: Sequence[Managed], program: str) -> Answer:
    rows = tuple(replace(row, is_looping=row.is_looping or is_looping(row)) for row in rows)
    ill = [row for row in rows if not row.is_running]
    shown = ill[0] if ill else rows[0]
    parts = [shown.status]
    if len(rows) > 1:
        parts = [f"{len(rows) - len(ill)} of {len(rows)} online"]
    if shown.uptime is not None and shown.is_running:
        parts.append(f"for {lasting(shown.uptime)}")
    parts.append(f"after {shown.restarts} restarts" if shown.restarts != 1 else "after 1 restart")
    if shown.pid:
        parts.append(f"as process {shown.pid}")
    path, _blank, how = program.partition(" ")
    return Answer(
        ok=not ill, detail=f"{' '.join(parts)} (asked by {path}, found {how})", processes=tuple(rows)
    )


def _text(value: object) -> str | None:
    return value[:_LONGEST] if isinstance(value, str) else None


def _whole(value: object) -> int:
    return value if isinstance(value, int) and value >= 0 else 0


def _moment(value: object) -> datetime | None:
    """Return a time in milliseconds since the epoch as a moment, None for none."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return moment_of(value / 1000)
    except OverflowError:  # a whole number that no float holds
        return None
