"""The application before and after a deploy under guard."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from driftaudit.cli.main import run
from driftaudit.guarding.history import GuardHistory
from tests.support.cli import Outcome, driftaudit
from tests.support.guarded import checked, environment, history, record, replacing
from tests.support.site import Site
from tests.support.sshd import SSHServer, free_port
from tests.support.waiting import eventually

SERVER = f"exec {sys.executable} -m http.server --bind 127.0.0.1"


@pytest.fixture
def port() -> int:
    return free_port()


def configure(site: Site, *probes: str) -> None:
    rows = "".join(f"      - {{{probe}}}\n" for probe in probes)
    site.configure(
        f"version: 1\ntargets:\n  production:\n    url: '{site.url}'\n"
        f"    deploy: {{method: replace, paths: [src]}}\n    probes:\n{rows}"
    )


def words(site: Site, *more: str) -> list[str]:
    return ["guard", "production", "--record", str(site.folder / "record.json"), *more, "--"]


def guard(site: Site, *command: str, wait: str = "5") -> Outcome:
    return driftaudit(site.repository, *words(site, "--probe-wait", wait), *command, **environment(site))


@contextmanager
def ended(site: Site) -> Iterator[None]:
    """End the server that a deploy started."""
    try:
        yield
    finally:
        pid = site.folder / "server.pid"
        if pid.exists():
            os.kill(int(pid.read_text()), signal.SIGKILL)


def starting(site: Site, port: int) -> tuple[str, ...]:
    """Return a deploy that starts a server, which listens a second after it has been asked in vain."""
    shell, option, line = replacing(site)
    log = site.folder / "state" / "driftaudit" / "guard.jsonl"
    late = f"until grep -q '\"probing\"' '{log}'; do sleep 0.05; done; sleep 1"
    server = f"({late}; {SERVER} {port}) >/dev/null 2>&1 </dev/null & echo $! > '{site.folder}/server.pid'"
    return shell, option, f"{line} && {{ {server}; }}"


def test_the_wait_is_over_once_the_application_is_well(stale: Site, port: int) -> None:
    configure(stale, f"tcp: '127.0.0.1:{port}'", f"http: 'http://127.0.0.1:{port}/'")
    with ended(stale):
        started = time.monotonic()
        outcome = guard(stale, *starting(stale, port), wait="50")
        assert time.monotonic() - started < 40
    assert outcome.code == 0, outcome.err
    assert "driftaudit: waiting up to 50 seconds for the application\n" in outcome.err
    assert f"tcp 127.0.0.1:{port} is well now; it was not before the deploy\n" in outcome.err
    assert outcome.err.endswith("driftaudit: The application is well: 2 of 2 probes are well.\n")
    found = record(stale)
    assert (found["phase"], found["exit_code"], found["probes"]["state"]) == ("ended", 0, "well")
    assert found["probes"]["red_before"] == [f"http http://127.0.0.1:{port}/", f"tcp 127.0.0.1:{port}"]
    assert [line["phase"] for line in history(stale)] == ["begun", "probing", "ended"]


def test_an_application_that_is_not_well_afterwards(stale: Site, port: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        configure(stale, f"tcp: '127.0.0.1:{listener.getsockname()[1]}'", f"tcp: '127.0.0.1:{port}'")
        outcome = guard(stale, *replacing(stale), wait="1")
    assert outcome.code == 7
    assert "driftaudit: The target is as planned.\n" in outcome.err
    assert (
        f"tcp 127.0.0.1:{port} is not well, as before the deploy: nothing takes a connection" in outcome.err
    )
    assert "The application is NOT well: 1 of 2 probes is well, not-healthy.\n" in outcome.err
    found = record(stale)
    assert (found["after"]["state"], found["probes"]["state"]) == ("as-planned", "not-well")
    assert found["probes"]["red_before"] == [f"tcp 127.0.0.1:{port}"]


def test_what_cannot_be_asked_afterwards_is_incomplete(stale: Site) -> None:
    configure(stale, "systemd: no-systemd-runs-here")
    outcome = guard(stale, *replacing(stale))
    assert outcome.code == 4
    assert "Whether the application is well is NOT KNOWN" in outcome.err
    assert record(stale)["probes"]["state"] == "unknown"


def test_a_command_that_fails_is_not_waited_for(stale: Site, port: int) -> None:
    configure(stale, f"tcp: '127.0.0.1:{port}'")
    started = time.monotonic()
    outcome = guard(stale, "false", wait="60")
    assert time.monotonic() - started < 40
    assert outcome.code == 6
    assert record(stale)["probes"]["state"] == "not-well"


def test_over_ssh_and_left_out(remote: Site, sshd: SSHServer, port: int) -> None:
    configure(remote, f"tcp: '127.0.0.1:{sshd.port}'", f"tcp: '127.0.0.1:{sshd.port}', from: here")
    outcome = guard(remote, *replacing(remote))
    assert outcome.code == 0, outcome.err
    assert [probe.get("from") for probe in record(remote)["probes"]["probes"]] == [None, "here"]
    configure(remote, f"tcp: '127.0.0.1:{port}'")
    line = [*words(remote, "--no-probes"), *replacing(remote)]
    assert driftaudit(remote.repository, *line, **environment(remote)).code == 0
    assert record(remote)["probes"] is None


@contextmanager
def waiting(site: Site) -> Iterator["subprocess.Popen[bytes]"]:
    """Begin a guard that waits for an application which never comes."""
    process = subprocess.Popen(
        [sys.executable, "-m", "driftaudit", *words(site, "--probe-wait", "300"), *replacing(site)],
        cwd=site.repository,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, **environment(site)},
    )
    try:
        eventually(lambda: "probing" in phases(site))
        yield process
    finally:
        process.kill()
        process.communicate()


def phases(site: Site) -> list[str]:
    """Return the phases of the runs, of whole lines alone."""
    path = site.folder / "state" / "driftaudit" / "guard.jsonl"
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    return [checked(line)["phase"] for line in lines if line.endswith("\n")]


def test_killed_in_the_wait_the_record_is_right(stale: Site, port: int) -> None:
    configure(stale, f"tcp: '127.0.0.1:{port}'")
    with waiting(stale) as process:
        process.kill()
        process.wait()
    begun, probing = history(stale)
    assert (begun["phase"], probing["phase"]) == ("begun", "probing")
    found: dict[str, Any] = probing
    assert (found["result"]["exit_code"], found["after"]["state"]) == (0, "as-planned")
    assert (found["exit_code"], found["probes"]) == (None, None)
    configure(stale)
    (stale.repository / "driftaudit.yml").unlink()
    again = driftaudit(
        stale.repository, "guard", stale.url, "--deploy", "replace:src", "--", "true", **environment(stale)
    )
    assert again.code == 0, again.err  # the lock went with the process


def test_ctrl_c_in_the_wait_is_reported(stale: Site, port: int) -> None:
    configure(stale, f"tcp: '127.0.0.1:{port}'")
    with waiting(stale) as process:
        os.killpg(process.pid, signal.SIGINT)
        _out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert b"The target is as planned." in err
    assert b"Whether the application is well is NOT KNOWN: interrupted before it was well" in err
    found = record(stale)
    assert (found["phase"], found["exit_code"], found["probes"]["reason"]) == (
        "ended",
        130,
        "interrupted before it was well",
    )


def test_ctrl_c_while_that_is_recorded_is_reported(
    stale: Site, port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def add_and_be_interrupted(history: GuardHistory, document: Mapping[str, Any]) -> None:
        add(history, document)
        if document["phase"] == "probing":
            raise KeyboardInterrupt

    add = GuardHistory.add
    monkeypatch.setattr(GuardHistory, "add", add_and_be_interrupted)
    configure(stale, f"tcp: '127.0.0.1:{port}'")
    monkeypatch.chdir(stale.repository)
    assert run([*words(stale), *replacing(stale)]) == 130
    err = capsys.readouterr().err
    assert "The target is as planned." in err
    assert "Whether the application is well is NOT KNOWN: interrupted before it was well" in err
    assert "nothing was changed" not in err


def test_the_wait_is_bounded_by_words(stale: Site) -> None:
    configure(stale, "tcp: '127.0.0.1:1'")
    outcome = driftaudit(stale.repository, *words(stale, "--probe-wait", "-1"), "true", **environment(stale))
    assert (outcome.code, Path(stale.folder / "record.json").exists()) == (2, False)
