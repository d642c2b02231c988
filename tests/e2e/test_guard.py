"""A deploy command under guard, by the command line, with real commands."""

import gzip
import os
import re
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from driftaudit.incident import build_incident
from tests.support.cli import driftaudit
from tests.support.git import commit, git, write
from tests.support.guarded import (
    deviations,
    environment,
    guard,
    history,
    record,
    replacing,
    started,
    state,
)
from tests.support.programs import program
from tests.support.proxy import running_proxy
from tests.support.site import Site, refusal
from tests.support.sshd import SSHServer
from tests.support.waiting import eventually


def archive(site: Site) -> Path:
    path = site.folder / "site.tar"
    subprocess.run([program("tar"), "cf", str(path), "-C", str(site.repository), "src"], check=True)
    return path


def test_a_deploy_by_tar_is_as_planned(stale: Site) -> None:
    unpack = f"cd '{stale.production}' && rm -rf src && tar xf '{archive(stale)}' && echo done"
    outcome = guard(stale, [], "sh", "-c", unpack)
    assert (outcome.code, outcome.out) == (0, "done\n")
    assert outcome.err.endswith("driftaudit: The command succeeded.\ndriftaudit: The target is as planned.\n")
    assert (stale.production / "src/new.txt").read_text() == "new\n"
    found = record(stale)
    assert (found["phase"], found["after"]["state"], found["exit_code"]) == ("ended", "as-planned", 0)
    assert (found["result"]["exit_code"], found["verdict"]) == (0, "pass")


def test_a_deploy_by_rsync_over_ssh(remote: Site, sshd: SSHServer) -> None:
    commit(remote.repository, {"src/new.txt": "new\n", "src/lib/two.txt": None})
    ssh = (
        f"ssh -p {sshd.port} -i {sshd.client.ssh}/id_ed25519 -o UserKnownHostsFile={sshd.client.known_hosts}"
    )
    place = f"{sshd.user}@127.0.0.1:{remote.production}/src/"
    words = ["-e", ssh, f"{remote.repository}/src/", place]
    outcome = guard(remote, ["--deploy", "mirror:src"], program("rsync"), "-a", "--delete", *words)
    assert outcome.code == 0, outcome.err
    assert record(remote)["after"]["state"] == "as-planned"
    assert not (remote.production / "src/lib/two.txt").exists()


def test_the_incident_s_own_line_does_not_run(tmp_path: Path, sshd: SSHServer) -> None:
    incident = build_incident(tmp_path, sshd.url(tmp_path / "irisx-backend"))
    before = sorted(incident.production.rglob("*"))
    line = (
        f"cd api && tar czf {tmp_path}/api-src-full.tar.gz src && ssh -p {sshd.port} {sshd.user}@127.0.0.1 "
        f'"cd {incident.production} && rm -rf src && tar xzf {tmp_path}/api-src-full.tar.gz"'
    )
    words = ["guard", "production", "--", "sh", "-c", line]
    outcome = driftaudit(incident.repository, *words, XDG_STATE_HOME=str(tmp_path / "state"))
    assert (outcome.code, outcome.out) == (3, "")
    assert "src/services/freeswitch.js" in outcome.err
    assert "The command was not run: the verdict is blocked." in outcome.err
    assert sorted(incident.production.rglob("*")) == before
    assert not (tmp_path / "api-src-full.tar.gz").exists()


def test_a_command_that_fails(stale: Site) -> None:
    outcome = guard(stale, [], "sh", "-c", "echo half; exit 9")
    assert (outcome.code, outcome.out) == (6, "half\n")
    assert "The command failed with exit code 9." in outcome.err
    assert "The target is as it was before" in outcome.err
    found = record(stale)
    assert (found["result"]["exit_code"], found["after"]["state"]) == (9, "as-before")


def test_a_command_that_fails_half_way(stale: Site) -> None:
    outcome = guard(stale, [], "sh", "-c", f"rm -rf '{stale.production}/src'; kill -KILL $$")
    assert outcome.code == 6
    assert "The command was killed by SIGKILL." in outcome.err
    found = record(stale)
    assert (found["result"]["signal"], found["after"]["state"]) == ("SIGKILL", "not-as-planned")
    assert deviations(stale) == {
        "src/app.txt": "missing",
        "src/lib/one.txt": "lost",
        "src/new.txt": "missing",
    }


