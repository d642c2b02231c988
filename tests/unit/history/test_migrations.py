"""Histories of other versions: older ones are brought along, newer ones are refused."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Connection, MetaData, create_engine, inspect

from driftaudit.errors import HistoryError
from driftaudit.history.database import open_database
from driftaudit.history.migrations import STEPS, VERSION
from driftaudit.history.store import Night, opened
from driftaudit.model.history import Keep
from tests.support.nights import ODD, a_finding, an_audit, standings

VERSION_1 = Path(__file__).parents[2] / "golden" / "history" / "version-1.sql"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A history as version 1 wrote it: two runs, the second of which has resolved a finding."""
    path = tmp_path / "history.db"
    with sqlite3.connect(path) as database:
        database.executescript(VERSION_1.read_text())
    return path


def columns(path: Path) -> dict[str, set[tuple[str, str, bool]]]:
    metadata, engine = MetaData(), create_engine(f"sqlite:///{path}")
    metadata.reflect(engine)
    engine.dispose()
    return {
        name: {(each.name, str(each.type), bool(each.nullable)) for each in table.columns}
        for name, table in metadata.tables.items()
    }


def shape(connection: Connection) -> dict[str, tuple[set[tuple[str, str, bool]], list[str]]]:
    """Return of each table its columns with their types, and its key."""
    looked_at = inspect(connection)
    return {
        table: (
            {(str(c["name"]), str(c["type"]), bool(c["nullable"])) for c in looked_at.get_columns(table)},
            looked_at.get_pk_constraint(table)["constrained_columns"],
        )
        for table in looked_at.get_table_names()
    }


def test_an_older_history_becomes_the_same_as_a_new_one(old: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.db"
    for path in (old, new):
        open_database(str(path)).close()
    assert columns(old) == columns(new)


def test_every_step_is_understood_by_either_database(place: str) -> None:
    with opened(place, "irisx") as new:
        with new.database.reading() as connection:
            whole = shape(connection)
        with new.database.writing() as connection:
            connection.exec_driver_sql("DROP TABLE driftaudit_signs")
            connection.exec_driver_sql("ALTER TABLE driftaudit_runs DROP COLUMN unseen")
            connection.exec_driver_sql("ALTER TABLE driftaudit_runs DROP COLUMN unasked")
            connection.exec_driver_sql("ALTER TABLE driftaudit_runs DROP COLUMN unresolved")
            connection.exec_driver_sql("ALTER TABLE driftaudit_snapshots DROP COLUMN tree_digest")
            connection.exec_driver_sql("UPDATE driftaudit_schema SET version = 1")
    with opened(place, "irisx") as again, again.database.reading() as connection:
        assert shape(connection) == whole


def test_what_was_in_it_is_there_and_goes_on(old: Path) -> None:
    with opened(str(old), "irisx") as history:
        assert [run.unseen for run in history.runs("production")] == [0, 0]
        assert standings(history.audit("production", 2)) == {"a": "persisting", ODD: "resolved"}
        assert history.tree_digests("production") == {1: "", 2: ""}
        assert history.snapshot("production", 2).snapshot.entries[0].path == ODD
        audit = history.add(Night(an_audit(3, [a_finding("a")]), "ssh://host/srv"), Keep())
    assert standings(audit) == {"a": "persisting"}
    assert audit.tracking and audit.tracking.tracked[0].runs == 3


def test_a_migration_that_fails_leaves_all_as_it_was(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = {**STEPS, 2: (STEPS[2][0], "ALTER TABLE there_is_none ADD COLUMN x INTEGER")}
    monkeypatch.setattr("driftaudit.history.migrations.STEPS", broken)
    before = columns(old)
    with pytest.raises(HistoryError, match="there_is_none"):
        open_database(str(old))
    monkeypatch.undo()
    assert columns(old) == before
    open_database(str(old)).close()


def test_every_version_has_its_step() -> None:
    assert list(STEPS) == list(range(2, VERSION + 1))


@pytest.mark.parametrize(
    ("version", "told"),
    [
        (VERSION + 1, f"is of version {VERSION + 1}, and this driftaudit knows version {VERSION}"),
        (0, "damaged"),
    ],
)
def test_a_newer_one_is_refused_and_not_touched(old: Path, version: int, told: str) -> None:
    with sqlite3.connect(old) as database:
        database.execute("UPDATE driftaudit_schema SET version = ?", (version,))
    before = columns(old)
    with pytest.raises(HistoryError, match=told):
        open_database(str(old))
    assert columns(old) == before


def test_a_newer_one_on_a_server_is_refused_as_well(place: str) -> None:
    database = open_database(place)
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE driftaudit_schema SET version = 99")
    database.close()
    with pytest.raises(HistoryError, match="version 99"):
        open_database(place)
