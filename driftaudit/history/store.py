"""The runs of the targets of one project: stored whole or not at all, and read again."""

import io
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVarTuple

from sqlalchemy import Column, Connection, Select, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from driftaudit.errors import ExitCode, HistoryError
from driftaudit.history.codec import FORMAT, fit_to_keep, packed, unpacked
from driftaudit.history.database import Database, open_database
from driftaudit.history.following import Moment, Thread, followed, tracked
from driftaudit.history.pruning import prune
from driftaudit.history.rows import (
    audit_figures,
    run_of,
    sign_of,
    sign_values,
    thread_of,
    thread_values,
)
from driftaudit.history.sightings import evidence_of, sighted
from driftaudit.history.signs import Sign, Untold, followed_signs, tracked_signs
from driftaudit.history.tables import AUDITS, RUNS, SIGNS, SNAPSHOTS, TARGETS, THREADS
from driftaudit.model.audit import Audit
from driftaudit.model.history import FAILED, Keep, StoredRun, StoredTarget
from driftaudit.model.snapshot import Snapshot
from driftaudit.model.tracking import Tracking
from driftaudit.sources.snapshot_file import Saved, read_saved, write_snapshot

_Columns = TypeVarTuple("_Columns")
_TREND = 30  # runs that a stored run tells of
_HAS_AUDIT = exists().where(AUDITS.c.run == RUNS.c.id)
_HAS_SNAPSHOT = exists().where(SNAPSHOTS.c.run == RUNS.c.id)


@dataclass(frozen=True, slots=True)
class Night:
    """One audit that is to be stored, fit to be kept.

    `pruned` are the folders that were not looked into. `live` is the whole live tree without the contents of
    secrets, None where it was not read whole; `object_format` says what its ids are. `untold` is what could
    not be told of the running application and of imports.
    """

    audit: Audit
    url: str
    pruned: Collection[str] = ()
    live: Snapshot | None = None
    object_format: str = "sha1"
    untold: Untold = Untold()  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True)
class Failure:
    """A run that found nothing to judge."""

    target: str
    url: str
    started_at: datetime
    duration_seconds: float
    exit_code: ExitCode
    message: str


