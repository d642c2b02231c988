"""The one interface of all notifiers: a notice in, and word of whether somebody has it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from driftaudit.errors import DriftauditError, ExitCode

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


def back_off(attempt: int) -> float:
    """Return for how many seconds to wait after a try, counted from 1: 1, 2, 4, and never over 30."""
    return float(min(2 ** (attempt - 1), 30))