def test_after_a_loss_the_line_that_guard_prints_finds_what_was_there(stale: Site) -> None:
    outcome = guard(stale, [], "rm", "-r", f"{stale.production}/src/lib")
    assert outcome.code == 7
    [line] = re.findall(r"What was lost, and what has it: driftaudit (recover .*)", outcome.err)
    recovery = driftaudit(stale.repository, *shlex.split(line), **environment(stale))
    assert recovery.code == 3
    assert "src/lib/one.txt  from commit" in recovery.out
    unasked = driftaudit(stale.repository, "recover", stale.url, **environment(stale))
    assert f"is kept: --snapshot {record(stale)['before']}" in unasked.out
    before = record(stale)["before"]
    assert Path(before).stat().st_mode & 0o777 == 0o600
    assert history(stale)[0]["before"] == before, "it is said before the command begins"


def test_snapshots_from_before_are_few_and_hold_no_secret(stale: Site) -> None:
    write(stale.production, {".env": "TOKEN=planted\n"})
    for _ in range(12):
        assert guard(stale, [], "true").code == 7
    [place] = (state(stale) / "before").iterdir()
    kept = sorted(place.iterdir())
    assert len(kept) == 10
    assert str(kept[-1]) == record(stale)["before"]
    oid = git(stale.repository, "hash-object", str(stale.production / ".env"))
    assert oid not in gzip.decompress(kept[-1].read_bytes().split(b"\n", 2)[2]).decode()


def test_where_nothing_can_be_kept_nothing_runs(stale: Site) -> None:
    write(state(stale), {"before": "a file"})
    outcome = guard(stale, [], "touch", f"{stale.folder}/ran")
    assert outcome.code == 2
    assert "cannot be kept in" in outcome.err
    assert not (stale.folder / "ran").exists()


@pytest.mark.parametrize(
    ("also", "found"),
    [
        ("rm '{p}/readme.txt'", {"readme.txt": "lost"}),
        ("echo edited > '{p}/readme.txt'", {"readme.txt": "changed"}),
        ("chmod +x '{p}/readme.txt'", {"readme.txt": "changed"}),
        ("echo extra > '{p}/extra.txt'", {"extra.txt": "appeared"}),
        ("echo old > '{p}/src/lib/two.txt'", {"src/lib/two.txt": "still-there"}),
        ("rm '{p}/src/new.txt'", {"src/new.txt": "missing"}),
        ("echo other > '{p}/src/app.txt'", {"src/app.txt": "other-content"}),
        ("rm '{p}/src/lib/one.txt'", {"src/lib/one.txt": "lost"}),
        ("mkdir -p '{p}/logs' && echo line > '{p}/logs/app.log'", {}),
        ("echo SECRET=1 > '{p}/.env'", {}),
        ("echo SECRET=1 > '{p}/key.pem'", {}),
        (
            "cd '{p}' && rm -r key.pem uploads data.sqlite data.sqlite-wal app.pid && mkdir uploads",
            {"data.sqlite": "lost", "key.pem": "lost", "uploads/cat.jpg": "lost"},
        ),
        ("echo more > '{p}/data.sqlite'", {}),
        ("mkdir -p '{p}/src/lib/empty'", {}),
        ("ln -s elsewhere '{p}/link'", {"link": "appeared"}),
    ],
)
def test_what_is_not_as_planned_is_named(stale: Site, also: str, found: dict[str, str]) -> None:
    own = ("key.pem", "uploads/cat.jpg", "data.sqlite", "data.sqlite-wal", "app.pid")
    write(stale.production, dict.fromkeys(own, "its own\n"))
    _shell, _option, line = replacing(stale)
    outcome = guard(stale, [], "sh", "-c", f"{line} && {also.format(p=stale.production)}")
    assert (outcome.code, deviations(stale)) == (7 if found else 0, found)
    for path in found:
        assert path in outcome.err


def test_a_command_that_does_nothing(stale: Site) -> None:
    outcome = guard(stale, [], "true")
    assert outcome.code == 7
    assert record(stale)["after"]["state"] == "as-before"


def test_what_the_plan_keeps_is_held_against_what_it_was(stale: Site) -> None:
    write(stale.production, {"readme.txt": "edited there\n", "own.txt": "only there\n"})
    assert guard(stale, [], *replacing(stale)).code == 0
    git(stale.repository, "checkout", "--quiet", "HEAD~1")
    outcome = guard(stale, [], "sh", "-c", f"{replacing(stale)[2]} && cp readme.txt '{stale.production}'")
    assert (outcome.code, deviations(stale)) == (7, {"readme.txt": "changed"})


