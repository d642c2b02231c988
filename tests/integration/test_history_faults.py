"""Histories that are used by two at once, cut off in the middle, locked, full or damaged."""

import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from driftaudit.errors import HistoryError
from driftaudit.history.database import open_database
from driftaudit.history.store import History, Night, opened
from driftaudit.model.history import Keep
from driftaudit.model.tracking import Standing
from tests.support.nights import a_finding, an_audit

KILLS = 50
KEEP = Keep(runs=10_000, days=10_000)


def findings_of(night: int) -> list[str]:
    """What is found in a night: one path goes and one comes, of many that stay."""
    return [f"src/{number:03}" for number in range(night, night + 150)]


def add(history: History, night: int) -> int:
    audit = history.add(
        Night(an_audit(night, [a_finding(path) for path in findings_of(night)]), "ssh://host/srv"), KEEP
    )
    assert audit.tracking
    return audit.tracking.run


def forked(work: Callable[[], None]) -> int:
    """Do some work in a process of its own, and return its number."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def assert_sound(path: Path) -> int:
    """Look at all that is stored, and return the number of the last run."""
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with opened(str(path), "irisx") as history:
        runs = [run.figures.number for run in history.runs("production")]
        assert runs == list(range(1, len(runs) + 1))
        if not runs:
            return 0
        for run in (runs[-1], runs[len(runs) // 2]):
            audit = history.audit("production", run)
            assert audit.tracking and audit.tracking.run == run
        open_now = {thread.path for thread in history.threads("production") if thread.closed is None}
        last = history.audit("production", runs[-1]).tracking
        assert last and open_now == {
            each.path for each in last.tracked if each.standing is not Standing.RESOLVED
        }
        return runs[-1]


def test_killed_at_any_moment_the_last_good_state_is_there(tmp_path: Path) -> None:
    path, chance, stored = tmp_path / "history.db", random.Random(7), 0
    heard, told = os.pipe()

    def add_on_and_on() -> None:
        with opened(str(path), "irisx") as history:
            while True:
                add(history, len(history.runs("production")) + 1)
                os.write(told, b".")

    for _kill in range(KILLS):
        child = forked(add_on_and_on)
        for _run in range(chance.randrange(3)):
            os.read(heard, 1)
        time.sleep(chance.uniform(0.0, 0.03))  # the moment is what is tried here
        os.kill(child, signal.SIGKILL)
        assert ended(child) == -signal.SIGKILL
        now = assert_sound(path)
        assert now >= stored, "a run that was stored stays stored"
        stored = now
    assert stored >= KILLS // 2, "it was killed before it had done anything"


def test_two_at_once_both_store_all(tmp_path: Path) -> None:
    """Both begin where there is no database yet."""
    path, nights = tmp_path / "new" / "history.db", 15

    def add_some() -> None:
        for night in range(1, nights + 1):
            with opened(str(path), "irisx") as history:
                add(history, night)

    children = [forked(add_some), forked(add_some)]
    assert [ended(child) for child in children] == [0, 0]
    with opened(str(path), "irisx") as history:
        runs = [run.figures.number for run in history.runs("production")]
    assert runs == list(range(1, 2 * nights + 1))


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let somebody else be in the middle of writing."""
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()


def test_a_locked_one_is_waited_for_and_then_said(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    open_database(str(path)).close()
    began = time.monotonic()
    with locked(path), pytest.raises(HistoryError, match="locked") as raised:
        open_database(str(path), patience=0.3)
    assert time.monotonic() - began >= 0.3
    assert raised.value.advice == "Another run has been writing to it for long. Run it again."
    assert raised.value.exit_code == 2


def test_a_full_one_loses_the_new_run_and_no_old_one(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    with opened(str(path), "irisx") as history:
        add(history, 1)
        with history.database.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            assert isinstance(raw, sqlite3.Connection)
            pages = raw.execute("PRAGMA page_count").fetchone()[0]

    def limited(raw: sqlite3.Connection, _record: object) -> None:
        raw.execute(f"PRAGMA max_page_count = {pages}")

    with opened(str(path), "irisx") as history:
        from sqlalchemy import event

        event.listen(history.database.engine, "connect", limited)
        with pytest.raises(HistoryError, match="full") as raised:
            for night in range(2, 20):
                add(history, night)
    assert raised.value.advice.startswith("Make room on that disk")
    assert assert_sound(path) >= 1


@pytest.mark.parametrize(
    "content", [b"this is no database at all" * 200, b"SQLite format 3\0" + b"\xff" * 4000]
)
def test_a_damaged_one_is_said_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "history.db"
    path.write_bytes(content)
    with pytest.raises(HistoryError, match=r"cannot be used: (file is not a database|.*malformed)") as raised:
        open_database(str(path))
    assert "aside" in raised.value.advice
    assert path.read_bytes() == content


def test_pages_that_are_spoilt_are_said(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    with opened(str(path), "irisx") as history:
        for night in range(1, 4):
            add(history, night)
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    content[8192:] = os.urandom(len(content) - 8192)
    path.write_bytes(content)
    with pytest.raises(HistoryError) as raised, opened(str(path), "irisx") as history:
        history.audit("production", 2)
    assert "damaged" in raised.value.message + raised.value.advice


def test_an_audit_that_is_spoilt_is_said(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    with opened(str(path), "irisx") as history:
        add(history, 1)
        with sqlite3.connect(path) as raw:
            raw.execute("UPDATE driftaudit_audits SET content = substr(content, 1, 40)")
        with pytest.raises(HistoryError, match="damaged: run 1 cannot be read"):
            history.audit("production", 1)


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("mysql://host/db", "a history cannot lie at a mysql URL"),
        ("sqlite://host/db", "a history cannot lie at a sqlite URL"),
        ("postgresql://user:s3cret@127.0.0.1:1/db", "postgresql://user:***@127.0.0.1:1/db cannot be used"),
        ("/dev/null/history.db", "/dev/null is no folder"),
    ],
)
def test_a_place_that_is_none(place: str, told: str) -> None:
    with pytest.raises(HistoryError) as raised:
        open_database(place, patience=2.0)
    assert told in raised.value.message
    assert "s3cret" not in raised.value.message + raised.value.advice


@pytest.mark.parametrize(
    "place", ["postgresql://u:s3cret@127.0.0.1:1/x", "postgresql://u@127.0.0.1:1/x?password=s3cret"]
)
def test_no_password_is_in_what_is_said(place: str) -> None:
    with pytest.raises(HistoryError) as told:
        open_database(place, patience=1)
    assert "s3cret" not in f"{told.value.message} {told.value.advice}"
    assert "postgresql://u" in told.value.message
