"""The connection to a history: SQLite in a file, or a team's PostgreSQL. Foreign errors end here."""

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from driftaudit.errors import HistoryError
from driftaudit.history.migrations import prepare

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection

_PATIENCE = 30.0  # seconds that another writer is waited for
_PAUSE = 0.05  # seconds
_WRITES = "driftaudit_writes"


@dataclass(frozen=True)
class Database:
    """A history that is open: its tables are there, and of this version. `place` is fit to be shown."""

    engine: Engine
    place: str

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a transaction that is kept as a whole or not at all. Raises HistoryError."""
        with _told(self.place), self.engine.connect() as connection:
            writing = connection.execution_options(**{_WRITES: True})
            with writing.begin():
                yield writing

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a transaction that sees one state. Raises HistoryError."""
        with _told(self.place), self.engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Let go of the connections."""
        self.engine.dispose()


def open_database(place: str, *, patience: float = _PATIENCE) -> Database:
    """Return the history at a path or a URL of PostgreSQL; a file, and its folder, are made.

    Raises HistoryError where it cannot be opened, is damaged, or of a newer version.
    """
    url = _url(place)
    shown = _shown(url) if is_url(place) else place
    with _told(shown):
        engine = _sqlite(Path(place), patience) if url.drivername == "sqlite" else _postgresql(url, patience)
    database = Database(engine, shown)
    try:
        with database.writing() as connection:
            prepare(connection, shown)
    except BaseException:
        database.close()
        raise
    return database


def _shown(url: URL) -> str:
    """Return an address without passwords, which may stand behind the question mark too."""
    open_ones = {name: value for name, value in url.query.items() if "pass" not in name.lower()}
    return url.set(drivername="postgresql", query=open_ones).render_as_string()


def is_url(place: str) -> bool:
    """Whether a place is the URL of a server, not the path of a file."""
    return "://" in place


def _url(place: str) -> URL:
    if not is_url(place):
        return URL.create("sqlite", database=place)
    scheme = place.partition(":")[0]
    try:
        url = make_url(place)
    except (ArgumentError, ValueError):
        url = None
    if url is None or scheme not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise HistoryError(
            f"a history cannot lie at a {scheme} URL like that",
            "Name a file, or postgresql://user@host/database",
        )
    return url.set(drivername="postgresql+psycopg")


def _sqlite(path: Path, patience: float) -> Engine:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError as error:
        raise _not_opened(str(path), f"{path.parent} is no folder") from error
    except OSError as error:
        raise _not_opened(str(path), error.strerror or str(error)) from error
    try:  # closing a database that is there would drop the locks that this process has on it
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        pass
    except OSError as error:
        raise _not_opened(str(path), error.strerror or str(error)) from error
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": patience})

    @event.listens_for(engine, "connect")
    def _connected(raw: "DBAPIConnection", _record: object) -> None:
        if isinstance(raw, sqlite3.Connection):
            raw.isolation_level = None  # we say where a transaction begins
            _into_wal(raw, time.monotonic() + patience)
            raw.execute("PRAGMA synchronous = FULL")
            raw.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        is_writing = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")

    return engine


def _into_wal(raw: sqlite3.Connection, deadline: float) -> None:
    """Let readers and a writer work side by side. SQLite does not wait where two switch to it at once."""
    while True:
        try:
            raw.execute("PRAGMA journal_mode = WAL")  # a file system that has no shared memory stays without
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= deadline:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _postgresql(url: URL, patience: float) -> Engine:
    options: dict[str, Any] = {
        "connect_timeout": int(patience) or 1,
        "options": f"-c lock_timeout={int(patience * 1000)}",
        "tcp_user_timeout": int(patience * 1000),  # a network that swallows all answers nothing, for hours
        "keepalives_idle": max(int(patience / 3), 1),
        "keepalives_interval": max(int(patience / 6), 1),
        "keepalives_count": 3,
    }
    try:
        return create_engine(url, poolclass=NullPool, connect_args=options)
    except (ImportError, NoSuchModuleError) as error:
        raise HistoryError(
            "psycopg is needed for a history in PostgreSQL",
            "Install it: pip install 'driftaudit[postgresql]'",
        ) from error


@contextlib.contextmanager
def _told(place: str) -> Iterator[None]:
    """Turn what the database says into one line that a person can go by."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
        raise _not_opened(place, (str(cause).strip().splitlines() or ["it does not say why"])[0]) from error


def _not_opened(place: str, detail: str) -> HistoryError:
    advice = next((text for word, text in _ADVICE if word in detail.lower()), _ADVICE[-1][1])
    return HistoryError(f"the history {place} cannot be used: {detail}", advice)


_ADVICE = (
    ("locked", "Another run has been writing to it for long. Run it again."),
    ("lock timeout", "Another run has been writing to it for long. Run it again."),
    ("full", "Make room on that disk, or let --history name a file on another."),
    ("disk i/o error", "Make room on that disk, or let --history name a file on another."),
    ("not a database", "It is damaged, or no history. Put it aside: a new one is begun where none is."),
    (
        "malformed",
        "It is damaged. Bring it back from a backup, or put it aside: a new one is begun.",
    ),
    ("connection", "Check the address, and whether the server runs."),
    ("readonly", "Give yourself write access, or let --history name a file of yours."),
    ("read-only", "Give yourself write access, or let --history name a file of yours."),
    ("permission", "Give yourself write access, or let --history name a file of yours."),
    ("", "Let --history, or `history: {database: …}` in driftaudit.yml, name another place."),
)