def test_without_a_method_what_was_to_go_may_stay(site: Site) -> None:
    commit(site.repository, {"src/new.txt": "new\n", "src/lib/two.txt": None})
    overlay = f"cp -R '{site.repository}/src' '{site.production}'"
    words = ["guard", site.url, "--", "sh", "-c", overlay]
    outcome = driftaudit(site.repository, *words, **environment(site))
    assert outcome.code == 0, outcome.err


def test_what_cannot_be_seen_afterwards_is_incomplete(strict: Site) -> None:
    commit(strict.repository, {"src/new.txt": "new\n"})
    _shell, _option, line = replacing(strict)
    outcome = guard(strict, [], "sh", "-c", f"{line} && chmod 0 '{strict.production}/src/new.txt'")
    assert outcome.code == 4
    assert record(strict)["after"]["state"] == "incomplete"
    assert [each["path"] for each in record(strict)["after"]["untold"]] == ["src/new.txt"]


def test_a_root_that_is_gone_is_said(stale: Site) -> None:
    outcome = guard(stale, [], "sh", "-c", f"rm -rf '{stale.production}'")
    assert outcome.code == 7
    assert deviations(stale)["readme.txt"] == "lost"


def test_a_lost_connection_in_the_middle(site: Site, sshd: SSHServer) -> None:
    """The command ends the way to the host: its own result is told, and that nothing else is known."""
    commit(site.repository, {"src/new.txt": "new\n"})
    with running_proxy(sshd.port) as proxy:
        sshd.client.configure(
            f"Host web\n  HostName 127.0.0.1\n  Port {proxy.port}\n  HostKeyAlias {sshd.name}\n"
        )
        site.url = f"ssh://web{site.production}"
        with started(site, [], "sh", "-c", "echo ready; read answer < go; exit 3") as process:
            os.mkfifo(site.repository / "go")
            assert process.stdout
            assert process.stderr
            assert process.stdout.readline() == b"ready\n"
            proxy.close()
            (site.repository / "go").write_text("now\n")
            told = process.stderr.read().decode()
            assert process.wait(30) == 5, told
    assert "The command failed with exit code 3." in told
    assert "In what state the target is is NOT KNOWN" in told
    found = record(site)
    assert (found["result"]["exit_code"], found["after"]["state"]) == (3, "unknown")


def test_standard_streams_are_the_command_s(stale: Site) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "driftaudit", "guard", stale.url, "--deploy", "replace:src", "--", "cat"],
        cwd=stale.repository,
        input=b"through\x00and through",
        capture_output=True,
        env={**os.environ, **environment(stale)},
    )
    assert done.stdout == b"through\x00and through"


def test_reports_of_the_check_go_to_files_alone(stale: Site) -> None:
    told = refusal(guard(stale, ["--format", "json"], "true"), 2)
    assert "standard output belongs to the command" in told
    file = stale.folder / "audit.json"
    guard(stale, ["--output", str(file)], *replacing(stale))
    assert '"verdict": "pass"' in file.read_text()


def test_the_page_of_the_check_holds_what_differs(site: Site) -> None:
    write(site.production, {"src/app.txt": "app\nby hand, nowhere else\n"})
    file = site.folder / "audit.html"
    done = guard(site, ["--deploy", "overlay", "--format", "html", "--output", str(file)], "true")
    assert done.code == 3
    assert '"-by hand, nowhere else"' in file.read_text()


@pytest.mark.parametrize(
    ("words", "command", "message"),
    [
        ([], [], "there is no command to run"),
        ([], ["no-such-program"], "there is no command 'no-such-program'"),
        (["--override"], ["true"], "--override and --reason go together"),
        (["--override", "--reason", " "], ["true"], "--override and --reason go together"),
        (["--reason", "why"], ["true"], "--override and --reason go together"),
        (["--record", "/nowhere/at/all"], ["true"], "there is no folder"),
        (["--wait", "-1"], ["true"], "--wait"),
    ],
)
def test_bad_input(site: Site, words: list[str], command: list[str], message: str) -> None:
    outcome = driftaudit(site.repository, "guard", site.url, *words, "--", *command, **environment(site))
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err
    assert history(site) == []


def test_nothing_is_deployed_to_a_saved_snapshot(site: Site) -> None:
    saved = site.folder / "live.driftaudit"
    driftaudit(site.repository, "snapshot", site.url, "--output", str(saved))
    words = ["guard", str(saved), "--", "true"]
    assert "is no live tree" in refusal(driftaudit(site.repository, *words, **environment(site)), 2)


