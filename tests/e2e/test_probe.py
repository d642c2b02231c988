"""`probe` and the probes of `check`, with the real PM2, a real Node program, and a real sshd."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.application import PLANTED, Application, found, kinds, listens, over_ssh
from tests.support.clock import let_it_tick
from tests.support.pm2 import running_pm2
from tests.support.programs import program
from tests.support.site import is_root
from tests.support.sshd import StartServer
from tests.support.waiting import eventually

CRASHING = "setTimeout(() => process.exit(1), 1200);\n"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Application]:
    with running_pm2(tmp_path / "home") as pm2:
        yield Application(tmp_path, pm2)


@pytest.fixture
def running(app: Application) -> Application:
    app.start()
    eventually(lambda: listens(app.port))
    return app


def test_the_incident_at_half_past_six(app: Application, start_sshd: StartServer) -> None:
    over_ssh(app, start_sshd(options=(f"SetEnv HOME={app.pm2.home.parent}",)))
    (app.production / "src/routes/admin-users.js").unlink()
    app.start()
    assert app.pm2.processes()[0]["pm2_env"]["status"] == "online"
    before = app.pm2.state()
    code, report = app.probe()
    assert code == 3
    assert [probe["ok"] for probe in report["probes"]] == [True, False, False]
    closed = found(report, "port-closed")
    assert closed["subjects"] == ["pm2 irisx-api", f"tcp 127.0.0.1:{app.port}"]
    assert closed["detail"] == f"pm2 says online, but port {app.port} is closed"
    assert (closed["severity"], closed["rule"]) == ("warn", "core/not-healthy")
    assert "in a usual place" in report["probes"][0]["detail"]
    text = app.run("probe", "production")
    assert f"warn   port-closed: pm2 says online, but port {app.port} is closed" in text.out
    assert text.out.splitlines()[-1].startswith("The application is NOT well: 1 of 3 probes is well")
    check = app.run("check", "production", "--format", "json")
    assert check.code == 0  # the deploy may be the cure
    assert "port-closed" in kinds(check.report)
    assert [probe["ok"] for probe in check.report["probes"]] == [True, False, False]
    assert app.pm2.state() == before
    assert PLANTED in json.dumps(app.pm2.processes())
    assert not [said for said in (json.dumps(report), text.out, check.out) if "SECRET" in said]

    shutil.copytree(app.repository / "src", app.production / "src", dirs_exist_ok=True)
    app.pm2("restart", "irisx-api")
    eventually(lambda: listens(app.port))
    code, report = app.probe()
    assert (code, report["state"], report["health"]) == (0, "well", [])
    assert report["processes"][0]["ports"] == [app.port]


def test_no_daemon_is_started_where_none_runs(app: Application) -> None:
    code, report = app.probe()
    assert code == 3
    assert report["probes"][0]["detail"].startswith("no PM2 daemon runs")
    assert list(app.pm2.home.iterdir()) == []


def test_a_daemon_that_was_killed_is_not_started_again(running: Application) -> None:
    os.kill(running.pm2.pid, 9)  # its pid and its sockets are left in its folder
    eventually(lambda: not listens(running.port))
    before = running.pm2.state()
    code, report = running.probe()
    assert (code, report["probes"][0]["ok"]) == (3, False)
    assert report["probes"][0]["detail"].startswith("no PM2 daemon runs")
    assert running.pm2.state() == before


def test_another_process_listens_than_the_managed_one(app: Application) -> None:
    (app.production / "src/routes/admin-users.js").unlink()
    app.start()
    with socket.create_server(("127.0.0.1", app.port)):
        app.configure(*app.usual[:2])
        code, report = app.probe()
    assert (code, kinds(report)) == (3, ["other-process"])
    assert [probe["ok"] for probe in report["probes"]] == [True, True]
    assert f"port {app.port} is taken by another process" in found(report, "other-process")["detail"]
    assert f"{os.getpid()} (" in found(report, "other-process")["detail"]


def test_a_proxy_before_the_application_is_no_other_process(running: Application) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        port = proxy.getsockname()[1]
        running.configure(*running.usual[:2], f"tcp: '127.0.0.1:{port}'")
        code, report = running.probe()
        assert code == 0, report["probes"]
        running.configure(*running.usual[:2], f"tcp: '127.0.0.1:{port}', by: irisx-api")
        code, report = running.probe()
    assert (code, kinds(report)) == (3, ["other-process"])


def test_a_cluster_of_pm2_listens_by_its_daemon(app: Application) -> None:
    app.start("-i", "2")
    eventually(lambda: listens(app.port))
    code, report = app.probe()
    assert (code, report["health"]) == (0, [])
    assert report["probes"][0]["detail"].startswith("2 of 2 online")


def test_it_runs_from_another_folder_than_the_root(app: Application) -> None:
    elsewhere = app.folder / "elsewhere"
    shutil.copytree(app.production, elsewhere)
    app.pm2.start(elsewhere / "src/index.js", "irisx-api", cwd=elsewhere, PORT=str(app.port))
    eventually(lambda: listens(app.port))
    code, report = app.probe()
    assert (code, kinds(report)) == (3, ["other-folder"])
    detail = f"it runs from {elsewhere}, and the root is {app.production}"
    assert found(report, "other-folder")["detail"] == detail


def test_it_still_runs_the_release_before(app: Application) -> None:
    first, second = (app.folder / "releases" / name for name in "12")
    shutil.copytree(app.production, first)
    shutil.copytree(app.production, second)
    current = app.folder / "current"
    current.symlink_to(first)
    app.url = str(current)
    app.configure(*app.usual)
    app.pm2.start(current / "src/index.js", "irisx-api", cwd=current, PORT=str(app.port))
    eventually(lambda: listens(app.port))
    assert app.probe()[0] == 0
    current.unlink()
    current.symlink_to(second)
    code, report = app.probe()
    assert (code, kinds(report)) == (3, ["other-folder"])
    assert str(first) in found(report, "other-folder")["detail"]


def test_it_was_started_before_the_files_last_changed(running: Application) -> None:
    time_of_start = time.time()
    while time.time() < time_of_start + 1.2:
        let_it_tick(running.folder)
    (running.production / "npm-debug.log").write_text("the application's own is no code\n")
    (running.production / "node_modules").mkdir()
    (running.production / "node_modules" / "x.js").write_text("what is generated neither\n")
    assert running.probe()[0] == 0
    archive = running.folder / "site.tar"  # an archive keeps the old times of files
    subprocess.run([program("tar"), "cf", str(archive), "-C", str(running.repository), "src"], check=True)
    subprocess.run([program("tar"), "xf", str(archive), "-C", str(running.production)], check=True)
    code, report = running.probe()
    assert (code, kinds(report)) == (3, ["stale-process"])
    assert " and src/" in found(report, "stale-process")["detail"]
    running.pm2("restart", "irisx-api")
    eventually(lambda: listens(running.port))
    assert running.probe()[0] == 0


def test_it_is_restarted_in_a_loop(app: Application) -> None:
    (app.production / "src/crash.js").write_text(CRASHING)
    app.start(script="src/crash.js")
    eventually(lambda: app.pm2.processes()[0]["pm2_env"]["restart_time"] >= 1)
    app.configure(app.usual[0])
    code, report = app.probe()
    assert code == 3
    assert "restart-loop" in kinds(report)


def test_a_probe_of_a_process_that_pm2_does_not_know(running: Application) -> None:
    running.configure("pm2: irisx-apo")
    code, report = running.probe()
    assert (code, kinds(report)) == (3, ["not-healthy"])
    assert report["probes"][0]["detail"] == "PM2 knows no process of that name; it knows: irisx-api"


def test_what_cannot_be_asked_never_looks_well(running: Application, start_sshd: StartServer) -> None:
    server = start_sshd(
        options=(f"SetEnv HOME={running.pm2.home.parent}", "AllowTcpForwarding no"),
    )
    over_ssh(running, server)
    code, report = running.probe()
    assert (code, report["state"]) == (4, "unknown"), report["probes"]
    assert [probe.get("known", True) for probe in report["probes"]] == [True, False, False]
    assert set(kinds(report)) == {"unknown"}
    assert "connects to nothing for us" in report["probes"][1]["detail"]
    text = running.run("probe", "production")
    assert text.out.splitlines()[-1].startswith("Whether the application is well is NOT KNOWN")


def test_another_login_has_no_daemon_and_is_told_whose_there_is(
    running: Application, start_sshd: StartServer
) -> None:
    server = start_sshd(options=(f"SetEnv HOME={running.folder}/nobody",))
    over_ssh(running, server)
    running.configure(running.usual[0])
    code, report = running.probe()
    assert code == 4
    assert "no PM2 daemon runs for this login, but one of" in report["probes"][0]["detail"]


def test_whose_socket_it_is_may_not_be_seen(running: Application) -> None:
    running.configure(*running.usual[:2])
    code, report = running.probe(powerless=True)
    assert (code, report["state"]) == (4, "unknown"), report["probes"]
    assert set(kinds(report)) == {"unknown"}
    said = [each["detail"] for each in report["health"]]
    assert any(f"which process listens on port {running.port} may not be read here" in each for each in said)


def test_a_host_that_starts_one_program_at_a_time_and_another_user(
    running: Application, start_sshd: StartServer
) -> None:
    home = running.pm2.home.parent
    over_ssh(running, start_sshd(options=(f"SetEnv HOME={home}", "MaxSessions 1")))
    running.configure(*running.usual, "command: 'echo one'", "command: 'echo two', pattern: two")
    code, report = running.probe()
    assert code == 0, report["probes"]
    program("sudo")
    running.configure("command: 'id -un', pattern: '^nobody$'", more="    become: nobody\n")
    code, report = running.probe()
    # whom sudo would ask for a password: that is told, and nothing waits for it
    assert code == (0 if is_root() else 4), report["probes"]


def test_without_probes_they_are_named_as_left_out(running: Application) -> None:
    outcome = running.run("check", "production", "--no-probes", "--format", "json")
    assert (outcome.code, outcome.report["probes"], outcome.report.get("health")) == (0, [], None)
    assert "3 probes are configured, and were not asked" in running.run("check", "--no-probes").out


def test_a_rule_decides_what_a_finding_means(app: Application) -> None:
    app.configure(f"tcp: '127.0.0.1:{app.port}'")
    path = app.repository / "driftaudit.yml"
    rules = "rules:\n  - {id: shop/down, when: {health: not-healthy}, severity: %s, reason: 'At night.'}\n"
    text = path.read_text()
    path.write_text(text + rules % "info")
    code, report = app.probe()
    assert (code, report["health"][0]["rule"], report["health"][0]["severity"]) == (0, "shop/down", "info")
    path.write_text(text + rules % "block")
    outcome = app.run("check", "production", "--format", "json")
    assert (outcome.code, outcome.report["verdict"]) == (3, "blocked")
    assert json.loads(outcome.out)["health"][0]["severity"] == "block"


def test_bad_words(app: Application) -> None:
    app.configure("tcp: '3000'")
    outcome = app.run("probe", "production")
    assert (outcome.code, outcome.out) == (2, "")
    assert "is no host with a port: write 127.0.0.1:3000" in outcome.err
    (app.repository / "driftaudit.yml").write_text(f"version: 1\ntargets: {{a: {{url: '{app.url}'}}}}\n")
    outcome = app.run("probe", "a")
    assert (outcome.code, outcome.out) == (2, "")
    assert "no probe is configured for a" in outcome.err


def test_a_host_that_cannot_be_reached(app: Application, client_home: object) -> None:
    app.url = f"ssh://nobody@127.0.0.1:{app.port}/srv"
    app.configure("tcp: '127.0.0.1:22'")
    outcome = app.run("probe", "production")
    assert (outcome.code, outcome.out) == (5, "")
