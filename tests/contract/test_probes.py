"""The suite that every kind of probe passes, from every machine that can be asked from."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pytest

from driftaudit.config.settings import ProbeKind, ProbeSettings
from driftaudit.errors import SourceError
from driftaudit.probes.base import Answer
from driftaudit.probes.registry import PROBES
from tests.support.pm2 import PM2, running_pm2
from tests.support.probing import HOSTS, TRANSPORTS, Machine, fake_pm2, fake_systemctl, machine
from tests.support.sshd import StartServer, free_port
from tests.support.waiting import eventually
from tests.support.web import answering, served, silent

SOON = 1.0  # seconds
LATEST = 8.0  # seconds for an answer that is waited for in vain: there and back, on a busy machine
KINDS = get_args(ProbeKind)


@dataclass
class Case:
    """What to ask of one kind: what is well, what is not, and what never answers."""

    well: ProbeSettings
    ill: ProbeSettings
    hanging: ProbeSettings | None
    hanging_is_known: bool = True


@pytest.fixture(scope="module")
def pm2(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PM2]:
    """A real PM2 with one program that runs, and one that has ended."""
    folder = tmp_path_factory.mktemp("pm2")
    (folder / "app.js").write_text("setInterval(() => {}, 1000);\n")
    with running_pm2(folder / "home") as daemon:
        daemon.start(folder / "app.js", "api")
        daemon.start(folder / "app.js", "dead")
        daemon("stop", "dead")
        yield daemon


@pytest.fixture
def tools(tmp_path: Path, pm2: PM2) -> Path:
    from tests.support.pm2 import pm2_program

    folder = tmp_path / "tools"
    folder.mkdir()
    (folder / "pm2").symlink_to(pm2_program())
    fake_systemctl(folder, os.getpid())
    return folder


@pytest.fixture(params=HOSTS)
def asked_from(
    request: pytest.FixtureRequest,
    tools: Path,
    pm2: PM2,
    start_sshd: StartServer,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Machine]:
    with machine(request.param, tools, pm2.home.parent, start_sshd, monkeypatch) as found:
        yield found


def _tcp(links: ExitStack) -> Case:
    listener = links.enter_context(socket.create_server(("127.0.0.1", 0)))
    place = f"127.0.0.1:{listener.getsockname()[1]}"
    return Case(ProbeSettings("tcp", place), ProbeSettings("tcp", f"127.0.0.1:{free_port()}"), None)


def _http(links: ExitStack) -> Case:
    well, ill = (links.enter_context(served(answering("ok", status))) for status in ("200 OK", "503 No"))
    never = links.enter_context(served(silent))
    return Case(
        ProbeSettings("http", well.url(), body="^ok$"),
        ProbeSettings("http", ill.url()),
        ProbeSettings("http", never.url(), within=SOON),
    )


def _pm2(_links: ExitStack) -> Case:
    return Case(ProbeSettings("pm2", "api"), ProbeSettings("pm2", "dead"), None)


def _systemd(_links: ExitStack) -> Case:
    return Case(
        ProbeSettings("systemd", "api"),
        ProbeSettings("systemd", "dead.service"),
        ProbeSettings("systemd", "hang", within=SOON),
        hanging_is_known=False,
    )


def _command(_links: ExitStack) -> Case:
    quoted = "printf '%s' \"it's $((1+1)) `echo lines`\n\"; cat; exit 7"
    return Case(
        ProbeSettings("command", quoted, exit_code=7, pattern="^it's 2 lines"),
        ProbeSettings("command", "false"),
        ProbeSettings("command", "sleep 61.25", within=SOON),
    )


CASES: dict[ProbeKind, Callable[[ExitStack], Case]] = {
    "tcp": _tcp,
    "http": _http,
    "pm2": _pm2,
    "systemd": _systemd,
    "command": _command,
}


@pytest.fixture(params=KINDS)
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    with ExitStack() as links:
        yield CASES[request.param](links)


def ask(asked: ProbeSettings, machine: Machine) -> Answer:
    answer = PROBES[asked.kind](asked, machine.host)
    assert answer.detail
    assert "\n" not in answer.detail
    return answer


def test_every_kind_is_in_the_suite() -> None:
    assert set(CASES) == set(PROBES) == set(KINDS)


def test_an_answer_is_well_ill_or_bounded(case: Case, asked_from: Machine) -> None:
    answer = ask(case.well, asked_from)
    assert (answer.ok, answer.is_known) == (True, True), answer.detail
    answer = ask(case.ill, asked_from)
    assert (answer.ok, answer.is_known) == (False, True), answer.detail
    if case.hanging:
        started = time.monotonic()
        answer = ask(case.hanging, asked_from)
        assert time.monotonic() - started < LATEST
        assert (answer.ok, answer.is_known) == (False, case.hanging_is_known), answer.detail
        eventually(lambda: not left_running(b"61"))


def left_running(seconds: bytes) -> bool:
    """Tell whether what was asked still runs: a sleep of so many seconds."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0].endswith(b"sleep") and words[1].startswith(seconds):
            return True
    return False


@pytest.mark.parametrize("asked_from", TRANSPORTS, indirect=True)
def test_a_lost_connection_is_no_answer(asked_from: Machine) -> None:
    asked_from.close()
    with ExitStack() as links:
        for make in CASES.values():
            with pytest.raises(SourceError):
                ask(make(links).well, asked_from)


@pytest.mark.parametrize("asked_from", ["local"], indirect=True)
@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("exec sleep 61", "pm2 jlist did not end within 1 seconds"),
        ("exec yes", "pm2 jlist prints without end"),
        ("echo '[PM2] Spawning'; echo '{'", "pm2 jlist printed no list of processes (exit status 0)"),
        ("exit 3", "pm2 jlist printed no list of processes (exit status 3)"),
    ],
)
def test_a_pm2_that_gives_no_list_is_unknown(asked_from: Machine, program: str, said: str) -> None:
    (asked_from.tools / "pm2").unlink()
    fake_pm2(asked_from.tools, program)
    answer = ask(ProbeSettings("pm2", "api", within=SOON), asked_from)
    assert (answer.is_known, answer.detail) == (False, said)


@pytest.mark.parametrize("asked_from", ["local"], indirect=True)
def test_output_without_end_is_bounded(asked_from: Machine) -> None:
    answer = ask(ProbeSettings("command", "yes", within=5), asked_from)
    assert (answer.ok, answer.is_known, answer.detail) == (False, True, "it prints without end")
    answer = ask(ProbeSettings("systemd", "endless", within=5), asked_from)
    assert (answer.ok, answer.is_known) == (False, False)


@pytest.mark.parametrize("asked_from", ["local"], indirect=True)
def test_without_systemctl_and_for_no_unit(asked_from: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = ask(ProbeSettings("systemd", "no-such"), asked_from)
    assert (answer.ok, answer.is_known) == (False, True)
    assert answer.detail == "systemd has no such unit: it is not-found"
    (asked_from.tools / "systemctl").write_text("#!/bin/sh\necho 'Failed to connect to bus' >&2\nexit 1\n")
    answer = ask(ProbeSettings("systemd", "api"), asked_from)
    assert (answer.is_known, answer.detail) == (False, "systemctl gives no answer: Failed to connect to bus")
