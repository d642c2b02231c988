"""What `driftaudit doctor` says, as text and as JSON."""

import json

import pytest

from driftaudit.cli.main import run
from driftaudit.incident import Incident

Capture = pytest.CaptureFixture[str]

HOST = ("ssh config", "connection", "host key", "login", "Python", "login shell", "clock")
TREE = ("root", "permissions", "git checkout")


class Answer:
    """What doctor said, as text and as JSON; both have the same exit code."""

    def __init__(self, capsys: Capture, *words: str) -> None:
        self.code = run(["doctor", *words])
        told = capsys.readouterr()
        self.text = told.out
        assert told.err == ""
        assert run(["doctor", "--format", "json", *words]) == self.code
        self.report = json.loads(capsys.readouterr().out)
        assert self.report["schema"] == "driftaudit/doctor/v1"
        assert self.report["exit_code"] == self.code
        self.checks = {check["name"]: check for check in self.report["checks"]}

    def outcome(self, name: str) -> str:
        outcome: str = self.checks[name]["outcome"]
        return outcome

    def detail(self, name: str) -> str:
        detail: str = self.checks[name]["detail"]
        return detail

    def is_stopped_at(self, name: str) -> bool:
        """Whether this check failed with an advice, and all after it were not looked at."""
        names = list(self.checks)
        rest = names[names.index(name) + 1 :]
        assert all(f"-     {later}" in self.text for later in rest)
        assert f"FAIL  {name}" in self.text
        assert f"-> {self.checks[name]['advice']}" in self.text
        assert self.text.endswith("\nNot ready: mend what failed, then run it again.\n")
        return (
            self.outcome(name) == "fail"
            and bool(self.checks[name]["advice"])
            and all(self.outcome(later) == "skipped" for later in rest)
        )


def at(incident: Incident, url: str) -> None:
    """Let the configuration lead to another place."""
    text = incident.settings.read_text()
    incident.settings.write_text(text.replace(f"url: {incident.production}", f"url: {url}"))
