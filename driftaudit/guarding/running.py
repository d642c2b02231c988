"""Runs a command with our own streams, and hands on the signals that are meant for it."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from driftaudit.guarding.signals import Signals, held_back
from driftaudit.model.guard_run import CommandResult

_UNCLAIMED = "the lock cannot be told that it runs; is the disk full?"


def run_command(
    words: Sequence[str], variables: Mapping[str, str], claim: Callable[[], None], signals: Signals
) -> CommandResult:
    """Run a command to its end. No shell is involved; `claim` is called in its process right before.

    What it prints goes where ours goes. A signal that a terminal sends reaches it by itself; any other is
    handed on, and none ends us from here on.
    """
    signals.keep()
    moment, begun = datetime.now(UTC), time.monotonic()
    with held_back() as let_through:

        def prepare() -> None:
            claim()
            let_through()

        try:
            process = subprocess.Popen(  # noqa: S603 - the user's
                list(words),
                env={**os.environ, **variables},
                preexec_fn=prepare,  # noqa: PLW1509 - system calls alone: it takes no lock
            )
        except OSError as error:
            return CommandResult(moment, 0.0, error=error.strerror or str(error))
        except subprocess.SubprocessError:
            return CommandResult(moment, 0.0, error=_UNCLAIMED)
        signals.hand_to(process)
    code = process.wait()
    signals.take_back()
    seconds = time.monotonic() - begun
    if code < 0:
        return CommandResult(moment, seconds, signal=_name_of(-code))
    return CommandResult(moment, seconds, exit_code=code)


def _name_of(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
