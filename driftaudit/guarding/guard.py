"""The composer of `guard`: check, look again, run, and look at what has become of it."""

import contextlib
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from driftaudit.audit import AuditRequest, Examination, examine
from driftaudit.errors import DriftauditError, ExitCode
from driftaudit.fingerprint import fit_to_keep
from driftaudit.guarding.before import keep_before
from driftaudit.guarding.history import GuardHistory
from driftaudit.guarding.lock import Lock, held
from driftaudit.guarding.observing import (
    Watch,
    changed_between,
    found_after,
    live_place,
    promise_of,
    unknown,
)
from driftaudit.guarding.override import OverrideRequest, overridden, unrescued
from driftaudit.guarding.place import lock_name
from driftaudit.guarding.running import run_command
from driftaudit.guarding.signals import Signals
from driftaudit.model.aftermath import State
from driftaudit.model.audit import Verdict
from driftaudit.model.guard_run import PROBE_WAIT, GuardRun, Override, Person, Phase, Refusal
from driftaudit.render.guard import document
from driftaudit.sources.as_read import as_read
from driftaudit.sources.snapshot_file import Saved

FRESH = 5.0  # seconds: a check that began longer ago is made once more before the command is run
RUN_VARIABLE = "DRIFTAUDIT_GUARD_RUN"
_CHANGED = "it changed between the check and the command"


def tell_nobody() -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class GuardRequest:
    """What is run on which target. `shown` is the command without what looks like a secret.

    `folder` is where locks and the history are kept, `wait` for how many seconds another guard is waited for,
    `probe_wait` for how many the application afterwards, and `waiting` is told once that is begun. `checked`
    is told the check before anything follows from it, while its sources are there to be asked.
    """

    audit: AuditRequest
    command: tuple[str, ...]
    shown: str
    person: Person
    folder: Path
    checked: Callable[[AuditRequest, Examination], None]
    override: OverrideRequest | None = None
    wait: float = 0.0
    probe_wait: float = PROBE_WAIT
    waiting: Callable[[], None] = tell_nobody


def run_guard(request: GuardRequest, watch: Watch, signals: Signals) -> GuardRun:
    """Run a command on a target if the check lets it, and return what has become of the target.

    `signals` interrupt it until the command begins; from then on they are kept, and the result is told.
    Raises UsageError, RepositoryError or SourceError where nothing was run: afterwards nothing is raised, and
    all that is known is in the result.
    """
    place = live_place(request.audit)
    moment = datetime.now(UTC)
    holder = {
        "who": request.person.git or request.person.login,
        "since": moment.isoformat(timespec="seconds"),
        "command": request.shown,
    }
    name = lock_name(request.audit.deployed)
    with held(request.folder / "locks", name, holder, request.wait) as lock:
        return _Guard(request, watch, lock, place, signals).run()


