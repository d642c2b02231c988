"""Signals that come while a command runs under guard: they are the command's, and guard reports."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.git import commit
from tests.support.guarded import checked, environment, history, record, started
from tests.support.site import Site
from tests.support.sshd import SSHServer
from tests.support.waiting import eventually


def test_ctrl_c_goes_to_the_command_and_guard_reports(stale: Site) -> None:
    # The group gets it, and guard hands it on, since it came from no terminal: the second one may come late.
    line = "trap 'trap : INT; echo stopped; exit 5' INT; echo ready; while :; do sleep 0.05; done"
    with started(stale, [], "sh", "-c", line) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (6, b"stopped\n"), err
    assert b"The command failed with exit code 5." in err
    assert b"The target is as it was before" in err


def test_ctrl_c_at_a_terminal_reaches_the_command_once(stale: Site) -> None:
    """The report of the check is as wide as the terminal, its last line apart."""
    commit(stale.repository, {f"src/{'long-' * 5}{number}/new.txt": "new\n" for number in range(9)})
    count = stale.folder / "count"
    line = (
        f"trap 'echo x >> {count}' INT; echo ready; n=0; while [ $n -lt 40 ]; do sleep 0.05; n=$((n+1)); done"
    )
    ours, theirs = os.openpty()
    words = ["guard", stale.url, "--deploy", "replace:src", "--", "sh", "-c", line]
    process = subprocess.Popen(
        [sys.executable, "-c", AT_A_TERMINAL, sys.executable, "-m", "driftaudit", *words],
        cwd=stale.repository,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env={**os.environ, **environment(stale), "COLUMNS": ""},
    )
    os.close(theirs)
    try:
        shown = b""
        while b"ready" not in shown:
            shown += os.read(ours, 1000)
        os.write(ours, b"\x03")
        shown += b"".join(iter(lambda: read_terminal(ours), b""))
        process.wait(30)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert count.read_text() == "x\n"
    report = shown.decode().partition("PASS")[0].splitlines()
    assert max(len(line.rpartition("\x1b[2K")[2]) for line in report) <= 60
    assert b"The target is as it was before" in shown


AT_A_TERMINAL = """
import fcntl, os, struct, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
os.execv(sys.argv[1], sys.argv[1:])
"""


def read_terminal(file: int) -> bytes:
    """Read what is shown; nothing once nobody has the terminal open any more."""
    try:
        return os.read(file, 1000)
    except OSError:
        return b""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_guard_alone_is_handed_on(stale: Site, number: signal.Signals) -> None:
    with started(stale, [], "sh", "-c", "echo ready; exec sleep 60") as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(number)
        _out, err = process.communicate(timeout=30)
    assert process.returncode == 6
    assert f"The command was killed by {number.name}.".encode() in err


def test_ctrl_c_while_the_result_is_looked_at(remote: Site, sshd: SSHServer) -> None:
    """The host does not answer any more; that the command was run is told all the same."""
    commit(remote.repository, {"src/new.txt": "new\n"})
    line = f"kill -STOP {sshd.process.pid}; exit 4"
    try:
        with started(remote, [], "sh", "-c", line) as process:
            eventually(lambda: is_stopped(sshd.process.pid) and is_childless(process.pid))
            process.send_signal(signal.SIGINT)
            _out, err = process.communicate(timeout=30)
    finally:
        sshd.process.send_signal(signal.SIGCONT)
    assert process.returncode == 130
    assert b"The command failed with exit code 4." in err
    assert b"NOT KNOWN: interrupted before it was looked at" in err
    found = record(remote)
    assert (found["exit_code"], found["result"]["exit_code"]) == (130, 4)
    assert [line["phase"] for line in history(remote)] == ["begun", "ended"]


def test_ctrl_c_while_the_end_is_told_hides_nothing(stale: Site) -> None:
    """The record goes to a pipe that nobody reads yet: whoever is impatient still gets the result."""
    pipe = stale.folder / "record.json"
    os.mkfifo(pipe)
    with started(stale, [], "rm", f"{stale.production}/readme.txt") as process:
        assert process.stderr
        told = b""
        while b"recover" not in told:
            told += process.stderr.readline()
        os.kill(process.pid, signal.SIGINT)
        assert checked(pipe.read_text())["exit_code"] == 7
        told += process.stderr.read()
        assert process.wait(30) == 7
    assert b"interrupted" not in told


def is_stopped(process: int) -> bool:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def is_childless(process: int) -> bool:
    return not Path(f"/proc/{process}/task/{process}/children").read_text()