@dataclass(frozen=True)
class History:
    """The runs of a project in a database. Every method raises HistoryError."""

    database: Database
    project: str

    def add(self, night: Night, keep: Keep) -> Audit:
        """Store an audit, and return it with where it stands among the runs before it."""
        audit = fit_to_keep(night.audit)
        with self.database.writing() as connection:
            target = _target_to_write(connection, StoredTarget(audit.target, night.url), self.project)
            before = self._newest_audit(connection, target)
            now = Moment(_next_number(connection, target), audit.started_at)
            evidence, since = evidence_of(audit, night.pruned), before.figures.number if before else None
            threads = followed(_open_threads(connection, target), sighted(audit), evidence, now)
            _write_threads(connection, target, threads)
            known = self._signs_before(connection, target, before)
            signs = followed_signs(known, audit, evidence, night.untold, now)
            _write_signs(connection, target, signs)
            found, wrong = tracked(threads, now, since), tracked_signs(signs, now, since)
            values = {**audit_figures(audit, (*found, *wrong)), "target": target, "number": now.run}
            run = connection.execute(insert(RUNS).values(values).returning(RUNS.c.id)).scalar_one()
            trend = tuple(each.figures for each in _runs(connection, target, _TREND))
            tracking = Tracking(now.run, before.figures if before else None, found, trend, wrong)
            audit = replace(audit, tracking=tracking)
            connection.execute(insert(AUDITS).values(run=run, format=FORMAT, content=packed(audit)))
            if night.live:
                connection.execute(insert(SNAPSHOTS).values(run=run, **_snapshot_values(night, night.live)))
            prune(connection, target, keep, now)
        return audit

    def add_failure(self, failure: Failure, keep: Keep) -> StoredRun:
        """Store a run that failed: nothing is resolved by it."""
        with self.database.writing() as connection:
            target = _target_to_write(connection, StoredTarget(failure.target, failure.url), self.project)
            now = Moment(_next_number(connection, target), failure.started_at)
            values = {
                "target": target,
                "number": now.run,
                "started_at": failure.started_at,
                "duration_seconds": failure.duration_seconds,
                "verdict": FAILED,
                "exit_code": int(failure.exit_code),
                "reason": failure.message,
            }
            connection.execute(insert(RUNS).values(values))
            prune(connection, target, keep, now)
            return _runs(connection, target, 1)[0]

    def targets(self) -> tuple[StoredTarget, ...]:
        """Return all targets that there are runs of, by name."""
        asked = select(TARGETS).where(TARGETS.c.project == self.project)
        with self.database.reading() as connection:
            found = [StoredTarget(row.name, row.url) for row in connection.execute(asked)]
        return tuple(sorted(found, key=lambda target: target.name))

    def runs(self, target: str, newest: int | None = None) -> tuple[StoredRun, ...]:
        """Return the runs of a target, or the newest ones of them, the oldest first."""
        with self._target(target) as (connection, number):
            return () if number is None else _runs(connection, number, newest)

    def newest_run(self, target: str) -> StoredRun | None:
        """Return the last run of a target, be it a failed one; None where there is none."""
        return next(iter(self.runs(target, newest=1)), None)

    def threads(self, target: str) -> tuple[Thread, ...]:
        """Return all findings that are followed, or were, as long as the runs are kept."""
        with self._target(target) as (connection, number):
            return () if number is None else tuple(_threads(connection, number))

    def signs(self, target: str) -> tuple[Sign, ...]:
        """Return the same of what is, or was, wrong with the running application and with imports."""
        with self._target(target) as (connection, number):
            return () if number is None else tuple(self._signs(connection, number))

    def audit(self, target: str, run: int) -> Audit:
        """Return the audit of a run as it was stored. Raises HistoryError where there is none."""
        with self._target(target) as (connection, number):
            found = None if number is None else self._audit(connection, number, run)
            if found is None:
                raise self._no_run(target, () if number is None else _runs(connection, number, None), run)
            return found

    def _audit(self, connection: Connection, target: int, run: int) -> Audit | None:
        asked = select(AUDITS.c.format, AUDITS.c.content)
        row = connection.execute(_of_run(asked, AUDITS.c.run, target, run)).one_or_none()
        if row is None:
            return None
        if row.format != FORMAT:
            raise HistoryError(
                f"run {run} was stored in format {row.format}, and this driftaudit reads format {FORMAT}",
                "Upgrade driftaudit.",
            )
        try:
            return unpacked(row.content)
        except ValueError as error:
            raise self._damaged(f"run {run}") from error

    def snapshot(self, target: str, run: int) -> Saved:
        """Return what was live in a run. Raises HistoryError where that is not kept."""
        with self._target(target) as (connection, number):
            asked = _of_run(select(SNAPSHOTS.c.content), SNAPSHOTS.c.run, number, run)
            content = connection.execute(asked).scalar_one_or_none()
            if content is None:
                kept = [] if number is None else _runs(connection, number, None)
                numbers = ", ".join(str(each.figures.number) for each in kept if each.has_snapshot)
                raise HistoryError(
                    f"of run {run} of {target} no snapshot is kept",
                    f"Snapshots are kept of: {numbers or 'no run'}.",
                )
        return read_saved(io.BytesIO(content), Path(f"run {run} of {target}"))

    def tree_digests(self, target: str) -> dict[int, str]:
        """Return the digests of the trees of which a snapshot is kept, by run, the oldest first."""
        asked = select(RUNS.c.number, SNAPSHOTS.c.tree_digest).join(SNAPSHOTS, SNAPSHOTS.c.run == RUNS.c.id)
        with self._target(target) as (connection, number):
            rows = connection.execute(asked.where(RUNS.c.target == number).order_by(RUNS.c.number))
            return {row.number: row.tree_digest for row in rows}

    def _signs(self, connection: Connection, target: int) -> Iterator[Sign]:
        rows = connection.execute(select(SIGNS).where(SIGNS.c.target == target)).mappings()
        try:
            yield from [sign_of(dict(row)) for row in rows]
        except ValueError as error:
            raise self._damaged("a sign that is followed") from error

    def _signs_before(self, connection: Connection, target: int, before: StoredRun | None) -> list[Sign]:
        """Return the open signs; what was stored before signs were followed begins with the last run."""
        known = list(self._signs(connection, target))
        if known or before is None:
            return [sign for sign in known if sign.closed is None]
        try:
            audit = self._audit(connection, target, before.figures.number)
        except HistoryError:
            return []  # all that is wrong counts as new
        then = Moment(before.figures.number, before.figures.started_at)
        return (
            [] if audit is None else list(followed_signs((), audit, evidence_of(audit, ()), Untold(), then))
        )

    @contextmanager
    def _target(self, name: str) -> Iterator[tuple[Connection, int | None]]:
        with self.database.reading() as connection:
            yield connection, connection.execute(_target_named(name, self.project)).scalar_one_or_none()

    @staticmethod
    def _newest_audit(connection: Connection, target: int) -> StoredRun | None:
        rows = connection.execute(_asked_runs(target).where(_HAS_AUDIT).limit(1))
        return next((run_of(dict(row)) for row in rows.mappings()), None)

    @staticmethod
    def _no_run(target: str, runs: Sequence[StoredRun], run: int) -> HistoryError:
        failed = next((each for each in runs if each.figures.number == run), None)
        if failed:
            return HistoryError(f"run {run} of {target} failed: {failed.reason}", "Name another run.")
        numbers = [each.figures.number for each in runs if each.has_audit]
        there = f"There are {numbers[0]} to {numbers[-1]}" if numbers else "There is none yet"
        return HistoryError(f"there is no run {run} of {target}", f"{there}: driftaudit history")

    def _damaged(self, what: str) -> HistoryError:
        return HistoryError(
            f"the history {self.database.place} is damaged: {what} cannot be read",
            "Bring it back from a backup, or put it aside.",
        )


