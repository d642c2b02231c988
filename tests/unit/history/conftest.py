"""Databases to keep a history in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from driftaudit.history.store import History, opened
from tests.support.postgres import running_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a database of a real server."""
    with running_postgres() as url:
        yield url


def emptied(url: str) -> str:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a history may lie: a file, and a server."""
    if request.param == "sqlite":
        return str(tmp_path / "state" / "history.db")
    return emptied(request.getfixturevalue("postgres"))


@pytest.fixture
def history(place: str) -> Iterator[History]:
    """A history that is empty."""
    with opened(place, "irisx") as history:
        yield history
