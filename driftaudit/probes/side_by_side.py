"""What several answers, and the host's own tables, say together and none says alone. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from driftaudit.config.settings import ProbeSettings
from driftaudit.model.probe import HealthKind, ProbeResult, Symptom
from driftaudit.probes.base import Managed
from driftaudit.probes.facts import HostFacts, HostProcess, Listener
from driftaudit.probes.places import Place, place_of

_TICK = timedelta(seconds=1)  # a file and a process that are nearer than this in time are of one moment
# By the host's clock and since its boot: the two may differ by what the clock was set by since then.
_MEANWHILE = timedelta(seconds=30)
_DELETED = " (deleted)"


@dataclass(frozen=True, slots=True)
class Asked:
    """One probe: as it was configured, what was answered, and the processes that it spoke of."""

    settings: ProbeSettings
    result: ProbeResult
    processes: tuple[Managed, ...] = ()

    @property
    def local_place(self) -> Place | None:
        """The place on the host that it connects to, None where it asks no port of the host itself."""
        if self.settings.kind not in ("tcp", "http") or self.settings.from_here:
            return None
        place = place_of(self.settings)
        return place if place.is_local else None


def symptoms(asked: Sequence[Asked], facts: HostFacts | None) -> tuple[Symptom, ...]:
    """Return all that is not well, and all that could not be told, in the order of the probes.

    `facts` is None where the host's tables were not needed.
    """
    found = [*_single(asked), *_closed_ports(asked, facts), *_looping(asked)]
    if facts is not None and any(each.processes for each in asked):
        found += _by_tables(asked, facts)
    return tuple(dict.fromkeys(found))


def _single(asked: Sequence[Asked]) -> Iterator[Symptom]:
    for each in asked:
        if not each.result.is_known:
            yield Symptom(HealthKind.UNKNOWN, (each.result.name,), each.result.detail)
        elif not each.result.ok:
            yield Symptom(HealthKind.NOT_HEALTHY, (each.result.name,), each.result.detail)


def _closed_ports(asked: Sequence[Asked], facts: HostFacts | None) -> Iterator[Symptom]:
    """Say which ports are closed although a process manager says that the application runs."""
    online = [each for each in asked if each.processes and each.result.ok]
    told: set[int] = set()
    for each in sorted(asked, key=lambda one: one.settings.kind != "tcp"):
        place = each.local_place
        if place is None or place.port in told or not _is_closed(each, facts):
            continue
        told.add(place.port)
        said = [manager for manager in online if _is_its(manager, each)]
        if said:
            names = " and ".join(f"{one.settings.kind} says {one.processes[0].status}" for one in said)
            detail = f"{names}, but port {place.port} is closed"
            yield Symptom(
                HealthKind.PORT_CLOSED, (*(one.result.name for one in said), each.result.name), detail
            )


def _is_closed(each: Asked, facts: HostFacts | None) -> bool:
    """Whether nothing listens where a probe asks: by its own word, or by that of the host's tables."""
    if each.result.ok or not each.result.is_known:
        return False
    has_tables = facts is not None and not facts.fault
    return each.settings.kind == "tcp" or (has_tables and not _listeners(each, facts))


def _looping(asked: Sequence[Asked]) -> Iterator[Symptom]:
    for each in asked:
        looping = next((one for one in each.processes if one.is_looping), None)
        if looping:
            detail = f"it ends and is started again, over and over: {looping.restarts} restarts so far"
            yield Symptom(HealthKind.RESTART_LOOP, (each.result.name,), detail)


def _by_tables(asked: Sequence[Asked], facts: HostFacts) -> Iterator[Symptom]:
    managers = [each for each in asked if any(one.pid and one.is_running for one in each.processes)]
    if facts.fault and managers:
        names = tuple(each.result.name for each in managers)
        detail = f"which processes listen, and from where they run, cannot be told: {facts.fault}"
        yield Symptom(HealthKind.UNKNOWN, names, detail)
        return
    yield from _other_processes(asked, managers, facts)
    for each in managers:
        yield from _of_process(each, facts)


def _other_processes(
    asked: Sequence[Asked], managers: Sequence[Asked], facts: HostFacts
) -> Iterator[Symptom]:
    """Say which ports are taken by a process that no process manager of the probes runs.

    A port that another program takes is a proxy's as long as one of the ports is the application's own; a
    probe that says `by:` is held to it.
    """
    ports = {each: _listeners(each, facts) for each in _with_ports(asked)}
    families = {each: _family(each, facts) for each in managers}
    everyone = frozenset().union(*families.values()) if families else frozenset()
    is_served = any(_held(found) & everyone for found in ports.values())
    for each, found in ports.items():
        expected = [one for one in managers if _is_its(one, each)]
        if not expected or not found:
            continue
        family = frozenset().union(*(families[one] for one in expected))
        if _held(found) & family or (is_served and each.settings.by is None):
            continue
        names = (*(one.result.name for one in expected), each.result.name)
        yield _other_process(names, found, facts)


