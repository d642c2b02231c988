"""Runs a command with our own streams, and hands on the signals that are meant for it."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import FrameType

from driftaudit.model.guard_run import CommandResult

_FROM_TERMINALS = (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP)
_HANDED_ON = (*_FROM_TERMINALS, signal.SIGTERM)


def run_command(
    words: Sequence[str], variables: Mapping[str, str], claim: Callable[[], None]
) -> CommandResult:
    """Run a command to its end. No shell is involved; `claim` is called in its process right before.

    What it prints goes where ours goes. A signal that a terminal sends reaches it by itself; any other is
    handed on, and none ends us meanwhile.
    """
    moment, begun = datetime.now(UTC), time.monotonic()
    with _signals_handed_on() as relay:
        try:
            process = subprocess.Popen(  # noqa: S603 - the user's
                list(words),
                env={**os.environ, **variables},
                preexec_fn=claim,  # noqa: PLW1509 - system calls alone: it takes no lock
            )
        except (OSError, subprocess.SubprocessError) as error:
            return CommandResult(moment, 0.0, error=getattr(error, "strerror", None) or str(error))
        relay.to(process)
        code = process.wait()
    seconds = time.monotonic() - begun
    if code < 0:
        return CommandResult(moment, seconds, signal=_name_of(-code))
    return CommandResult(moment, seconds, exit_code=code)


@dataclass
class _Relay:
    process: "subprocess.Popen[bytes] | None" = None
    early: list[int] = field(default_factory=list)

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        if self.process is None:
            self.early.append(number)
        elif number not in _FROM_TERMINALS or not _is_in_foreground():
            self._send(number)

    def to(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process
        for number in self.early:
            self._send(number)

    def _send(self, number: int) -> None:
        if self.process:
            self.process.send_signal(number)


@contextlib.contextmanager
def _signals_handed_on() -> Iterator[_Relay]:
    """Let no signal end us while the command runs; those that were ignored before stay so, for it too."""
    relay = _Relay()
    before = {
        number: signal.signal(number, relay)
        for number in _HANDED_ON
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield relay
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _is_in_foreground() -> bool:
    """Whether a terminal sends its signals to us, and so to all that we started."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


def _name_of(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
