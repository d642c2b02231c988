"""`driftaudit doctor` and the tree: its root, what is hidden in it, and a checkout."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from driftaudit.incident import Incident, build_incident
from tests.support.doctor import Answer, Capture
from tests.support.git import commit, git, new_repository
from tests.support.sshd import SSHServer, StartServer


@pytest.fixture
def incident(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Incident:
    made = build_incident(tmp_path)
    monkeypatch.chdir(made.repository)
    return made


def test_a_root_that_is_not_there(incident: Incident, sshd: SSHServer, capsys: Capture) -> None:
    answer = Answer(capsys, sshd.url(incident.production / "absent"))
    assert answer.code == 5
    assert answer.outcome("Python") == "ok"
    assert answer.outcome("clock") == "ok"
    assert answer.is_stopped_at("root")
    assert "there is no such folder" in answer.detail("root")


def test_a_root_that_may_be_absent(incident: Incident, capsys: Capture) -> None:
    text = incident.settings.read_text().replace("irisx-backend\n", "irisx-new\n    allow_absent: true\n", 1)
    incident.settings.write_text(text)
    answer = Answer(capsys)
    assert answer.code == 0
    assert answer.outcome("root") == "warn"
    assert answer.outcome("permissions") == "skipped"
    assert answer.text.endswith("\nReady, with 1 warning: driftaudit check\n")


@pytest.mark.parametrize("where", ["host", "folder"])
def test_a_file_as_the_root(incident: Incident, sshd: SSHServer, where: str, capsys: Capture) -> None:
    file = incident.production / "index.js"
    answer = Answer(capsys, sshd.url(file) if where == "host" else str(file))
    assert answer.code == 5
    assert answer.is_stopped_at("root")
    assert "this is a file, not a folder" in answer.detail("root")


def test_an_empty_root(incident: Incident, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "empty").mkdir()
    answer = Answer(capsys, str(tmp_path / "empty"))
    assert answer.code == 0
    assert answer.outcome("root") == "warn"
    assert "it is empty" in answer.detail("root")


def test_a_root_that_is_a_link(incident: Incident, sshd: SSHServer, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "current").symlink_to(incident.production)
    for url in (sshd.url(tmp_path / "current"), str(tmp_path / "current")):
        answer = Answer(capsys, url)
        assert answer.code == 0
        assert f"{tmp_path}/current, which is {incident.production}:" in answer.detail("root")


@pytest.fixture
def hidden(incident: Incident) -> Iterator[Callable[[str], None]]:
    """Take all rights from a path of production; they are given back at the end."""
    paths: list[Path] = []

    def hide(path: str) -> None:
        paths.append(incident.production / path)
        paths[-1].chmod(0)

    yield hide
    for path in paths:
        path.chmod(0o755)


def test_a_folder_and_files_that_are_hidden(
    incident: Incident, start_sshd: StartServer, hidden: Callable[[str], None], capsys: Capture
) -> None:
    names = ("a b.js", "b.js", "c\n.js", "d.js")
    for name in names:
        (incident.production / "src" / name).write_text("x")
        hidden(f"src/{name}")
    hidden("src/services")
    sshd = start_sshd(without_root_powers=True)
    answer = Answer(capsys, sshd.url(incident.production))
    assert answer.code == 4
    assert "FAIL  permissions" in answer.text
    assert answer.outcome("git checkout") == "ok"  # looked at all the same
    assert answer.detail("permissions") == (
        "1 folder cannot be listed: src/services; "
        "4 files cannot be read: src/a b.js, src/b.js, src/c\\n.js and 1 more"
    )
    advice = answer.checks["permissions"]["advice"]
    assert advice == (
        f"Let {sshd.user} read them, for example: "
        f"sudo setfacl -R -m u:{sshd.user}:rX '{incident.production}/src/a b.js'"
    )


def test_what_check_does_not_read_may_be_hidden(
    incident: Incident, start_sshd: StartServer, hidden: Callable[[str], None], capsys: Capture
) -> None:
    hidden("logs/irisx-api-out.log")
    hidden("node_modules/pg/index.js")
    answer = Answer(capsys, start_sshd(without_root_powers=True).url(incident.production))
    assert answer.code == 0
    assert answer.outcome("permissions") == "ok"


def test_a_root_that_cannot_be_listed(
    incident: Incident, start_sshd: StartServer, hidden: Callable[[str], None], capsys: Capture
) -> None:
    hidden("")
    answer = Answer(capsys, start_sshd(without_root_powers=True).url(incident.production))
    assert answer.code == 5
    assert answer.is_stopped_at("root")
    assert "Permission denied" in answer.detail("root")


def test_a_checkout_in_the_root(incident: Incident, capsys: Capture) -> None:
    git(incident.production.parent, "clone", "--quiet", str(incident.repository), "clone")
    clone = incident.production.parent / "clone"
    answer = Answer(capsys, str(clone))
    assert answer.outcome("git checkout") == "ok"
    assert "this repository has all that its refs name" in answer.detail("git checkout")
    commit(clone, {"hotfix.js": "made there"})
    answer = Answer(capsys, str(clone))
    assert answer.code == 0
    assert answer.outcome("git checkout") == "warn"
    assert "this repository lacks 1 commit that its refs name" in answer.detail("git checkout")


def test_a_checkout_that_cannot_be_read(
    incident: Incident, start_sshd: StartServer, hidden: Callable[[str], None], capsys: Capture
) -> None:
    new_repository(incident.production)
    hidden(".git")
    answer = Answer(capsys, start_sshd(without_root_powers=True).url(incident.production))
    assert answer.code == 4
    assert answer.outcome("git checkout") == "fail"
    assert "the refs of .git cannot be read" in answer.detail("git checkout")