def _other_process(names: tuple[str, ...], found: Sequence[Listener], facts: HostFacts) -> Symptom:
    port = found[0].port
    if not _held(found) or not all(one.all_asked or one.holders for one in found):
        users = ", ".join(sorted({one.user for one in found}))
        detail = f"which process listens on port {port} may not be read here; the socket belongs to {users}"
        return Symptom(HealthKind.UNKNOWN, names, f"{detail} (see become:)")
    holders = [facts.processes[pid] for pid in sorted(_held(found)) if pid in facts.processes]
    shown = ", ".join(f"{one.pid} ({one.name}, of {one.user})" for one in holders[:3])
    return Symptom(
        HealthKind.OTHER_PROCESS,
        names,
        f"port {port} is taken by another process than the managed one: {shown or 'one that is gone'}",
    )


def _of_process(each: Asked, facts: HostFacts) -> Iterator[Symptom]:
    """Yield what is said of the processes of one manager: where they run, and since when."""
    name = (each.result.name,)
    seen: set[HealthKind] = set()
    for process in each.processes:
        if process.pid is None or not process.is_running:
            continue
        for symptom in (_folder(name, process, facts), _staleness(name, process, facts)):
            if symptom and symptom.kind not in seen:  # of several instances one is told
                seen.add(symptom.kind)
                yield symptom


def _folder(name: tuple[str, ...], process: Managed, facts: HostFacts) -> Symptom | None:
    """Say that a process runs from elsewhere than the root: neither its folder nor its script is there."""
    row = _row(process, facts)
    if row is None:
        detail = f"process {process.pid}, which {process.manager} named, is gone or hidden (see become:)"
        return Symptom(HealthKind.UNKNOWN, name, detail)
    if row.cwd and row.cwd.endswith(_DELETED):
        detail = f"it runs in a folder that was deleted: {row.cwd.removesuffix(_DELETED)}"
        return Symptom(HealthKind.OTHER_FOLDER, name, detail)
    said = [path for path in (row.cwd or process.cwd, row.inside or process.script) if path]
    if not said:
        detail = f"from which folder process {process.pid} runs may not be read here (see become:)"
        return Symptom(HealthKind.UNKNOWN, name, detail)
    is_old_release = row.cwd is not None and facts.is_beside_root(row.cwd)
    if any(facts.is_in_root(path) for path in said) and not is_old_release:
        return None
    detail = f"it runs from {said[0]}, and the root is {facts.root}"
    return Symptom(HealthKind.OTHER_FOLDER, name, detail)


def _staleness(name: tuple[str, ...], process: Managed, facts: HostFacts) -> Symptom | None:
    """Say that files changed since a process was started: it runs what is no longer there."""
    row = _row(process, facts)
    started = row.started_at if row else None
    newest = facts.newest
    if started is None or newest is None:
        return None  # that it is gone has been said
    if newest.path is not None and facts.now is not None and newest.changed_at > facts.now + _MEANWHILE:
        detail = (
            f"whether files changed since it was started cannot be told: {newest.path} changed at"
            f" {_clock(newest.changed_at)}, and the host's clock says {_clock(facts.now)}"
        )
        return Symptom(HealthKind.UNKNOWN, name, detail)
    if newest.path is not None and newest.changed_at > started + _TICK:
        detail = (
            f"it was started at {_clock(started)}, and {newest.path} changed at {_clock(newest.changed_at)}"
        )
        return Symptom(HealthKind.STALE_PROCESS, name, detail)
    if newest.fault:
        detail = f"whether files changed since it was started cannot be told: {newest.fault}"
        return Symptom(HealthKind.UNKNOWN, name, detail)
    return None


def _with_ports(asked: Sequence[Asked]) -> Iterator[Asked]:
    """Yield the probes that ask a port of the host, each port once, those that say `by:` first."""
    seen: set[int] = set()
    for each in sorted(asked, key=lambda one: one.settings.by is None):
        place = each.local_place
        if place and place.port not in seen:
            seen.add(place.port)
            yield each


def _row(process: Managed, facts: HostFacts) -> HostProcess | None:
    """Return what the host's tables say of a managed process; None where its number is another's by now."""
    row = facts.processes.get(process.pid or 0)
    known = [moment for moment in (process.asked_at, process.started_at) if moment is not None]
    if row and known and row.started_at > max(known) + _MEANWHILE:
        return None
    return row


def _listeners(each: Asked, facts: HostFacts | None) -> tuple[Listener, ...]:
    place = each.local_place
    if place is None or facts is None:
        return ()
    return tuple(one for one in facts.listeners if one.port == place.port and one.takes(place.host))


def _held(listeners: Sequence[Listener]) -> frozenset[int]:
    return frozenset(pid for one in listeners for pid in one.holders)


def _family(manager: Asked, facts: HostFacts) -> frozenset[int]:
    pids = [one.pid for one in manager.processes if one.pid and _row(one, facts) is not None]
    own = frozenset().union(*(facts.family(pid) for pid in pids)) if pids else frozenset()
    # systemd itself holds the sockets of units that it starts on demand
    return own | {1} if manager.settings.kind == "systemd" else own


def _is_its(manager: Asked, each: Asked) -> bool:
    """Whether a port is expected to be that of a manager's processes."""
    return each.settings.by in (None, manager.settings.subject)


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
