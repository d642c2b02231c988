"""18:50 to 19:20 over a real sshd: after each attempt it is said what is still open, and what has it."""

import json
import shutil
import subprocess
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from driftaudit.incident import Incident, build_incident
from tests.support.backups import client_programs, printed_command, state, tarred
from tests.support.cli import Outcome, driftaudit
from tests.support.programs import program
from tests.support.schemas import conform
from tests.support.sshd import SSHServer

BACKUP = "irisx-backend-20251030-181050.tar.gz"
ONLY_THERE = "src/services/freeswitch.js"  # in no backup, and in no commit
WHOLE = "WHOLE  All 16 files are as they were (1 of them by size and time alone)."
BROUGHT_AS_IT_WAS = frozenset(("src/routes/calls.js", "src/routes/numbers.js"))
EDITED_SINCE = "src/config.js"  # the backup has what it was before


@dataclass
class Replay:
    """The evening: production as it was at 18:39 is `truth`, and `path` is where ssh is found."""

    incident: Incident
    truth: Path
    backup: Path
    path: str

    @property
    def production(self) -> Path:
        return self.incident.production

    def deploy(self) -> None:
        """18:40: rm -rf src, and a fresh copy of the local tree."""
        shutil.rmtree(self.production / "src")
        shutil.copytree(self.incident.repository / "api" / "src", self.production / "src")

    def extract(self, *words: str) -> None:
        tar = [program("tar"), "xzf", str(self.backup), "--strip-components=1", *words]
        subprocess.run(tar, cwd=self.production, check=True)

    def recover(self, *words: str) -> Outcome:
        return driftaudit(self.incident.repository, "recover", "production", *words)

    def report(self, *words: str) -> dict[str, Any]:
        outcome = self.recover("--format", "json", *words)
        value: dict[str, Any] = json.loads(outcome.out)
        conform(value, "recovery")
        assert value["exit_code"] == outcome.code
        return value

    def run(self, command: str) -> None:
        """Run a printed command in the repository, as whoever reads it does."""
        subprocess.run(command, shell=True, cwd=self.incident.repository, check=True, env={"PATH": self.path})


def in_state(report: dict[str, Any], state: str) -> set[str]:
    return {hole["path"] for hole in report["holes"] if hole["state"] == state}


def assert_restored(replay: Replay, untouched: Collection[str]) -> None:
    """All is as it was, to the nanosecond; of what a deploy brought unchanged the time is the deploy's."""
    wanted, now = state(replay.truth), state(replay.production)
    assert {path for path in wanted if now.get(path) != wanted[path]} == set(untouched)
    wanted, now = state(replay.truth, times=False), state(replay.production, times=False)
    assert {path: now[path] for path in wanted} == wanted


@pytest.fixture
def replay(tmp_path: Path, sshd: SSHServer) -> Iterator[Replay]:
    folder = tmp_path / "incident"
    folder.mkdir()
    incident = build_incident(folder, sshd.url(folder / "irisx-backend"))
    october = tmp_path / "october" / "irisx-backend"
    shutil.copytree(incident.production, october, symlinks=True)
    for name in (ONLY_THERE, "index.js"):
        (october / name).unlink()
    config = october / EDITED_SINCE
    config.write_text(config.read_text().replace("pool: 40", "pool: 20"))
    backup = tarred(folder / BACKUP, october.parent, october.name)
    text = incident.settings.read_text()
    backups = f'    backups: ["{folder}/irisx-backend-*.tar.gz", "local:../*.driftaudit"]\n'
    incident.settings.write_text(text + backups)
    saved = driftaudit(incident.repository, "snapshot", "production", "-o", "../18-39.driftaudit")
    assert saved.code == 0, saved.err
    truth = tmp_path / "truth"
    shutil.copytree(incident.production, truth, symlinks=True)
    path = client_programs(tmp_path / "bin", sshd.client.path)
    yield Replay(incident, truth, backup, path)


def test_before_the_deploy_all_is_whole(replay: Replay) -> None:
    outcome = replay.recover()
    assert outcome.code == 0, outcome.out
    assert outcome.out.splitlines()[-1].startswith("WHOLE")


def test_the_check_before_knows_which_of_it_the_backup_has(replay: Replay) -> None:
    """Three only copies at 18:39: one of them is in the backup as it is, and does not block any more."""
    outcome = driftaudit(replay.incident.repository, "check", "--format", "json")
    assert outcome.blocking() == {EDITED_SINCE: "core/only-copy", ONLY_THERE: "core/only-copy"}
    (copy,) = outcome.finding("src/db/connection.js")["copies"]
    assert (copy["kind"], copy["safe"]) == ("backup", True)
    assert copy["where"].endswith(f"{BACKUP}: irisx-backend/src/db/connection.js")


