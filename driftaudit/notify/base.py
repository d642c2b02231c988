"""The one interface of all notifiers: a notice in, and word of whether somebody has it."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from queue import Empty, Queue
from typing import Any, Protocol, TypeVar, cast

from driftaudit.errors import DriftauditError, ExitCode

Answer = TypeVar("Answer")

KEPT = "The report is kept all the same."

Pause = Callable[[float], None]
"""Waits for so many seconds between two tries."""


class NotifyError(DriftauditError):
    """Nobody was told. The message names neither an address nor a secret."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told: a title of one line, a short text, and the same for programs.

    The text is fit to be shown anywhere; `link` is where there is more, "" where nowhere.
    """

    title: str
    text: str
    link: str
    document: Mapping[str, Any]


class Notifier(Protocol):
    """Tells one receiver. It tries again where that can help, and is done in bounded time."""

    def __call__(self, notice: Notice, pause: Pause) -> None:
        """Return once the receiver has taken it. Raises NotifyError."""
        ...


def within(seconds: float, call: Callable[[], Answer]) -> Answer:
    """Return what a call answers, or raise what it raises; TimeoutError where it takes longer than that.

    Limits on sockets bound each wait alone: who sends a byte now and then, or a name server that hangs, would
    hold up a night. What is late goes on in a thread that nobody waits for.
    """
    answers: Queue[tuple[Answer | None, BaseException | None]] = Queue()

    def run() -> None:
        try:
            answers.put((call(), None))
        except Exception as error:
            answers.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        answer, error = answers.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if error is not None:
        raise error
    return cast("Answer", answer)


def back_off(attempt: int) -> float:
    """Return for how many seconds to wait after a try, counted from 1: 1, 2, 4, and never over 30."""
    return float(min(2 ** (attempt - 1), 30))
