"""Brings the tables of a database to the version that this driftaudit knows. One step a version, in order."""

from collections.abc import Mapping

from sqlalchemy import Connection, insert, inspect, select, text, update

from driftaudit.errors import HistoryError
from driftaudit.history.tables import METADATA, SCHEMA

VERSION = 3

STEPS: Mapping[int, tuple[str, ...]] = {
    2: (
        "ALTER TABLE driftaudit_runs ADD COLUMN unseen INTEGER DEFAULT 0 NOT NULL",
        "ALTER TABLE driftaudit_snapshots ADD COLUMN tree_digest VARCHAR(64) DEFAULT '' NOT NULL",
    ),
    3: (
        "ALTER TABLE driftaudit_runs ADD COLUMN unasked INTEGER DEFAULT 0 NOT NULL",
        "ALTER TABLE driftaudit_runs ADD COLUMN unresolved INTEGER DEFAULT 0 NOT NULL",
        (
            "CREATE TABLE driftaudit_signs (target {number} NOT NULL REFERENCES driftaudit_targets (id),"
            " mark VARCHAR(64) NOT NULL, opened INTEGER NOT NULL, closed INTEGER, ending VARCHAR(16),"
            " first_seen VARCHAR(26) NOT NULL, last_seen VARCHAR(26) NOT NULL, runs INTEGER NOT NULL,"
            " content {bytes} NOT NULL, PRIMARY KEY (target, mark, opened))"
        ),
    ),
}
"""By the version that they lead to: statements for SQLite and PostgreSQL, but for the names of `_TYPES`."""

_TYPES = {
    "sqlite": {"number": "INTEGER", "bytes": "BLOB"},
    "postgresql": {"number": "BIGINT", "bytes": "BYTEA"},
}

_LOCK = 0x6472696674  # of PostgreSQL: whoever makes the tables, makes them alone


def prepare(connection: Connection, place: str) -> None:
    """Make the tables, or bring them to this version, in the transaction of the connection.

    Raises HistoryError where they are of a newer version.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    if not inspect(connection).has_table(SCHEMA.name):
        METADATA.create_all(connection)
        connection.execute(insert(SCHEMA).values(version=VERSION))
        return
    found = version_of(connection, place)
    for version in range(found + 1, VERSION + 1):
        for statement in STEPS[version]:
            connection.execute(text(statement.format(**_TYPES[connection.dialect.name])))
    if found < VERSION:
        connection.execute(update(SCHEMA).values(version=VERSION))


def version_of(connection: Connection, place: str) -> int:
    """Return the version of the tables. Raises HistoryError where it is newer than this one, or none."""
    versions = connection.execute(select(SCHEMA.c.version)).scalars().all()
    if len(versions) != 1 or not versions[0] >= 1:
        raise HistoryError(
            f"the history {place} is damaged: it does not say its version",
            "Put it aside: a new one is begun where none is.",
        )
    if versions[0] > VERSION:
        raise HistoryError(
            f"the history {place} is of version {versions[0]}, and this driftaudit knows version {VERSION}",
            "Upgrade driftaudit, or let --history name another one.",
        )
    return int(versions[0])
