"""`driftaudit init`, and a first `check` with what it wrote."""

from collections.abc import Callable
from pathlib import Path

import pytest

from driftaudit.cli.main import run
from driftaudit.config.settings import TargetSettings, load_settings
from driftaudit.incident import Incident, build_incident
from tests.support.git import commit, new_repository, write
from tests.support.sshd import SSHServer, free_port

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def incident(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Incident:
    """The incident, without a configuration."""
    made = build_incident(tmp_path)
    made.settings.unlink()
    monkeypatch.chdir(made.repository)
    return made


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Make a repository of these files, and go there; returns the folder that is deployed to."""

    def make(**files: str) -> Path:
        repository = new_repository(tmp_path / "repository")
        commit(repository, {name: content or name for name, content in files.items()})
        monkeypatch.chdir(repository)
        live = tmp_path / "live"
        live.mkdir()
        return live

    return make


def written(name: str = "production") -> TargetSettings:
    return load_settings(Path("driftaudit.yml")).targets[name]


def test_the_incident(incident: Incident, capsys: Capture) -> None:
    assert run(["init", str(incident.production)]) == 0
    told = capsys.readouterr()
    assert "Written: driftaudit.yml\n" in told.out
    assert "api lies in the root: 6 of 11 files are live" in told.out
    assert "the worst is assumed until `deploy:` says how" in told.out
    assert told.out.endswith("Read it, then: driftaudit check production\n")
    assert told.err == ""
    target = written()
    assert target.desired.mapping.pairs == (("api", ""),)
    assert target.packs == ("node",)
    assert target.deploy is None
    assert run(["check", "production"]) == 3
    told = capsys.readouterr()
    assert "src/services/freeswitch.js" in told.out
    assert told.err == ""


def test_the_incident_over_ssh(incident: Incident, sshd: SSHServer, capsys: Capture) -> None:
    url = sshd.url(incident.production)
    assert run(["init", url]) == 0
    assert written().url == url
    assert written().desired.mapping.pairs == (("api", ""),)
    assert sshd.log.count("Accepted publickey") == 1
    capsys.readouterr()
    assert run(["check", "production"]) == 3
    assert "src/services/freeswitch.js" in capsys.readouterr().out


def test_nothing_is_written_on_the_target(incident: Incident, capsys: Capture) -> None:
    def state() -> dict[Path, tuple[int, int]]:
        found = [incident.production, *incident.production.rglob("*")]
        return {
            path: (path.lstat().st_mtime_ns, path.lstat().st_atime_ns) for path in found if path.is_file()
        }

    before = state()
    assert run(["init", str(incident.production)]) == 0
    assert state() == before


def test_a_folder_is_written_relative_to_the_file(
    incident: Incident, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir("api")
    assert run(["init", "../../irisx-backend"]) == 0
    assert "url: ../irisx-backend\n" in (incident.repository / "driftaudit.yml").read_text()
    assert "driftaudit check production\n" in capsys.readouterr().out
    assert run(["check"]) == 3


def test_without_an_address(incident: Incident, capsys: Capture) -> None:
    assert run(["init"]) == 2
    told = capsys.readouterr()
    assert "init has to know what is deployed to" in told.err
    assert "driftaudit init URL" in told.err
    assert told.out == ""


def test_a_file_that_is_there_is_kept(incident: Incident, capsys: Capture) -> None:
    Path("driftaudit.yml").write_text("version: 1\n")
    assert run(["init", "no-such-host.invalid:/"]) == 2  # refused before anything is asked
    told = capsys.readouterr()
    assert "driftaudit.yml is there already" in told.err
    assert "--force" in told.err
    assert Path("driftaudit.yml").read_text() == "version: 1\n"
    assert run(["init", str(incident.production), "--force"]) == 0
    assert written().url == str(incident.production)
    assert not list(Path().glob(".driftaudit*"))


def test_the_other_name_of_the_file(incident: Incident, capsys: Capture) -> None:
    Path("driftaudit.yaml").write_text("version: 1\n")
    assert run(["init", str(incident.production)]) == 2
    assert "driftaudit.yaml is there already" in capsys.readouterr().err
    assert run(["init", str(incident.production), "--force"]) == 0
    assert not Path("driftaudit.yml").exists()
    assert "production" in load_settings(Path("driftaudit.yaml")).targets


def test_it_can_be_printed(incident: Incident, capsys: Capture) -> None:
    assert run(["init", str(incident.production), "--output", "-", "--target", "staging"]) == 0
    told = capsys.readouterr()
    assert not Path("driftaudit.yml").exists()
    Path("driftaudit.yml").write_text(told.out)
    assert written("staging").desired.mapping.pairs == (("api", ""),)


def test_another_file_is_named_in_the_next_command(
    incident: Incident, tmp_path: Path, capsys: Capture
) -> None:
    file = tmp_path / "other.yml"
    assert run(["init", "../irisx-backend", "--output", str(file)]) == 0
    assert f"driftaudit check production --config {file}\n" in capsys.readouterr().out
    assert "url: ./irisx-backend\n" in file.read_text()


@pytest.mark.parametrize("name", ["two words", "a:b", "-x-", "x\ny"])
def test_a_name_that_no_target_can_have(incident: Incident, name: str, capsys: Capture) -> None:
    assert run(["init", str(incident.production), f"--target={name}"]) == 2
    assert f"--target {name!r} is no name" in capsys.readouterr().err
    assert not Path("driftaudit.yml").exists()


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", str(tmp_path)]) == 2
    assert "is in no git repository" in capsys.readouterr().err


def test_a_repository_without_a_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(new_repository(tmp_path / "new"))
    assert run(["init", str(tmp_path)]) == 2
    assert "has no commit yet" in capsys.readouterr().err


def test_a_word_that_is_no_address(incident: Incident, capsys: Capture) -> None:
    assert run(["init", "production"]) == 2
    told = capsys.readouterr()
    assert "there is no folder 'production'" in told.err
    assert "--target" in told.err


def test_the_repository_itself_is_no_place(incident: Incident, capsys: Capture) -> None:
    assert run(["init", "git:HEAD"]) == 2
    assert "the repository itself is not deployed to" in capsys.readouterr().err


def test_a_target_that_is_not_there(incident: Incident, capsys: Capture) -> None:
    assert run(["init", "./absent"]) == 5
    assert "there is no such folder" in capsys.readouterr().err
    assert not Path("driftaudit.yml").exists()


def test_a_host_that_is_not_reached(incident: Incident, sshd: SSHServer, capsys: Capture) -> None:
    assert run(["init", f"ssh://127.0.0.1:{free_port()}/srv"]) == 5
    assert "refuses the connection" in capsys.readouterr().err
    assert not Path("driftaudit.yml").exists()


def test_a_password_is_never_written(incident: Incident, capsys: Capture) -> None:
    assert run(["init", "ssh://ubuntu:hunter2@host/srv"]) == 2
    told = capsys.readouterr()
    assert "password" in told.err
    assert "hunter2" not in told.err + told.out


def test_a_foreign_tree(project: Callable[..., Path], capsys: Capture) -> None:
    live = project(**{"src/a.py": "", "src/b.py": "", "README.md": ""})
    write(live, {"wp-config.php": "", "wp-content/index.php": ""})
    assert run(["init", str(live)]) == 0
    told = capsys.readouterr()
    assert "is it the right place?" in told.err
    assert written().desired.mapping.pairs == (("", ""),)
    assert "Hardly a file of the repository was found there" in Path("driftaudit.yml").read_text()


def test_two_folders(project: Callable[..., Path], capsys: Capture) -> None:
    live = project(
        **{"backend/app.py": "", "backend/wsgi.py": "", "backend/requirements.txt": "", "README.md": ""},
        **{"frontend/dist/index.html": "", "frontend/dist/app.js": "", "frontend/package.json": "{}"},
    )
    files = ("app.py", "wsgi.py", "requirements.txt", "public/index.html", "public/app.js")
    write(live, dict.fromkeys(files, "old"))
    assert run(["init", str(live)]) == 0
    assert written().desired.mapping.pairs == (("backend", ""), ("frontend/dist", "public"))
    assert written().packs == ("python",)
    assert run(["check"]) == 3


def test_the_repository_as_it_is(project: Callable[..., Path], capsys: Capture) -> None:
    package = '{"scripts": {"start": "pm2 start index.js"}}'
    live = project(**{"index.js": "", "package.json": package, "docs/a.md": ""})
    write(live, {"index.js": "index.js", "package.json": package, "docs/a.md": "docs/a.md"})
    assert run(["init", str(live)]) == 0
    assert written().desired.mapping.pairs == (("", ""),)
    assert written().packs == ("node", "pm2")
    assert run(["check"]) == 0


def test_releases(project: Callable[..., Path], capsys: Capture) -> None:
    live = project(**{"app.rb": "", "lib/a.rb": "", "config/b.rb": ""})
    for release in ("1", "2"):
        write(
            live / "releases" / release,
            {"app.rb": "app.rb", "lib/a.rb": "lib/a.rb", "config/b.rb": "config/b.rb"},
        )
    write(live / "shared", {"log/out.log": "", "config/key.pem": ""})
    (live / "releases/2/log").symlink_to("../../shared/log")
    (live / "releases/2/config/key.pem").symlink_to(live / "shared/config/key.pem")
    (live / "current").symlink_to("releases/2")
    assert run(["init", str(live)]) == 0
    assert "release (config/key.pem, log)" in capsys.readouterr().out
    target = written()
    assert target.url == f"{live}/current"
    assert target.desired.mapping.pairs == (("", ""),)
    assert target.deploy is not None
    assert (target.deploy.method, target.deploy.shared) == ("release", ("config/key.pem", "log"))
    assert run(["check"]) == 0
    capsys.readouterr()
    assert run(["init", f"{live}/current", "--force"]) == 0
    assert written() == target


def test_names_from_the_target_cannot_write_the_configuration(
    project: Callable[..., Path], capsys: Capture
) -> None:
    live = project(**{"a/one.js": "", "a/two.js": "", "b\nrules: [x]/package.json": "{}"})
    write(live, {"one.js": "", "two.js": "", "e\nversion: 2/package.json": "", "x\x1b[2J/setup.py": ""})
    assert run(["init", str(live)]) == 0
    assert written().desired.mapping.pairs == (("a", ""),)
    assert "\x1b" not in Path("driftaudit.yml").read_text() + capsys.readouterr().out


def test_what_could_not_be_seen_is_said(
    incident: Incident, start_sshd: Callable[..., SSHServer], capsys: Capture
) -> None:
    (incident.production / "src/services").chmod(0)
    server = start_sshd(without_root_powers=True)
    assert run(["init", server.url(incident.production)]) == 0
    assert "1 path could not be seen there: `driftaudit doctor`" in capsys.readouterr().err
    (incident.production / "src/services").chmod(0o755)
