"""The composer of `report`: an audit with its place in the history, and what of that is to be told."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from driftaudit.audit import AuditRequest, Examination, examine
from driftaudit.errors import DriftauditError, HistoryError, UsageError
from driftaudit.evidence.composer import with_evidence
from driftaudit.fingerprint import fit_to_keep as without_secrets
from driftaudit.history.codec import fit_to_keep
from driftaudit.history.signs import Untold
from driftaudit.history.store import Failure, History, Night
from driftaudit.model.audit import Audit
from driftaudit.model.history import Keep, StoredRun
from driftaudit.model.problem import Problem
from driftaudit.model.structure import Structure
from driftaudit.nightly.gaps import new_gaps
from driftaudit.sources.base import Progress, no_progress

OpenHistory = Callable[[], AbstractContextManager[History]]
"""Opens the history; the rest of the run goes on where that fails."""


@dataclass(frozen=True, slots=True)
class Observed:
    """The audit of one night. `before` is the run before it, be it a failed one, if there was any.

    `gaps` are what could not be seen and could be before. `unstored` says why the audit is not in the
    history; then there is nothing that it is compared with.
    """

    audit: Audit
    before: StoredRun | None = None
    gaps: tuple[Problem, ...] = ()
    unstored: HistoryError | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A night on which there was nothing to judge, and why."""

    error: DriftauditError
    before: StoredRun | None = None
    run: StoredRun | None = None
    unstored: HistoryError | None = None


def observed(
    request: AuditRequest,
    history: OpenHistory,
    keep: Keep,
    progress: Progress = no_progress,
    *,
    without_probes: bool = False,
) -> Observed:
    """Audit a target, and store what was found. Raises DriftauditError as `examine`: see `failed`.

    `without_probes` says that those which are configured were left out.
    """
    wanted = replace(request, lists_all=True, structure=True, folders=True)
    examination = examine(wanted, progress)
    audit = with_evidence(wanted, examination, progress)
    night = _night(wanted, examination, audit, without_probes=without_probes)
    try:
        with history() as opened:
            before = opened.newest_run(request.target)
            gaps = new_gaps(_earlier(opened, request.target), night.audit)
            return Observed(opened.add(night, keep), before, gaps)
    except HistoryError as error:
        return Observed(fit_to_keep(night.audit), unstored=error)


@contextmanager
def failures_stored(
    target: str,
    url: str,
    history: OpenHistory,
    keep: Keep,
    told: Callable[[Failed], None],
    *,
    of_usage: bool = True,
) -> Iterator[None]:
    """Store what goes wrong inside as a failed run, tell of it, and let it go on its way.

    Without `of_usage` a fault of the command line is no run at all.
    """
    started_at, started = datetime.now(UTC), time.monotonic()
    try:
        yield
    except HistoryError:
        raise
    except Exception as error:
        if isinstance(error, UsageError) and not of_usage:
            raise
        wrong = error if isinstance(error, DriftauditError) else _bug(error)
        failure = Failure(
            target=target,
            url=url,
            started_at=started_at,
            duration_seconds=time.monotonic() - started,
            exit_code=wrong.exit_code,
            message=wrong.message,
        )
        told(failure_stored(failure, wrong, history, keep))
        raise


def _bug(error: Exception) -> DriftauditError:
    """Return what is stored of a bug: without a run the one before would stand as if it were of tonight."""
    return DriftauditError(f"internal error: {type(error).__name__}", "This is a bug; please report it.")


def failure_stored(failure: Failure, error: DriftauditError, history: OpenHistory, keep: Keep) -> Failed:
    """Store a run that failed, and return what there is to tell of it."""
    try:
        with history() as opened:
            before = opened.newest_run(failure.target)
            return Failed(error, before, opened.add_failure(failure, keep))
    except HistoryError as unstored:
        return Failed(error, unstored=unstored)


def _earlier(history: History, target: str) -> Audit | None:
    """Return the audit of the newest run that has one; None too where it cannot be read any more."""
    run = next((each for each in reversed(history.runs(target)) if each.has_audit), None)
    if run is None:
        return None
    try:
        return history.audit(target, run.figures.number)
    except HistoryError:
        return None  # then every gap is told of as new


def _night(request: AuditRequest, examination: Examination, audit: Audit, *, without_probes: bool) -> Night:
    seen = examination.trees.seen
    structure = examination.structure.structure if examination.structure else Structure(request.target)
    untold = Untold(
        imports=frozenset((each.importer, each.module, each.tree) for each in structure.untold),
        sources=frozenset(each.path for each in structure.unread),
        probes=without_probes,
    )
    return Night(
        audit=audit,
        url=seen.source.url,
        pruned=frozenset(entry.path for entry in seen.entries if entry.pruned),
        live=None if seen.source.kind == "absent" else without_secrets(seen, request.policy.labels),
        object_format=request.repository.object_format if request.repository else "sha1",
        untold=untold,
    )
