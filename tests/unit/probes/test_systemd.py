"""What the properties of a unit mean."""

import pytest

from driftaudit.probes.systemd import judged, properties

RUNNING = """Now=1762194600
Up=1000.25
Type=simple
Result=success
NRestarts=0
MainPID=812
ExecMainStartTimestampMonotonic=400250000
ExecMainStatus=0
WorkingDirectory=!/srv/app
RootDirectory=
Id=api.service
LoadState=loaded
ActiveState=active
SubState=running
"""


def changed(**values: str) -> dict[str, str]:
    return {**properties(RUNNING), **values}


def test_a_unit_that_runs() -> None:
    answer = judged(properties(RUNNING), "api")
    assert (answer.ok, answer.detail) == (True, "active (running) for 10 minutes as process 812")
    (process,) = answer.processes
    assert (process.pid, process.cwd, process.uptime, process.is_looping) == (812, "/srv/app", 600, False)


@pytest.mark.parametrize(
    ("values", "ok", "detail"),
    [
        ({"ActiveState": "inactive", "SubState": "dead", "MainPID": "0"}, False, "inactive (dead)"),
        (
            {
                "ActiveState": "failed",
                "SubState": "failed",
                "Result": "exit-code",
                "ExecMainStatus": "1",
                "MainPID": "0",
            },
            False,
            "failed (failed) with result exit-code, exit status 1",
        ),
        ({"LoadState": "masked"}, False, "systemd has no such unit: it is masked"),
        ({"ActiveState": "reloading", "Up": ""}, True, "reloading (running) as process 812"),
    ],
)
def test_other_states(values: dict[str, str], ok: bool, detail: str) -> None:
    answer = judged(changed(**values), "api")
    assert (answer.ok, answer.detail) == (ok, detail)


@pytest.mark.parametrize(
    "values",
    [
        {"ActiveState": "activating", "SubState": "auto-restart", "NRestarts": "1"},
        {"NRestarts": "7", "ExecMainStartTimestampMonotonic": "999000000"},
    ],
)
def test_a_unit_that_is_restarted_in_a_loop(values: dict[str, str]) -> None:
    assert judged(changed(**values), "api").processes[0].is_looping


@pytest.mark.parametrize("name", ["Now", "Up", "ExecMainStartTimestampMonotonic"])
def test_a_time_that_no_calendar_has_is_not_known(name: str) -> None:
    answer = judged(changed(**{name: "9" * 20}), "api")
    assert answer.ok
    assert answer.processes[0].pid == 812