def test_18_50_it_is_said_what_the_backup_holds_and_where_each_comes_from(replay: Replay) -> None:
    replay.deploy()
    report = replay.report()
    lost = {"src/db/connection.js", "src/db/redis.js", ONLY_THERE}
    assert in_state(report, "lost") == lost
    assert in_state(report, "changed") == {"src/app.js", EDITED_SINCE}
    (backup,) = [each for each in report["backups"] if each["has_contents"]]
    assert backup["counts"] == {"same": 3, "older": 1, "unread": 0, "absent": 1}
    assert (backup["made_at"], backup["dated_by"]) == ("2025-10-30T18:10:50Z", "name")
    assert backup["strip"] == "irisx-backend"
    best = {hole["path"]: [each["kind"] for each in hole["sources"]] for hole in report["holes"]}
    assert best == {
        "src/app.js": ["commit", "backup"],
        EDITED_SINCE: [],
        "src/db/connection.js": ["backup"],
        "src/db/redis.js": ["commit", "backup", "live"],
        ONLY_THERE: [],
    }
    text = replay.recover().out
    assert "of the 5 files below: 3 as before, 1 in another version, 1 not in it" in text
    assert f"{ONLY_THERE}  in no source" in text
    assert f"src/db/connection.js  from backup {BACKUP}: irisx-backend/src/db/connection.js" in text


def test_each_attempt_leaves_less_open_and_the_archive_closes_it(replay: Replay) -> None:
    # 18:40, and 18:50: src/db/ alone is unpacked
    replay.deploy()
    replay.extract("irisx-backend/src/db/")
    report = replay.report()
    assert in_state(report, "lost") == {ONLY_THERE}
    assert in_state(report, "changed") == {"src/app.js", EDITED_SINCE}
    assert [hole["path"] for hole in report["new"]] == [
        "src/lib/database/connection.js",
        "src/lib/database/redis.js",
        "src/middleware/rate-limit.js",
        "src/routes/admin-users.js",
        "src/services/analytics.js",
    ]
    # 19:00: all is removed, and all of the backup is unpacked
    shutil.rmtree(replay.production / "src")
    (replay.production / "index.js").unlink()
    replay.extract()
    report = replay.report()
    assert in_state(report, "lost") == {ONLY_THERE, "index.js"}
    assert in_state(report, "older") == {EDITED_SINCE}
    assert (in_state(report, "changed"), report["new"]) == (set(), [])
    # 19:15: the same with --overwrite brings nothing new
    replay.extract("--overwrite")
    assert replay.report()["holes"] == report["holes"]
    # 19:20: one archive with what is missing, and one command
    before = state(replay.production)
    outcome = replay.recover("-o", "../missing.tar.gz")
    assert outcome.code == 3
    assert state(replay.production) == before, "nothing is written on the host"
    replay.run(printed_command(outcome))
    wanted, now = state(replay.truth), state(replay.production)
    assert wanted.keys() - now.keys() == {ONLY_THERE, "src/services"} - now.keys()
    assert {path for path in now if now[path] != wanted[path]} == {EDITED_SINCE}
    last = replay.recover("-o", "../again.tar.gz")
    assert last.out.splitlines()[-1] == (
        "OPEN  1 lost, 1 older than it was; 2 in no source as they were:"
        " src/config.js, src/services/freeswitch.js."
    )
    assert not (replay.incident.repository.parent / "again.tar.gz").exists()


def test_from_the_deploy_to_the_snapshot_in_one_step(replay: Replay) -> None:
    """With a backup of the night before that has all of it, nothing stays open."""
    tarred(replay.backup.with_name("irisx-backend-20251102-030000.tar.gz"), replay.truth, ".")
    replay.deploy()
    outcome = replay.recover("--older", "-o", "../all.tar.gz")
    assert outcome.code == 3
    replay.run(printed_command(outcome))
    assert_restored(replay, BROUGHT_AS_IT_WAS)
    done = replay.recover()
    assert (done.code, done.out.splitlines()[-1]) == (0, WHOLE)


def test_what_was_rescued_before_is_had_from_the_repository(replay: Replay) -> None:
    rescued = driftaudit(replay.incident.repository, "rescue", "production")
    assert rescued.code == 0, rescued.err
    replay.deploy()
    report = replay.report()
    kinds = {hole["path"]: {each["kind"] for each in hole["sources"]} for hole in report["holes"]}
    assert "rescue" in kinds[ONLY_THERE]
    outcome = replay.recover("--older", "-o", "../all.tar.gz")
    replay.run(printed_command(outcome))
    assert_restored(replay, BROUGHT_AS_IT_WAS)


def test_without_a_snapshot_it_goes_by_the_backup_and_the_commit_that_was_deployed(replay: Replay) -> None:
    (replay.incident.repository.parent / "18-39.driftaudit").unlink()
    replay.deploy()
    report = replay.report()
    commit = report["reference"]["name"].rpartition(" and commit ")[2]
    assert report["reference"]["composed"]
    assert commit.endswith(" of 2025-07-14")
    assert in_state(report, "lost") >= {"src/db/connection.js", "src/db/redis.js"}
    assert ONLY_THERE not in {hole["path"] for hole in report["holes"]}
    assert any("no snapshot" in note for note in report["notes"])


def test_secrets_go_into_the_archive_only_if_that_is_said(replay: Replay) -> None:
    (replay.production / ".env").unlink()
    outcome = replay.recover("-o", "../missing.tar.gz")
    assert outcome.code == 3
    assert "Left out: 1 secret (.env); --include-secrets takes them in." in outcome.out
    assert not (replay.incident.repository.parent / "missing.tar.gz").exists()
    outcome = replay.recover("-o", "../missing.tar.gz", "--include-secrets")
    assert "whether it is the same cannot be told" in outcome.out
    archive = replay.incident.repository.parent / "missing.tar.gz"
    assert archive.stat().st_mode & 0o777 == 0o600
    replay.run(printed_command(outcome))
    assert state(replay.production)[".env"] == state(replay.truth)[".env"]
    assert replay.recover().code == 0
