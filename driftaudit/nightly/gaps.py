"""The gaps in the evidence that were not there in an earlier run. Pure."""

from driftaudit.model.audit import Audit
from driftaudit.model.problem import Problem, ProblemKind

_PASSING = (ProblemKind.UNSTABLE, ProblemKind.VANISHED)


def new_gaps(earlier: Audit | None, now: Audit) -> tuple[Problem, ...]:
    """Return what could not be seen and could be before; `earlier` is None where there was no run.

    What merely changed or vanished while it was read is left out: on a busy host that is another file every
    night.
    """
    before = {(each.path, each.kind) for each in earlier.problems} if earlier else set()
    return tuple(
        each for each in now.problems if each.kind not in _PASSING and (each.path, each.kind) not in before
    )