@contextmanager
def opened(place: str, project: str) -> Iterator[History]:
    """Open the history of a project. Raises HistoryError."""
    database = open_database(place)
    try:
        yield History(database, project)
    finally:
        database.close()


def _target_to_write(connection: Connection, target: StoredTarget, project: str) -> int:
    """Return the number of a target, new or not; nobody else writes of it before the transaction's end."""
    into = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {"project": project, "name": target.name, "url": target.url}
    connection.execute(into(TARGETS).values(values).on_conflict_do_nothing())
    number = connection.execute(_target_named(target.name, project).with_for_update()).scalar_one()
    connection.execute(update(TARGETS).where(TARGETS.c.id == number).values(url=target.url))
    return int(number)


def _target_named(name: str, project: str) -> Select[int]:
    return select(TARGETS.c.id).where(TARGETS.c.project == project, TARGETS.c.name == name)


def _next_number(connection: Connection, target: int) -> int:
    asked = select(func.max(RUNS.c.number)).where(RUNS.c.target == target)
    return (connection.execute(asked).scalar() or 0) + 1


def _asked_runs(target: int) -> Select[tuple[object, ...]]:
    columns = (RUNS, _HAS_AUDIT.label("has_audit"), _HAS_SNAPSHOT.label("has_snapshot"))
    return select(*columns).where(RUNS.c.target == target).order_by(RUNS.c.number.desc())


def _runs(connection: Connection, target: int, newest: int | None) -> tuple[StoredRun, ...]:
    rows = connection.execute(_asked_runs(target).limit(newest)).mappings()
    return tuple(reversed([run_of(dict(row)) for row in rows]))


def _threads(connection: Connection, target: int) -> Iterator[Thread]:
    rows = connection.execute(select(THREADS).where(THREADS.c.target == target)).mappings()
    return (thread_of(dict(row)) for row in rows)


def _open_threads(connection: Connection, target: int) -> list[Thread]:
    asked = select(THREADS).where(THREADS.c.target == target, THREADS.c.closed.is_(None))
    return [thread_of(dict(row)) for row in connection.execute(asked).mappings()]


def _write_threads(connection: Connection, target: int, threads: Sequence[Thread]) -> None:
    new = [{**thread_values(thread), "target": target} for thread in threads if thread.id is None]
    known = [{**thread_values(thread), "row": thread.id} for thread in threads if thread.id is not None]
    if new:
        connection.execute(insert(THREADS), new)
    if known:
        connection.execute(update(THREADS).where(THREADS.c.id == bindparam("row")), known)


def _write_signs(connection: Connection, target: int, signs: Sequence[Sign]) -> None:
    """Write all rows anew that a run has touched: the key of a row never changes."""
    rows = [{**sign_values(sign), "target": target} for sign in signs]
    if rows:
        touched = (SIGNS.c.target == target) & (SIGNS.c.closed.is_(None))
        connection.execute(delete(SIGNS).where(touched))
        connection.execute(insert(SIGNS), rows)


def _of_run(asked: Select[*_Columns], column: Column[int], target: int | None, run: int) -> Select[*_Columns]:
    return asked.join(RUNS, RUNS.c.id == column).where(RUNS.c.target == target, RUNS.c.number == run)


def _snapshot_values(night: Night, live: Snapshot) -> dict[str, object]:
    stream = io.BytesIO()
    write_snapshot(stream, Saved(live, night.object_format))
    return {"tree_digest": night.audit.deployed.tree_digest, "content": stream.getvalue()}
