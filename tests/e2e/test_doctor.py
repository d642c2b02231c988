"""`driftaudit doctor`: configuration, repository, and how it all is said."""

import sys
from pathlib import Path

import pytest

from driftaudit.cli.main import run
from driftaudit.incident import Incident, build_incident
from tests.support.doctor import TREE, Answer, Capture
from tests.support.git import git, new_repository


@pytest.fixture
def incident(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Incident:
    made = build_incident(tmp_path)
    monkeypatch.chdir(made.repository)
    return made


def test_a_folder(incident: Incident, capsys: Capture) -> None:
    answer = Answer(capsys)
    assert answer.code == 0
    assert list(answer.checks) == ["configuration", "repository", "desired tree", *TREE]
    assert {check["outcome"] for check in answer.report["checks"]} == {"ok"}
    assert answer.detail("configuration") == f"driftaudit.yml: production is {incident.production}"
    assert "HEAD is commit" in answer.detail("desired tree")
    assert "api/src to src" in answer.detail("desired tree")
    assert answer.text.endswith("\nReady: driftaudit check\n")


def test_a_broken_configuration(incident: Incident, capsys: Capture) -> None:
    incident.settings.write_text(
        "version: 1\ntargets:\n  production:\n    ulr: x\n    deploy: {method: replce}\n"
    )
    answer = Answer(capsys)
    assert answer.code == 2
    assert "driftaudit.yml:4:5" in answer.text
    assert answer.outcome("configuration") == "fail"
    assert [answer.outcome(name) for name in ("repository", "desired tree", *TREE)] == ["skipped"] * 5


def test_another_configuration(incident: Incident, tmp_path: Path, capsys: Capture) -> None:
    incident.settings.rename(tmp_path / "elsewhere.yml")
    assert Answer(capsys, "production").code == 2
    answer = Answer(capsys, "--config", str(tmp_path / "elsewhere.yml"), "production")
    assert answer.outcome("configuration") == "ok"
    assert answer.code == 2  # the folder of that file is in no repository
    assert "is in no git repository" in answer.detail("repository")


def test_without_a_configuration(incident: Incident, capsys: Capture) -> None:
    incident.settings.unlink()
    answer = Answer(capsys)
    assert answer.code == 2
    assert answer.is_stopped_at("configuration")
    assert "driftaudit init" in answer.checks["configuration"]["advice"]
    answer = Answer(capsys, str(incident.production))
    assert answer.code == 0
    assert answer.outcome("configuration") == "warn"
    assert (
        answer.checks["configuration"]["advice"]
        == f"Write a first one: driftaudit init {incident.production}"
    )


def test_a_name_that_no_target_has(incident: Incident, capsys: Capture) -> None:
    answer = Answer(capsys, "productoin")
    assert answer.code == 2
    assert answer.is_stopped_at("configuration")
    assert "Did you mean 'production'?" in answer.checks["configuration"]["advice"]


def test_a_mapping_that_leads_nowhere(incident: Incident, capsys: Capture) -> None:
    incident.settings.write_text(incident.settings.read_text().replace("api/src: src", "api/source: src"))
    answer = Answer(capsys)
    assert answer.code == 2
    assert answer.outcome("desired tree") == "fail"
    assert "'api/source'" in answer.detail("desired tree")
    assert answer.outcome("root") == "ok"  # which needs no repository


def test_a_revision_that_is_not_there(incident: Incident, capsys: Capture) -> None:
    incident.settings.write_text(incident.settings.read_text().replace("revision: HEAD", "revision: v9"))
    answer = Answer(capsys)
    assert answer.code == 2
    assert "there is no revision 'v9'" in answer.detail("desired tree")


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    (tmp_path / "live").mkdir()
    (tmp_path / "live" / "a").write_text("a")
    monkeypatch.chdir(tmp_path)
    answer = Answer(capsys, "./live")
    assert answer.code == 2
    assert answer.outcome("repository") == "fail"
    assert answer.outcome("desired tree") == "skipped"
    assert answer.outcome("root") == "ok"


def test_a_repository_without_a_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(new_repository(tmp_path / "new"))
    answer = Answer(capsys, str(tmp_path))
    assert answer.code == 2
    assert "has no commit yet" in answer.detail("repository")


def test_a_shallow_clone(incident: Incident, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    folder = incident.repository.parent
    git(folder, "clone", "--quiet", "--depth", "1", f"file://{incident.repository}", "shallow")
    monkeypatch.chdir(folder / "shallow")
    answer = Answer(capsys)
    assert answer.code == 0
    assert answer.outcome("repository") == "warn"
    assert "the clone is shallow" in answer.detail("repository")
    assert "git fetch --unshallow" in answer.checks["repository"]["advice"]


def test_colour_is_for_terminals(
    incident: Incident, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b" not in Answer(capsys).text
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    run(["doctor"])
    assert "\x1b[32m" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    run(["doctor"])
    assert "\x1b" not in capsys.readouterr().out