def test_the_history_names_who_ran_what(stale: Site) -> None:
    git(stale.repository, "config", "user.name", "Ana Ruiz")
    git(stale.repository, "config", "user.email", "ana@example.net")
    guard(stale, [], *replacing(stale, "true --password=hunter22"))
    begun, ended = history(stale)
    assert (begun["phase"], ended["phase"]) == ("begun", "ended")
    assert begun["run"] == ended["run"]
    assert begun["person"]["git"] == "Ana Ruiz <ana@example.net>"
    assert begun["command"].startswith("sh -c 'true --password=")
    assert "hunter22" not in str((begun, ended))
    assert stat.S_IMODE((state(stale) / "guard.jsonl").stat().st_mode) == 0o600


def test_without_a_history_nothing_runs(stale: Site) -> None:
    state(stale).mkdir(parents=True)
    (state(stale) / "guard.jsonl").mkdir()
    outcome = guard(stale, [], "touch", str(stale.folder / "run"))
    assert "driftaudit: The command was not run.\ndriftaudit: the history" in outcome.err
    assert outcome.code == 2
    assert not (stale.folder / "run").exists()


def test_a_target_that_changes_while_it_is_checked(stale: Site) -> None:
    """A check that takes long is made again; here the edit comes in between."""
    for number in range(300):
        write(stale.production, {f"big/{number}.txt": "x" * 100_000})
    commit(stale.repository, {"readme.txt": "read me, second\n"})
    words = ["--rate-limit", "5", "--no-cache"]  # 30 MB: six seconds
    with started(stale, words, "touch", str(stale.folder / "run")) as process:
        assert process.stderr
        process.stderr.readline()  # the report of the first check
        write(stale.production, {"src/app.txt": "edited in the meantime\n"})
        told = process.stderr.read().decode()
        code = process.wait(60)
    assert code == 3, told
    assert "it changed between the check and the command" in told
    assert not (stale.folder / "run").exists()


def test_two_guards_do_not_interleave(stale: Site) -> None:
    os.mkfifo(stale.repository / "go")
    with started(stale, [], "sh", "-c", "echo ready; read answer < go") as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        told = refusal(guard(stale, [], "true"), 2)
        assert "another guard is at work on this target: " in told
        assert "read answer" in told
        second = subprocess.Popen(
            [
                *(sys.executable, "-m", "driftaudit", "guard", f"{stale.url}/../production"),
                *("--deploy", "replace:src", "--wait", "60", "--", *replacing(stale)),
            ],
            cwd=stale.repository,
            env={**os.environ, **environment(stale)},
            stderr=subprocess.PIPE,
        )
        assert len(history(stale)) == 1
        (stale.repository / "go").write_text("now\n")
        process.communicate(timeout=30)
        _out, err = second.communicate(timeout=60)
    assert second.returncode == 0, err
    assert [line["phase"] for line in history(stale)] == ["begun", "ended", "begun", "ended"]


def test_two_guards_of_one_folder_by_two_names(remote: Site) -> None:
    """Once it is read, it is known where the root of a host leads to: that is taken as well."""
    commit(remote.repository, {"src/new.txt": "new\n"})
    (remote.folder / "current").symlink_to("production")
    os.mkfifo(remote.repository / "go")
    real = remote.url
    remote.url = real.replace("/production", "/current")
    with started(remote, [], "sh", "-c", "echo ready; read answer < go") as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        remote.url = real.replace("/production", "/x/..//production/")
        assert "another guard is at work on this target: " in refusal(guard(remote, [], "true"), 2)
        process.kill()
        process.wait()
        told = refusal(guard(remote, [], "true"), 2)
        assert "the command of a guard that was killed still runs" in told
        (remote.repository / "go").write_text("now\n")


def test_a_guard_that_was_killed_leaves_no_lock_but_for_its_command(stale: Site) -> None:
    os.mkfifo(stale.repository / "go")
    with started(stale, [], "sh", "-c", "echo ready; read answer < go; echo gone > over") as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        process.kill()
        process.wait()
        told = refusal(guard(stale, [], "true"), 2)
        assert "the command of a guard that was killed still runs" in told
        (stale.repository / "go").write_text("now\n")
        eventually((stale.repository / "over").exists)
    outcome = guard(stale, ["--wait", "20"], *replacing(stale))
    assert outcome.code == 0, outcome.err
