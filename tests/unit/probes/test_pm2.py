"""What is made of the words of PM2, whatever stands around its list."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftaudit.probes.base import Managed
from driftaudit.probes.pm2 import processes_of
from driftaudit.probes.restarts import is_looping, looks_young

NOW = datetime(2025, 11, 3, 18, 30, tzinfo=UTC)
ROW: dict[str, Any] = {
    "pid": 4711,
    "name": "irisx-api",
    "pm2_env": {
        "status": "online",
        "restart_time": 3,
        "pm_uptime": 1762194000000,
        "created_at": 1762190000000,
        "pm_cwd": "/srv/app",
        "pm_exec_path": "/srv/app/src/index.js",
        "DATABASE_URL": "postgres://user:secret@db/app",
    },
}


@pytest.mark.parametrize(
    "before", ["", "[PM2] Spawning PM2 daemon\n[PM2][WARN] [x] [1, 2]\n", ">>>> pm2 update\n[]["]
)
@pytest.mark.parametrize("after", ["", "\n[PM2] done []"])
def test_the_list_is_found_among_other_words(before: str, after: str) -> None:
    text = before.replace("[][", "") + json.dumps([ROW]) + after
    (process,) = processes_of(text, NOW) or ()
    assert (process.name, process.pid, process.restarts, process.is_running) == ("irisx-api", 4711, 3, True)
    assert (process.cwd, process.script) == ("/srv/app", "/srv/app/src/index.js")
    assert process.uptime == 600
    assert "secret" not in repr(process)


def test_a_pm2_that_runs_nothing_has_an_empty_list() -> None:
    assert processes_of("[]\n", NOW) == ()
    assert processes_of("[PM2] nothing to see\n", NOW) is None
    assert processes_of("", NOW) is None


@pytest.mark.parametrize("text", ["[" * 2_000_000, "[{" * 1_000_000, '[{"a":' * 700_000, "[{}]" * 500_000])
def test_a_hostile_list_takes_no_time(text: str) -> None:
    started = time.monotonic()
    assert processes_of(text, NOW) is None
    assert time.monotonic() - started < 5


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*ROW, *ROW["pm2_env"]]), inner)
    ),
    max_leaves=20,
)


@given(VALUES)
def test_whatever_it_prints_is_taken_or_left(value: object) -> None:
    rows = processes_of(json.dumps(value), NOW)
    assert rows is None or all(isinstance(row, Managed) for row in rows)


@given(st.text())
def test_whatever_text_it_prints_too(text: str) -> None:
    processes_of(text, NOW)


def process(*, restarts: int, uptime: float, age: float) -> Managed:
    return Managed(
        manager="pm2",
        name="api",
        pid=1,
        is_running=True,
        restarts=restarts,
        started_at=NOW - timedelta(seconds=uptime),
        created_at=NOW - timedelta(seconds=age),
        asked_at=NOW,
    )


@pytest.mark.parametrize(
    ("restarts", "uptime", "age", "loops"),
    [
        (0, 1, 1, False),
        (2, 1, 5, False),  # a few deploys in a short time
        (12, 1, 22, True),
        (12, 3600, 3622, False),  # it did, an hour ago
        (40, 2, 86_400 * 30, False),  # a month of deploys: a second look will tell
    ],
)
def test_when_restarts_are_a_loop(restarts: int, uptime: float, age: float, loops: bool) -> None:
    found = process(restarts=restarts, uptime=uptime, age=age)
    assert is_looping(found) is loops
    assert looks_young(found) is (restarts > 0 and uptime < 15)
