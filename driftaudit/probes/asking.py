"""Asks all probes of a target at once, and puts what they answered side by side."""

import re
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from threading import Semaphore, Thread
from typing import TypeVar

from driftaudit.config.access import Access
from driftaudit.config.settings import ProbeSettings
from driftaudit.errors import SourceError
from driftaudit.model.difference import HIDDEN
from driftaudit.model.probe import Health, ProbeResult, RunningProcess
from driftaudit.policy.policy import Policy
from driftaudit.probes.base import Answer, Host, unknown
from driftaudit.probes.facts import FactsRequest, HostFacts, facts_over
from driftaudit.probes.hosts import LocalHost, RemoteHost
from driftaudit.probes.registry import MANAGERS, PROBES
from driftaudit.probes.side_by_side import Asked, symptoms
from driftaudit.sources.agent.local import LocalChannel
from driftaudit.sources.agent.protocol import remote_command
from driftaudit.sources.method import MethodUnavailableError
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.transports import open_transport
from driftaudit.sources.transport import Channel, Connection

T = TypeVar("T")
_AT_ONCE = 8  # probes
_VALUE = re.compile(r"=[^&;]+")  # in the query of a URL: any may be a key to it
_GENERATED, _RUNTIME = "generated", "runtime"  # labels of what is no code


