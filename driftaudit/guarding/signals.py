"""Who gets the signals that would end us: a command while it runs, and nobody until all of it is told."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

_FROM_TERMINALS = (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP)
_TAKEN = (*_FROM_TERMINALS, signal.SIGTERM)


@dataclass
class Signals:
    """Takes signals. They interrupt us until a command begins, then they are the command's.

    Afterwards they interrupt only what may be given up: what has become of the target is told in any case.
    """

    _is_begun: bool = False
    _interrupts: bool = False
    _process: "subprocess.Popen[bytes] | None" = None
    _kept: list[int] = field(default_factory=list)

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        """Take one. Raises KeyboardInterrupt where it may; once a command has begun, once at a time."""
        if not self._is_begun:
            raise KeyboardInterrupt
        if self._interrupts:
            self._interrupts = False
            raise KeyboardInterrupt
        if self._process is None:
            self._kept.append(number)
        elif number not in _FROM_TERMINALS or not _is_in_foreground():
            self._process.send_signal(number)

    def keep(self) -> None:
        """Interrupt nothing from here on: a command is about to be started."""
        self._is_begun = True

    def hand_to(self, process: "subprocess.Popen[bytes]") -> None:
        """Let a process have those that are to come, and those that came while it was being started."""
        self._process = process
        while self._kept:
            process.send_signal(self._kept.pop(0))

    def take_back(self) -> None:
        """Keep those that are to come: the process is over."""
        self._process = None

    @contextlib.contextmanager
    def interrupting(self) -> Iterator[None]:
        """Let one interrupt what is done meanwhile. Raises KeyboardInterrupt at once where one has come."""
        if self._kept:
            self._kept.clear()
            raise KeyboardInterrupt
        self._interrupts = True
        try:
            yield
        finally:
            self._interrupts = False


@contextlib.contextmanager
def taken_signals() -> Iterator[Signals]:
    """Take all that would end us; those that were ignored before stay so, for a command too."""
    signals = Signals()
    before = {
        number: signal.signal(number, signals)
        for number in _TAKEN
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def held_back() -> Iterator[Callable[[], None]]:
    """Let all that would end us wait while a process is started.

    One that a terminal sends meanwhile comes to both of us: by the time that we take it we know that the
    other has it, and it gets none twice. What is returned is to be called in that process, right before the
    program: what waits there ends it then.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _TAKEN)

    def let_through() -> None:
        for number in _TAKEN:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    try:
        yield let_through
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


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