class _Guard:
    def __init__(self, request: GuardRequest, watch: Watch, lock: Lock, place: str, signals: Signals) -> None:
        self._watch, self._locks, self._place, self._signals = watch, [lock], place, signals
        self._history = GuardHistory(request.folder / "guard.jsonl")
        # What is checked is what the result is held against, whatever the command makes of its source.
        wanted = replace(request.audit, lists_all=True)
        self._request = replace(request, audit=wanted)
        self._audit = replace(wanted, desired=as_read(wanted.desired))

    def run(self) -> GuardRun:
        """Check, and go on from there."""
        started = time.monotonic()
        before = self._examined(self._audit)
        with self._held_where_it_lies(before):
            is_old = len(self._locks) > 1 or time.monotonic() - started > FRESH
            return self._checked(before, is_old)

    @contextlib.contextmanager
    def _held_where_it_lies(self, before: Examination) -> Iterator[None]:
        """Hold the lock of the folder that the root leads to as well, where that is another one."""
        source, first = self._audit.deployed, self._locks[0]
        real = lock_name(source, before.trees.seen.source.real_root)
        if real == lock_name(source):
            yield
            return
        with held(self._request.folder / "locks", real, first.holder, self._request.wait) as lock:
            self._locks.append(lock)
            yield

    def _claim(self) -> None:
        for lock in self._locks:
            lock.claim()

    def _checked(self, before: Examination, is_old: bool) -> GuardRun:
        run = self._begun(before)
        self._request.checked(self._audit, before)
        override = self._request.override
        if before.audit.decision.verdict is not Verdict.PASS:
            return self._override(run, before, override) if override else self._recorded(run)
        if is_old:
            now = self._examined(self._request.audit)
            run = replace(run, audit=now.audit)
            if now.audit.decision.verdict is not Verdict.PASS:
                return self._refused(run, _CHANGED, now.audit.decision.verdict.exit_code)
            changed = changed_between(before, now)
            if changed:
                return self._refused(run, f"{_CHANGED}: {changed}", ExitCode.INCOMPLETE)
            before = now
        return self._go(run, before)

    def _override(self, run: GuardRun, before: Examination, wanted: OverrideRequest) -> GuardRun:
        with self._watch() as progress:
            audit = replace(self._audit, probes=None)
            override: Override = overridden(wanted, audit, before, progress)
        now = self._examined(self._request.audit)
        run = replace(run, override=override, audit=now.audit)
        reason = unrescued(wanted, self._audit, override, now)
        changed = now.audit.desired.tree_digest != before.audit.desired.tree_digest
        if reason is None and changed:
            reason = f"{_CHANGED}: what the deploy would bring"
        if reason:
            return self._refused(run, reason, ExitCode.INCOMPLETE)
        return self._go(run, now)

    def _go(self, run: GuardRun, before: Examination) -> GuardRun:
        """Run the command, then look at the target. From here on whatever happens ends in the record."""
        promise = promise_of(before)
        run = self._recorded(replace(run, phase=Phase.BEGUN, before=self._kept(run, before)))
        variables = {RUN_VARIABLE: run.id}
        result = run_command(self._request.command, variables, self._claim, self._signals)
        run = replace(run, result=result, phase=Phase.ENDED)
        try:
            with self._signals.interrupting():
                after = found_after(self._audit, promise, self._watch)
        except KeyboardInterrupt:
            run = replace(run, aftermath=unknown("interrupted before it was looked at"), interrupted=True)
        except DriftauditError as error:
            run = replace(run, aftermath=unknown(error.message))
        except Exception as error:  # a bug must not hide that the command was run
            run = replace(run, aftermath=unknown(f"internal error: {type(error).__name__}: {error}"))
        else:
            run = replace(run, aftermath=after)
        return self._recorded_if_possible(self._probed(run))

    def _kept(self, run: GuardRun, before: Examination) -> str | None:
        """Keep what is live now, for `recover`; None where there is nothing yet."""
        live, audit = before.trees.seen, self._audit
        if live.source.kind == "absent":
            return None
        object_format = audit.repository.object_format if audit.repository else "sha1"
        saved = Saved(fit_to_keep(live, audit.policy.labels), object_format)
        return str(keep_before(self._request.folder / "before", self._place, run.id, saved))

    def _probed(self, run: GuardRun) -> GuardRun:
        """Ask the application, where there are probes: what is known by then is in the record before.

        After a command that failed, or on a target that cannot be looked at, nothing is waited for.
        """
        probes = self._audit.probes
        if probes is None or run.interrupted or not run.result or run.result.error is not None:
            return run
        from driftaudit.guarding.waiting import well_within

        is_unknown = run.aftermath is None or run.aftermath.state is State.UNKNOWN
        wait = 0.0 if is_unknown or not run.result.is_success else self._request.probe_wait
        try:
            self._recorded_if_possible(replace(run, phase=Phase.PROBING))
            with self._signals.interrupting():
                health = well_within(probes, wait, self._request.waiting)
            return replace(run, health=health)
        except KeyboardInterrupt:
            return replace(run, unasked="interrupted before it was well", interrupted=True)
        except Exception as error:  # a bug must not hide that the command was run
            return replace(run, unasked=f"internal error: {type(error).__name__}: {error}")

    def _recorded_if_possible(self, run: GuardRun) -> GuardRun:
        try:
            return self._recorded(run)
        except DriftauditError as error:
            return replace(run, unrecorded=error.message)

    def _refused(self, run: GuardRun, reason: str, code: ExitCode) -> GuardRun:
        return self._recorded(replace(run, refusal=Refusal(reason, code)))

    def _recorded(self, run: GuardRun) -> GuardRun:
        self._history.add(document(run))
        return run

    def _examined(self, audit: AuditRequest) -> Examination:
        with self._watch() as progress:
            return examine(audit, progress)

    def _begun(self, before: Examination) -> GuardRun:
        return GuardRun(
            id=secrets.token_hex(8),
            command=self._request.shown,
            url=self._place,
            person=self._request.person,
            started_at=before.audit.started_at,
            audit=before.audit,
            phase=Phase.REFUSED,
        )
