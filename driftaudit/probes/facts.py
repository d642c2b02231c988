"""What the host's own tables say of its processes: read by the program that reads trees, over one channel."""

import json
import math
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from driftaudit.errors import SourceError
from driftaudit.probes.hosts import ended_after
from driftaudit.sources.agent import program_parts
from driftaudit.sources.agent.answer import error_told
from driftaudit.sources.agent.patterns import pattern_rows
from driftaudit.sources.agent.protocol import Frames, joined_parts, new_marker, parse
from driftaudit.sources.agent.reading import SENSELESS
from driftaudit.sources.transport import Channel

_MOST = 100_000  # rows that are believed
_ANY = ("0.0.0.0", "::")  # noqa: S104 - addresses that are compared, not listened on


@dataclass(frozen=True, slots=True)
class Listener:
    """A socket that listens. `holders` are the processes that hold it, as far as that could be seen."""

    port: int
    address: str
    user: str
    holders: frozenset[int]
    all_asked: bool  # whether every process could be looked into

    def takes(self, host: str) -> bool:
        """Whether it is what a connection to this local address comes to."""
        plain = self.address.removeprefix("::ffff:")
        return plain in _ANY or plain == host or host in ("localhost", *_ANY)


@dataclass(frozen=True, slots=True)
class HostProcess:
    """A process. `started_at` is by the host's clock; `cwd` is None where it may not be seen.

    `inside` is a path below the root that is its program, or that it was started with; None where none is.
    """

    pid: int
    parent: int
    name: str
    user: str
    started_at: datetime
    cwd: str | None
    inside: str | None = None


@dataclass(frozen=True, slots=True)
class NewestFile:
    """The file under the root that changed, or was put there, last; `path` is None where there is none.

    `fault` says why not all could be seen.
    """

    path: str | None
    changed_at: datetime
    fault: str


@dataclass(frozen=True, slots=True)
class HostFacts:
    """All of it. `root` has no link in it, `named_root` may; `newest` is None where it was not asked for.

    `fault` says why processes and ports are not known, "" where they are.
    """

    root: str = ""
    named_root: str = ""
    listeners: tuple[Listener, ...] = ()
    processes: dict[int, HostProcess] = field(default_factory=dict)
    newest: NewestFile | None = None
    fault: str = ""
    is_refused: bool = False  # the host did not start the program
    behind: timedelta = timedelta()  # by how much the host's clock is behind ours
    now: datetime | None = None  # by the host's clock, when it began to tell

    def is_in_root(self, path: str) -> bool:
        """Whether a path lies in the root, by its real name or by the one that a link gives it."""
        return any(PurePosixPath(path).is_relative_to(root) for root in (self.root, self.named_root) if root)

    def is_beside_root(self, path: str) -> bool:
        """Whether a path is another release than the one that the link of the root leads to."""
        folder = PurePosixPath(path)
        is_other = folder.parent == PurePosixPath(self.root).parent and not self.is_in_root(path)
        return is_other and self.root != self.named_root

    def family(self, pid: int) -> frozenset[int]:
        """Return a process and all that it started, and the daemon of PM2 that may listen for it."""
        found = {pid}
        grown = True
        while grown:
            more = {each.pid for each in self.processes.values() if each.parent in found} - found
            found |= more
            grown = bool(more)
        parent = self.processes.get(self.processes[pid].parent) if pid in self.processes else None
        if parent and parent.name.startswith("PM2 v"):
            found.add(parent.pid)  # in cluster mode it holds the socket
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class FactsRequest:
    """What is asked. `files` is false where no time is to be compared with that of the newest file.

    `left_out` are the gitignore patterns of what is no code: folders that match `prune` are not looked into.
    """

    root: str
    ports: Collection[int]
    files: bool
    prune: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    seconds: float = 10.0


def facts_over(channel: Channel, request: FactsRequest, host: str) -> HostFacts:
    """Send the program, return what it found, and close the channel.

    Raises SourceError where the answer is cut off, senseless, or not there in time.
    """
    marker = new_marker()
    with ended_after(request.seconds + 5, channel.close) as is_late:
        try:
            channel.send(_request_bytes(request, marker))
            return _facts(Frames(channel, marker, host), host)
        except (*SENSELESS, OSError) as error:  # OSError: a moment that no calendar has
            raise SourceError(f"{host}: the answer makes no sense: {error!r}", "Run it again.") from error
        except SourceError as error:
            if not is_late():
                raise
            message = f"{host} did not tell of its processes within {request.seconds:g} seconds"
            raise SourceError(message, "Run it again.") from error
        finally:
            channel.close()


def _request_bytes(request: FactsRequest, marker: str) -> bytes:
    body = {
        "ports": sorted(request.ports),
        "files": request.files,
        "prune": pattern_rows(request.prune),
        "unread": pattern_rows(request.left_out),
        "seconds": request.seconds,
        "marker": marker,
        "root": request.root,
        "nice": 10,
    }
    program = program_parts(for_probes=True)
    return joined_parts(*program, zlib.compress(json.dumps(body).encode("ascii"), 1), b"")


def _facts(frames: Frames, host: str) -> HostFacts:
    root = named_root = fault = ""
    listeners: list[Listener] = []
    processes: dict[int, HostProcess] = {}
    newest: NewestFile | None = None
    now = behind = None
    for kind, payload in frames:
        value = parse(payload, host)
        if kind == b"E":
            raise error_told(host, *value)
        if kind == b"H":
            root = _text(value["root"])
        elif kind == b"K":
            now = _moment(value[1])
            behind = datetime.now(UTC) - now
            named_root = _text(value[2])
            fault = "" if value[0] is True else "the host has no /proc to read them from"
        elif kind == b"L":
            listeners.append(_listener(*value))
        elif kind == b"R" and now:
            processes.update((each.pid, each) for each in _processes(value, now))
        elif kind == b"W":
            newest = _newest(*value)
        if len(listeners) + len(processes) > _MOST:
            raise ValueError("more than there can be")
    return HostFacts(
        root,
        named_root,
        tuple(listeners),
        processes,
        newest,
        fault,
        behind=behind or timedelta(),
        now=now,
    )


def _listener(port: int, address: str, user: str, holders: list[int], all_asked: bool) -> Listener:
    return Listener(int(port), _text(address), _text(user), frozenset(map(int, holders)), all_asked is True)


def _processes(rows: list[list[Any]], now: datetime) -> Iterator[HostProcess]:
    for pid, parent, name, age, user, cwd, inside in rows:
        if not math.isfinite(age):
            raise ValueError("no age")
        started = now - timedelta(seconds=age)
        folder, path = (None if each is None else _text(each) for each in (cwd, inside))
        yield HostProcess(int(pid), int(parent), _text(name), _text(user), started, folder, path)


def _newest(path: str | None, changed: float, _seen: int, fault: str) -> NewestFile:
    return NewestFile(None if path is None else _text(path), _moment(changed), _text(fault))


def _moment(seconds: float) -> datetime:
    if not math.isfinite(seconds):
        raise ValueError("no moment")
    return datetime.fromtimestamp(seconds, UTC)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value
