"""The answer to one question, as a value."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from driftaudit.errors import DriftauditError, ExitCode


class Outcome(StrEnum):
    """How a check ended. What was not looked at is skipped, never ok."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Check:
    """A question by its name, what was found, and what to do about it; `exit_code` is 0 unless it failed.

    Names from a host stand in `detail` and `advice` as they can be shown.
    """

    name: str
    outcome: Outcome
    detail: str
    advice: str = ""
    exit_code: ExitCode = ExitCode.PASS


def good(name: str, detail: str) -> Check:
    """Return a check that found nothing wrong."""
    return Check(name, Outcome.OK, detail)


def doubtful(name: str, detail: str, advice: str) -> Check:
    """Return a check that found something to know of, which stops nothing."""
    return Check(name, Outcome.WARN, detail, advice)


def failed(name: str, error: DriftauditError) -> Check:
    """Return a check that ended with an error."""
    return Check(name, Outcome.FAIL, error.message, error.advice, error.exit_code)


def skipped(names: Iterable[str], needed: str) -> Iterator[Check]:
    """Yield checks that could not be made, because what they need failed."""
    for name in names:
        yield Check(name, Outcome.SKIPPED, f"not looked at: it needs {needed}")


def overall(checks: Iterable[Check]) -> ExitCode:
    """Return the exit code of the first check that failed, 0 where none did."""
    return next((check.exit_code for check in checks if check.outcome is Outcome.FAIL), ExitCode.PASS)
