"""Forgets old runs, in the transaction that stores a new one; the newest of a target always stays."""

from datetime import timedelta

from sqlalchemy import Connection, delete, func, or_, select

from driftaudit.history.following import Moment
from driftaudit.history.tables import AUDITS, RUNS, SIGNS, SNAPSHOTS, THREADS
from driftaudit.model.history import Keep


def prune(connection: Connection, target: int, keep: Keep, now: Moment) -> None:
    """Forget the runs of a target that are too old or too many, and what is kept of them.

    The run `now` stays, and so does the newest that has an audit: later ones are compared with it. The newest
    snapshot stays too.
    """
    of_target = RUNS.c.target == target
    with_audit = select(func.max(RUNS.c.number)).join(AUDITS, AUDITS.c.run == RUNS.c.id).where(of_target)
    stays = (now.run, connection.execute(with_audit).scalar())
    many = RUNS.c.number <= now.run - keep.runs
    old = RUNS.c.started_at < now.at - timedelta(days=keep.days)
    chosen = select(RUNS.c.id).where(of_target, or_(many, old), RUNS.c.number.not_in(filter(None, stays)))
    forgotten = list(connection.execute(chosen).scalars())
    newest = _newest_snapshots(connection, target, keep.snapshots)
    theirs = select(RUNS.c.id).where(of_target)
    connection.execute(delete(SNAPSHOTS).where(SNAPSHOTS.c.run.in_(theirs), SNAPSHOTS.c.run.not_in(newest)))
    forgotten = [run for run in forgotten if run not in newest[:1]]
    for table in (AUDITS, SNAPSHOTS):
        connection.execute(delete(table).where(table.c.run.in_(forgotten)))
    connection.execute(delete(RUNS).where(RUNS.c.id.in_(forgotten)))
    oldest = connection.execute(select(func.min(RUNS.c.number)).where(of_target)).scalar_one()
    for table in (THREADS, SIGNS):
        connection.execute(delete(table).where(table.c.target == target, table.c.closed <= oldest))


def _newest_snapshots(connection: Connection, target: int, count: int) -> list[int]:
    asked = select(SNAPSHOTS.c.run).join(RUNS, RUNS.c.id == SNAPSHOTS.c.run).where(RUNS.c.target == target)
    return list(connection.execute(asked.order_by(RUNS.c.number.desc()).limit(max(count, 1))).scalars())
