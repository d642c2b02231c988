"""The tables of a history, in the version that `migrations` brings every older one to."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from driftaudit.history.columns import Exact, Moment

METADATA = MetaData()
_ID = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows in INTEGER columns alone

SCHEMA = Table("driftaudit_schema", METADATA, Column("version", Integer, nullable=False))

TARGETS = Table(
    "driftaudit_targets",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("project", Exact, nullable=False),  # the same name in two projects is two targets
    Column("name", Exact, nullable=False),
    Column("url", Exact, nullable=False),
    UniqueConstraint("project", "name"),
)

RUNS = Table(
    "driftaudit_runs",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("target", ForeignKey(TARGETS.c.id), nullable=False),
    Column("number", Integer, nullable=False),  # from 1 on, for each target
    Column("started_at", Moment, nullable=False),
    Column("duration_seconds", Float, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("exit_code", Integer, nullable=False),
    Column("reason", Exact, nullable=False),
    Column("block", Integer, nullable=False, default=0),
    Column("warn", Integer, nullable=False, default=0),
    Column("info", Integer, nullable=False, default=0),
    Column("new", Integer, nullable=False, default=0),
    Column("persisting", Integer, nullable=False, default=0),
    Column("resolved", Integer, nullable=False, default=0),
    Column("waived", Integer, nullable=False, default=0),
    Column("unseen", Integer, nullable=False, server_default="0"),  # since version 2
    Column("oldest", Moment),
    Column("behind", Integer),
    Column("unhealthy", Integer, nullable=False, default=0),
    Column("unasked", Integer, nullable=False, server_default="0"),  # since version 3
    Column("unresolved", Integer, nullable=False, server_default="0"),  # since version 3
    UniqueConstraint("target", "number"),
)

AUDITS = Table(
    "driftaudit_audits",
    METADATA,
    Column("run", ForeignKey(RUNS.c.id), primary_key=True),
    Column("format", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

SNAPSHOTS = Table(
    "driftaudit_snapshots",
    METADATA,
    Column("run", ForeignKey(RUNS.c.id), primary_key=True),
    Column("tree_digest", String(64), nullable=False, server_default=""),  # since version 2
    Column("content", LargeBinary, nullable=False),  # as `driftaudit snapshot` writes files
)

THREADS = Table(
    "driftaudit_threads",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("target", ForeignKey(TARGETS.c.id), nullable=False),
    Column("path", Exact, nullable=False),
    Column("mark", String(80), nullable=False),
    Column("opened", Integer, nullable=False),
    Column("turned", Integer, nullable=False),
    Column("closed", Integer),
    Column("ending", String(16)),
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
    Column("runs", Integer, nullable=False),
    Column("is_waived", Boolean, nullable=False),
    Column("origin", String(16), nullable=False),
    Column("action", String(16), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("rule", Exact, nullable=False),
    Index("driftaudit_threads_by_target", "target", "closed"),
)

SIGNS = Table(  # since version 3
    "driftaudit_signs",
    METADATA,
    Column("target", ForeignKey(TARGETS.c.id), primary_key=True),
    Column("mark", String(64), primary_key=True),
    Column("opened", Integer, primary_key=True),
    Column("closed", Integer),
    Column("ending", String(16)),
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
    Column("runs", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),  # what is wrong, as JSON
)
