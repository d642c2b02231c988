"""The timers of the documentation, each judged by what will read it."""

import json
import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
import yaml
from croniter import croniter

from driftaudit.cli.report import command
from tests.support.programs import program

TIMERS = Path(__file__).parents[2] / "docs" / "timers"
WORKFLOW = TIMERS / "drift.yml"


def calls() -> list[list[str]]:
    """Return the words behind `driftaudit report` wherever a timer runs it."""
    text = "\n".join(path.read_text() for path in sorted(TIMERS.iterdir()))
    return [shlex.split(words) for words in re.findall(r"driftaudit report (.*)", text)]


def test_systemd_takes_service_and_timer(tmp_path: Path) -> None:
    for name in ("driftaudit-report.service", "driftaudit-report.timer"):
        text = (TIMERS / name).read_text()
        text = re.sub(r"ExecStart=\S+", f"ExecStart={sys.executable}", text)  # it looks whether that is there
        (tmp_path / name).write_text(text)
    files = [str(path) for path in sorted(tmp_path.iterdir())]
    words = [program("systemd-analyze"), "verify", "--recursive-errors=no", *files]
    done = subprocess.run(words, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_systemd_refuses_what_is_wrong_in_them(tmp_path: Path) -> None:
    file = tmp_path / "driftaudit-report.timer"
    file.write_text((TIMERS / file.name).read_text().replace("03:10:00", "27:99"))
    (tmp_path / "driftaudit-report.service").write_text("[Service]\nExecStart=/bin/true\n")
    words = [program("systemd-analyze"), "verify", "--recursive-errors=no", str(file)]
    done = subprocess.run(words, capture_output=True, text=True)
    assert "27:99" in done.stderr


def test_the_night_that_systemd_means_is_the_one_that_cron_means() -> None:
    (calendar,) = re.findall(r"OnCalendar=(.*)", (TIMERS / "driftaudit-report.timer").read_text())
    words = [program("systemd-analyze"), "calendar", calendar]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert "Normalized form: *-*-* 03:10:00" in done.stdout
    moment = datetime(2025, 11, 3, 18, 40, tzinfo=UTC)
    assert croniter(when(), moment).get_next(datetime) == datetime(2025, 11, 4, 3, 10, tzinfo=UTC)


def when() -> str:
    """Return the five fields of the crontab's one line."""
    (line,) = (TIMERS / "driftaudit.crontab").read_text().splitlines()
    fields = line.split(None, 5)
    assert "%" not in fields[5], "cron makes a line end of it"
    return " ".join(fields[:5])


def test_the_crontab_and_the_workflow_have_times_that_there_are() -> None:
    schedule = yaml.safe_load(WORKFLOW.read_text())[True]["schedule"]  # YAML 1.1 takes `on` for true
    assert [croniter.is_valid(each) for each in (when(), schedule[0]["cron"])] == [True, True]


def test_the_shell_understands_the_line_of_the_crontab(tmp_path: Path) -> None:
    script = (TIMERS / "driftaudit.crontab").read_text().split(None, 5)[5]
    assert subprocess.run([program("sh"), "-n", "-c", script]).returncode == 0


def test_github_takes_the_workflow() -> None:
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    done = subprocess.run([*words, str(WORKFLOW)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_github_refuses_what_is_wrong_in_it(tmp_path: Path) -> None:
    bad = tmp_path / "drift.yml"
    bad.write_text(WORKFLOW.read_text().replace("runs-on:", "run-on:"))
    words = [sys.executable, "-m", "check_jsonschema", "-o", "json", "--builtin-schema"]
    done = subprocess.run([*words, "vendor.github-workflows", str(bad)], capture_output=True, text=True)
    assert json.loads(done.stdout)["status"] == "fail"


@pytest.mark.parametrize("words", calls(), ids=" ".join)
def test_every_timer_runs_what_there_is(words: list[str]) -> None:
    command.make_context("report", words)


def test_each_timer_is_linked_to() -> None:
    page = (TIMERS.parent / "nightly.md").read_text()
    assert set(re.findall(r"\(timers/([^)]+)\)", page)) == {path.name for path in TIMERS.iterdir()}
    assert len(calls()) == 3
    assert isinstance(command, click.Command)