@dataclass(frozen=True, slots=True)
class ProbeRequest:
    """What is asked, and where: on the host of `address`, or on this machine where there is none.

    `root` is the target's folder there.
    """

    probes: tuple[ProbeSettings, ...]
    root: str
    policy: Policy
    address: SSHAddress | None = None
    access: Access = field(default_factory=Access)

    @property
    def shown(self) -> str:
        """What messages call the place."""
        return self.address.url if self.address else self.root

    @property
    def needs_host(self) -> bool:
        """Whether anything is to be asked on the host."""
        return any(not probe.from_here for probe in self.probes)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at an application: its health, and for how long each of its managed processes has run."""

    health: Health
    uptimes: tuple[float, ...] = ()


class Prober:
    """Asks the probes of a target as often as is wanted, over one connection that it makes when needed.

    That connection is its own: a probe that hangs, and is ended, ends nothing of a scan.
    """

    def __init__(self, request: ProbeRequest) -> None:
        self._request = request
        self._links = ExitStack()
        self._connection: Connection | None = None
        self._turns = Semaphore(_AT_ONCE)

    def connect(self) -> None:
        """Connect to the host, where anything is to be asked there. Raises SourceError."""
        if self._request.address is None or self._connection or not self._request.needs_host:
            return
        self._connection = open_transport(self._request.address, self._request.access)
        self._links.callback(self._connection.close)

    def look(self) -> Look:
        """Ask all probes at once. Never raises SourceError: what could not be asked is unknown, and why."""
        started = time.monotonic()
        try:
            self.connect()
        except SourceError as error:
            return self._unreached(error, time.monotonic() - started)
        probes = self._request.probes
        reading = _begun(self._facts_at_once) if self._wants_facts else None
        asking = [_begun(partial(self._ask_at_once, probe)) for probe in probes]
        first = [found.result() for found in asking]
        facts = reading.result() if reading else None
        # What the host would not do beside the rest it may do alone: some let one program run at a time.
        asked = [found or self._ask(probe) for probe, found in zip(probes, first, strict=True)]
        if self._wants_facts and facts is None:
            facts = self._facts()
        return _look(asked, facts, self._request.policy)

    def forget(self) -> None:
        """End the connection; the next look makes another one."""
        self._links.close()
        self._connection = None

    @property
    def _wants_facts(self) -> bool:
        return any(probe.kind in MANAGERS for probe in self._request.probes)

    @property
    def _host(self) -> Host:
        if self._connection is None:
            return LocalHost()
        return RemoteHost(self._connection, self._request.access.become)

    def _ask(self, probe: ProbeSettings) -> Asked:
        try:
            return self._answered(probe)
        except MethodUnavailableError as error:
            return _asked(probe, _raising(SourceError(error.message)), self._is_from_here(probe))

    def _ask_at_once(self, probe: ProbeSettings) -> Asked | None:
        """Return the answer, None where the host starts no program beside the others."""
        try:
            with self._turns:
                return self._answered(probe)
        except MethodUnavailableError:
            return None

    def _answered(self, probe: ProbeSettings) -> Asked:
        host = LocalHost() if probe.from_here else self._host
        return _asked(probe, lambda: PROBES[probe.kind](probe, host), self._is_from_here(probe))

    def _is_from_here(self, probe: ProbeSettings) -> bool:
        return probe.from_here and self._request.address is not None

    def _unreached(self, error: SourceError, seconds: float) -> Look:
        """Return that nothing on the host could be asked; what is asked from here still is."""
        asked = [
            self._ask(probe) if probe.from_here else _asked(probe, _raising(error), False, seconds)
            for probe in self._request.probes
        ]
        return _look(asked, None, self._request.policy)

    def _facts_at_once(self) -> HostFacts | None:
        """Return them, None where the host starts no program beside the others."""
        found = self._facts()
        return None if found.is_refused else found

    def _facts(self) -> HostFacts:
        request = self._request
        places = (Asked(probe, _NO_RESULT).local_place for probe in request.probes)
        wanted = FactsRequest(
            root=request.root,
            ports={place.port for place in places if place},
            files=True,
            prune=request.policy.labels.patterns(_GENERATED),
            left_out=request.policy.labels.patterns(_RUNTIME),
            seconds=max(probe.within for probe in request.probes),
        )
        try:
            return facts_over(self._channel(), wanted, request.shown)
        except SourceError as error:
            return HostFacts(fault=error.message, is_refused=isinstance(error, MethodUnavailableError))

    def _channel(self) -> Channel:
        if self._connection is None:
            return LocalChannel()
        return self._connection.run(remote_command(self._request.access.become))


_NO_RESULT = ProbeResult("", "", ok=False, detail="", seconds=0.0)


class Asking:
    """A look that is taken while other things are done."""

    def __init__(self, request: ProbeRequest) -> None:
        self._look = _begun(partial(_one_look, request))

    def health(self) -> Health:
        """Wait for the answers, which come within the time of the slowest probe, and return them."""
        return self._look.result().health


def _one_look(request: ProbeRequest) -> Look:
    prober = Prober(request)
    try:
        return prober.look()
    finally:
        prober.forget()


def _begun(call: Callable[[], T]) -> Future[T]:
    """Begin a call in a thread that nobody waits for where the run ends for another reason."""
    made: Future[T] = Future()

    def make() -> None:
        try:
            made.set_result(call())
        except BaseException as error:  # it is told where the result is asked for
            made.set_exception(error)

    Thread(target=make, daemon=True).start()
    return made


def _asked(probe: ProbeSettings, ask: Callable[[], Answer], is_from_here: bool, waited: float = 0.0) -> Asked:
    started = time.monotonic()
    try:
        answer = ask()
    except MethodUnavailableError:
        raise
    except SourceError as error:
        answer = unknown(error.message)
    except Exception as error:  # a bug, or a host that says what nobody thought of: it must not look well
        answer = unknown(f"internal error: {type(error).__name__}: {error}")
    result = ProbeResult(
        kind=probe.kind,
        subject=shown_subject(probe),
        ok=answer.ok and answer.is_known,
        detail=answer.detail,
        seconds=waited + time.monotonic() - started,
        is_known=answer.is_known,
        from_here=is_from_here,
    )
    return Asked(probe, result, answer.processes)


def shown_subject(probe: ProbeSettings) -> str:
    """Return what was asked without what looks like a secret: a token in a command, or in a URL."""
    if probe.kind not in ("command", "http"):
        return probe.subject
    from driftaudit.differences.masking import masked

    subject = probe.subject
    if probe.kind == "http":
        place, mark, query = subject.partition("?")
        subject = f"{place}{mark}{_VALUE.sub(f'={HIDDEN}', query)}"
    return "\n".join(masked(subject.splitlines(), "command.sh"))


def _raising(error: SourceError) -> Callable[[], Answer]:
    def ask() -> Answer:
        raise error

    return ask


def _look(asked: list[Asked], facts: HostFacts | None, policy: Policy) -> Look:
    found = symptoms(asked, facts)
    health = Health(
        probes=tuple(each.result for each in asked),
        findings=tuple(policy.judge_health(symptom) for symptom in found),
        processes=_processes(asked, facts) if facts else (),
    )
    uptimes = [one.uptime for each in asked for one in each.processes if one.is_running]
    return Look(health, tuple(uptime for uptime in uptimes if uptime is not None))


def _processes(asked: list[Asked], facts: HostFacts) -> tuple[RunningProcess, ...]:
    """Return the processes that are managed, or that listen on a port that was asked for."""
    ports: dict[int, set[int]] = {one.pid: set() for each in asked for one in each.processes if one.pid}
    for listener in facts.listeners:
        for pid in listener.holders:
            ports.setdefault(pid, set()).add(listener.port)
    found = (facts.processes[pid] for pid in sorted(ports) if pid in facts.processes)
    return tuple(
        RunningProcess(
            pid=one.pid,
            name=one.name,
            user=one.user,
            started_at=one.started_at + facts.behind,
            cwd=one.cwd,
            ports=tuple(sorted(ports[one.pid])),
        )
        for one in found
    )
