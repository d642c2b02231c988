"""The one interface of all kinds of probe: a question to the running application."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from driftaudit.config.settings import ProbeSettings
from driftaudit.sources.transport import Stream


@dataclass(frozen=True, slots=True)
class Managed:
    """A process as a process manager knows it: `pid` None where it runs none now.

    `cwd` and `script` are paths on the host, None where the manager does not say. `restarts` counts those
    since it was first started at `created_at`; both times are by the host's clock. `is_looping` tells that it
    was seen to end and be started again.
    """

    manager: str
    name: str
    pid: int | None
    is_running: bool
    status: str = ""
    restarts: int = 0
    started_at: datetime | None = None
    created_at: datetime | None = None
    asked_at: datetime | None = None
    cwd: str | None = None
    script: str | None = None
    is_looping: bool = False

    @property
    def uptime(self) -> float | None:
        """For how many seconds it had run when it was asked for; None where that is not known."""
        if self.started_at is None or self.asked_at is None:
            return None
        return max(0.0, (self.asked_at - self.started_at).total_seconds())


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question: whether all is well, and a sentence that says what was found.

    `is_known` false: it could not be asked. `processes` are what a process manager says it runs.
    """

    ok: bool
    detail: str
    is_known: bool = True
    processes: tuple[Managed, ...] = ()


def unknown(detail: str) -> Answer:
    """Return that a question could not be asked, and why."""
    return Answer(ok=False, detail=detail, is_known=False)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a script on the host printed, and its exit status: None where it was ended for its time or size.

    `is_late` and `is_endless` say for which. `errors` is the end of its error output.
    """

    status: int | None
    output: bytes
    errors: bytes = b""
    is_late: bool = False
    is_endless: bool = False


class Host(Protocol):
    """The machine that is asked from: the target's host, or this one."""

    def stream(self, host: str, port: int, seconds: float) -> Stream:
        """Return a connection from there. Raises TimeoutError, NotConnectedError, or SourceError."""
        ...

    def run(self, script: str, seconds: float) -> Ran:
        """Run a script for /bin/sh there, in the login's home, and return what it printed.

        Words in it that come from elsewhere are quoted. Raises SourceError where it cannot be run.
        """
        ...


class Probe(Protocol):
    """Asks one question. Changes nothing on the host."""

    def __call__(self, asked: ProbeSettings, host: Host) -> Answer:
        """Return the answer, within about `asked.within` seconds and in bounded room.

        Raises SourceError where the question could not be put at all.
        """
        ...
