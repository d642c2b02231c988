"""What several answers say together: pure, over made-up answers and tables."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftaudit.config.settings import ProbeKind, ProbeSettings
from driftaudit.model.probe import HealthKind, ProbeResult, Symptom
from driftaudit.probes.base import Managed
from driftaudit.probes.facts import HostFacts, HostProcess, Listener, NewestFile
from driftaudit.probes.side_by_side import Asked, symptoms

NOW = datetime(2025, 11, 3, 18, 30, tzinfo=UTC)
START = NOW - timedelta(hours=1)
APP = Managed("pm2", "api", 10, is_running=True, status="online", started_at=START, asked_at=NOW)
PLACE = "127.0.0.1:3000"


def asked(
    kind: ProbeKind,
    subject: str,
    ok: bool = True,
    *processes: Managed,
    known: bool = True,
    by: str | None = None,
) -> Asked:
    result = ProbeResult(kind, subject, ok and known, "said", 0.1, is_known=known)
    return Asked(ProbeSettings(kind, subject, by=by), result, processes)


def process(pid: int, parent: int = 1, cwd: str | None = "/srv/app", name: str = "node") -> HostProcess:
    return HostProcess(pid, parent, name, "ubuntu", START, cwd)


def listener(*holders: int, port: int = 3000, address: str = "0.0.0.0", all_asked: bool = True) -> Listener:
    return Listener(port, address, "ubuntu", frozenset(holders), all_asked)


def facts(*processes: HostProcess, listeners: tuple[Listener, ...] = ()) -> HostFacts:
    newest = NewestFile("src/app.js", START - timedelta(hours=1), "")
    rows = {each.pid: each for each in processes}
    return HostFacts("/srv/app", "/srv/app", listeners, rows, newest)


WELL = facts(process(10), listeners=(listener(10),))
MANAGER = asked("pm2", "api", True, APP)
TCP = asked("tcp", PLACE)


def kinds(found: tuple[Symptom, ...]) -> list[HealthKind]:
    return [symptom.kind for symptom in found]


def test_all_is_well() -> None:
    assert symptoms([MANAGER, TCP], WELL) == ()


@pytest.mark.parametrize(
    ("probes", "tables", "expected"),
    [
        ([MANAGER, asked("tcp", PLACE, ok=False)], facts(process(10)), ["not-healthy", "port-closed"]),
        (
            [MANAGER, asked("http", f"http://{PLACE}/", ok=False)],
            facts(process(10)),
            ["not-healthy", "port-closed"],
        ),
        ([MANAGER, asked("http", f"http://{PLACE}/", ok=False)], WELL, ["not-healthy"]),  # it answers badly
        (
            [MANAGER, asked("tcp", "db:5432", ok=False)],
            facts(process(10)),
            ["not-healthy"],
        ),  # no port of its own
        ([asked("tcp", PLACE, ok=False)], None, ["not-healthy"]),
        ([asked("tcp", PLACE, known=False)], None, ["unknown"]),
        ([MANAGER, TCP], facts(process(10), process(20), listeners=(listener(20),)), ["other-process"]),
        ([MANAGER, TCP], facts(process(10), process(11, 10), listeners=(listener(11),)), []),  # its child
        (
            [MANAGER, TCP],
            facts(process(10, 9), process(9, name="PM2 v7.0.4: God"), listeners=(listener(9),)),
            [],  # the daemon of a cluster
        ),
        ([MANAGER, TCP], facts(process(10, 9), process(9), listeners=(listener(9),)), ["other-process"]),
        ([MANAGER, TCP], facts(process(10), listeners=(listener(all_asked=False),)), ["unknown"]),
        (
            [MANAGER, TCP],
            facts(process(10), process(20), listeners=(listener(20, address="10.0.0.1"), listener(10))),
            [],  # another address of the same port
        ),
        ([MANAGER], facts(process(10, cwd="/srv/other")), ["other-folder"]),
        ([MANAGER], facts(process(10, cwd="/srv/app/src (deleted)")), ["other-folder"]),
        ([MANAGER], facts(process(10, cwd=None)), ["unknown"]),
        ([MANAGER], facts(replace(process(10, cwd="/"), inside="/srv/app/index.js")), []),
        ([MANAGER], replace(WELL, processes={}), ["unknown"]),
        ([MANAGER], replace(WELL, fault="no /proc"), ["unknown"]),
        (
            [MANAGER],
            replace(WELL, newest=NewestFile("a.js", START + timedelta(minutes=1), "")),
            ["stale-process"],
        ),
        ([MANAGER], replace(WELL, newest=NewestFile("a.js", START, "it took too long")), ["unknown"]),
        ([MANAGER], replace(WELL, newest=NewestFile(None, START, "")), []),
        ([asked("pm2", "api", True, replace(APP, is_looping=True))], WELL, ["restart-loop"]),
    ],
)
def test_what_is_found(probes: list[Asked], tables: HostFacts | None, expected: list[str]) -> None:
    assert kinds(symptoms(probes, tables)) == expected


def test_a_port_that_says_whose_it_is_is_held_to_it() -> None:
    other = replace(APP, name="admin", pid=30)
    tables = facts(process(10), process(30), process(40), listeners=(listener(10), listener(40, port=4000)))
    probes = [MANAGER, asked("pm2", "admin", True, other), TCP, asked("tcp", "127.0.0.1:4000")]
    assert symptoms(probes, tables) == ()  # a proxy's, as far as anybody has said
    probes[3] = asked("tcp", "127.0.0.1:4000", by="admin")
    (found,) = symptoms(probes, tables)
    assert (found.kind, found.subjects) == (HealthKind.OTHER_PROCESS, ("pm2 admin", "tcp 127.0.0.1:4000"))


def test_a_process_that_was_gone_when_the_tables_were_read_is_not_taken_for_well() -> None:
    found = symptoms([MANAGER, TCP], facts(process(11), listeners=(listener(11),)))
    assert HealthKind.UNKNOWN in kinds(found)


@given(st.lists(st.sampled_from([(True, True), (False, True), (False, False)]), max_size=6), st.booleans())
def test_what_is_not_green_is_always_told(answers: list[tuple[bool, bool]], has_tables: bool) -> None:
    probes = [asked("command", f"test {n}", ok, known=known) for n, (ok, known) in enumerate(answers)]
    found = symptoms(probes, WELL if has_tables else None)
    assert [symptom.subjects[0] for symptom in found] == [
        one.result.name for one in probes if not one.result.ok
    ]


def test_a_number_that_another_process_has_by_now_is_not_the_managed_one() -> None:
    later = replace(process(10, cwd="/srv/other"), started_at=NOW + timedelta(minutes=1))
    found = symptoms([MANAGER, TCP], facts(later, listeners=(listener(10),)))
    assert kinds(found) == [HealthKind.OTHER_PROCESS, HealthKind.UNKNOWN]
    assert "is gone or hidden" in found[1].detail


def test_a_file_of_the_future_says_nothing_of_what_is_stale() -> None:
    newest = NewestFile("src/app.js", NOW + timedelta(hours=1), "")
    (found,) = symptoms([MANAGER, TCP], replace(WELL, newest=newest, now=NOW))
    assert found.kind is HealthKind.UNKNOWN
    assert "2025-11-03 19:30:00 UTC, and the host's clock says 2025-11-03 18:30:00 UTC" in found.detail
    (found,) = symptoms([MANAGER, TCP], replace(WELL, newest=newest, now=NOW + timedelta(hours=2)))
    assert found.kind is HealthKind.STALE_PROCESS
