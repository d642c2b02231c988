"""Many conversations over one SFTP channel at once: requests go out before earlier ones are answered."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, NoReturn, TypeVar

from driftaudit.errors import SourceError
from driftaudit.sources.agent.program.pace import Pace
from driftaudit.sources.method import MethodUnavailableError
from driftaudit.sources.sftp.packets import (
    MAX_PACKET,
    VERSION,
    Answer,
    Data,
    Names,
    PacketError,
    answer,
    answered_greeting,
    greeting,
    packet,
)
from driftaudit.sources.sftp.tasks import Task, Unseen
from driftaudit.sources.transport import Channel

J = TypeVar("J")
T = TypeVar("T")

MOST_NAMES = 5_000_000  # of a tree; what lists more would fill the memory
_UNANSWERED = 256 * 1024  # bytes of requests; more might wait on both sides for ever
_READ = 1 << 18
_AGAIN = "Nothing is known of the rest, so there is no report. Run it again."


class Limits(NamedTuple):
    """How many tasks run at a time, and what they may weigh together in bytes of memory."""

    tasks: int
    weight: int = 1 << 24


@dataclass(slots=True)
class _Running(Generic[J]):
    """A task that waits for answers."""

    job: J
    task: Task[Any]
    weight: int
    answers: list[Any] = field(default_factory=list)
    missing: int = 0


class Client:
    """Speaks SFTP version 3 with a server. `host` stands in messages. `rate_limit`: MB/s of content."""

    def __init__(self, channel: Channel, host: str, rate_limit: float | None = None) -> None:
        self._channel = channel
        self._pace = Pace((rate_limit or 0) * 1e6)
        self._host = host
        self._buffer = bytearray()
        self._queued: list[bytes] = []
        self._unsent = 0  # bytes
        self._waiting: dict[int, tuple[_Running[Any], int, int]] = {}  # task, place among its answers, bytes
        self._unanswered = 0  # bytes
        self._number = 0
        self._names = 0

    def greet(self) -> None:
        """Begin. Raises MethodUnavailableError where no SFTP server answers."""
        self._channel.send(greeting())
        bodies: list[bytes] = []
        try:
            while not bodies:
                data = self._channel.receive(_READ)
                if not data:
                    raise self._no_server()
                self._buffer += data
                bodies = list(self._bodies())
            version = answered_greeting(bodies[0])
        except PacketError as error:
            raise MethodUnavailableError(
                f"{self._host}: what answers there is no SFTP server",
                "Let nothing print at login: see what `ssh HOST true` prints; and try `sftp HOST`.",
            ) from error
        if version != VERSION or len(bodies) > 1:
            raise MethodUnavailableError(
                f"{self._host}: the server speaks SFTP {version}, not {VERSION}",
                "OpenSSH's server speaks version 3.",
            )

    def run(
        self,
        jobs: deque[J],
        begin: Callable[[J], Task[T]],
        limits: Limits,
        weight: Callable[[J], int] = lambda _job: 0,
    ) -> Iterator[tuple[J, T | Unseen]]:
        """Do all jobs, many at a time, and yield what came of each, in the order in which they end.

        Jobs that are added meanwhile are done as well. Raises SourceError where the connection is lost, or
        what comes makes no sense.
        """
        running = weighs = 0
        while jobs or running:
            finished: list[tuple[_Running[J], T | Unseen]] = []
            while jobs and running < limits.tasks and self._unanswered + self._unsent < _UNANSWERED:
                heavy = weight(jobs[0])
                if running and weighs + heavy > limits.weight:
                    break
                job = jobs.popleft()
                running, weighs = running + 1, weighs + heavy
                self._go_on(_Running(job, begin(job), heavy), None, finished)
            if not finished:
                self._send()
                self._take_answers(finished)
            for done, found in finished:
                running, weighs = running - 1, weighs - done.weight
                yield done.job, found

    def ask(self, task: Task[T]) -> T:
        """Do one task alone. Raises Unseen where it does, and SourceError as `run` does."""
        [(_job, found)] = self.run(deque([None]), lambda _job: task, Limits(1))
        if isinstance(found, Unseen):
            raise found
        return found

    def _go_on(self, running: _Running[J], answers: list[Answer] | None, finished: list[Any]) -> None:
        try:
            requests = running.task.send(answers)  # type: ignore[arg-type] # None starts it
        except StopIteration as end:
            finished.append((running, end.value))
            return
        except Unseen as unseen:
            finished.append((running, unseen))
            return
        except PacketError as error:
            self._refuse(error)
        running.missing = len(requests)
        running.answers = [None] * len(requests)
        for place, request in enumerate(requests):
            self._number = (self._number + 1) & 0xFFFFFFFF
            data = packet(self._number, request)
            self._waiting[self._number] = (running, place, len(data))
            self._queued.append(data)
            self._unsent += len(data)

    def _send(self) -> None:
        """Send what is queued, unless most of what was sent is still to be answered: packets are dear."""
        if self._queued and 4 * len(self._queued) >= len(self._waiting) - len(self._queued):
            self._channel.send(b"".join(self._queued))
            self._queued.clear()
            self._unanswered += self._unsent
            self._unsent = 0

    def _take_answers(self, finished: list[Any]) -> None:
        data = self._channel.receive(_READ)
        if not data:
            raise SourceError(f"{self._host}: the scan was cut off before it was complete", _AGAIN)
        self._buffer += data
        try:
            for body in self._bodies():
                self._take(*answer(body), finished)
        except PacketError as error:
            self._refuse(error)

    def _bodies(self) -> Iterator[bytes]:
        """Yield each whole packet that has come in."""
        at, end = 0, len(self._buffer)
        while end - at >= 4:
            length = int.from_bytes(self._buffer[at : at + 4], "big")
            if not 5 <= length <= MAX_PACKET:
                raise PacketError(f"a packet of {length} bytes")
            if end - at - 4 < length:
                break
            yield bytes(self._buffer[at + 4 : at + 4 + length])
            at += 4 + length
        del self._buffer[:at]

    def _take(self, number: int, value: Answer, finished: list[Any]) -> None:
        if number not in self._waiting:
            raise PacketError("an answer that nobody asked for")
        running, place, size = self._waiting.pop(number)
        self._unanswered -= size
        if isinstance(value, Names):
            self._names += len(value.names)
            if self._names > MOST_NAMES:
                raise PacketError(f"more than {MOST_NAMES} names")
        if isinstance(value, Data):
            self._pace.spent(len(value.content))
        running.answers[place] = value
        running.missing -= 1
        if not running.missing:
            self._go_on(running, running.answers, finished)

    def _refuse(self, error: PacketError) -> NoReturn:
        raise SourceError(f"{self._host}: the answer of its SFTP server makes no sense: {error}", _AGAIN)

    def _no_server(self) -> MethodUnavailableError:
        status, _errors = self._channel.finish()  # sshd keeps a subsystem's error output to itself
        return MethodUnavailableError(
            f"{self._host}: no SFTP server started (exit status {status})",
            "Try `sftp HOST`; sshd_config needs a line `Subsystem sftp internal-sftp`.",
        )
