"""The incident over a real sshd: each row of it that a check can know."""

import os
from pathlib import Path

import pytest

from driftaudit.incident import Incident, build_incident
from tests.support.cli import check, driftaudit
from tests.support.git import git
from tests.support.sshd import SSHServer, StartServer

LOST = {
    "src/config.js": "core/only-copy",
    "src/db/connection.js": "core/only-copy",
    "src/services/freeswitch.js": "core/only-copy",
}
PRECIOUS = {".env": "core/precious", "logs/irisx-api-out.log": "core/precious"}
UNDEPLOYED = ("src/middleware/rate-limit.js", "src/routes/admin-users.js", "src/services/analytics.js")

State = dict[str, tuple[object, ...]]


@pytest.fixture
def incident(tmp_path: Path, sshd: SSHServer) -> Incident:
    folder = tmp_path / "incident"
    folder.mkdir()
    return build_incident(folder, sshd.url(folder / "irisx-backend"))


def state(folder: Path) -> State:
    """Every byte and every stat of a tree; the access time of a link changes whenever it is read."""
    found: State = {}
    for path in (folder, *sorted(folder.rglob("*"))):
        seen = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else None
        times = (seen.st_mtime_ns, seen.st_ctime_ns)
        found[str(path)] = (
            content,
            seen.st_mode,
            seen.st_uid,
            seen.st_gid,
            seen.st_ino,
            seen.st_size,
            *times,
        )
    return found


def test_18_39_the_deploy_is_refused_by_name(incident: Incident) -> None:
    outcome = check(incident.repository)
    assert outcome.code == 3
    assert outcome.report["verdict"] == "blocked"
    assert outcome.blocking() == LOST


def test_18_39_each_path_is_told_for_what_it_is(incident: Incident) -> None:
    outcome = check(incident.repository)
    assert outcome.origins() | {"node_modules": "unknown"} == {
        ".env": "unknown",
        "logs/irisx-api-out.log": "unknown",
        "node_modules": "unknown",
        "src/app.js": "stale",
        "src/config.js": "hotfix",
        "src/db/connection.js": "unknown",
        "src/db/redis.js": "leftover",
        "src/lib/database/connection.js": "missing",
        "src/lib/database/redis.js": "missing",
        "src/services/freeswitch.js": "unknown",
        **dict.fromkeys(UNDEPLOYED, "missing"),
    }


def test_a_host_that_gives_out_files_alone_gives_the_same_findings(
    incident: Incident, start_sshd: StartServer
) -> None:
    """An account for SFTP: nothing in the configuration says so."""
    right = check(incident.repository).report
    server = start_sshd(options=("ForceCommand internal-sftp",))
    text = incident.settings.read_text()
    incident.settings.write_text(text.replace("url: ssh:", f"url: {server.url(incident.production)} # ssh:"))
    found = check(incident.repository).report
    assert found["deployed"]["method"] == "sftp"
    assert found["deployed"]["wire_bytes_received"] > 1_000
    for key in ("verdict", "exit_code", "findings", "problems", "plan", "counts", "deployed_commit"):
        assert found[key] == right[key]
    for key in ("entries", "bytes", "hashed_files", "tree_digest"):
        assert found["deployed"][key] == right["deployed"][key]
    told = driftaudit(incident.repository, "check").out
    assert "not read by agent: " in told
    assert "read over SFTP: " in told


def test_what_was_committed_does_not_block_and_is_said_to_have_moved(incident: Incident) -> None:
    finding = check(incident.repository).finding("src/db/redis.js")
    assert (finding["severity"], finding["rule"], finding["action"]) == ("info", "core/drift", "delete")
    assert finding["moved_to"] == "src/lib/database/redis.js"


def test_node_modules_is_silent(incident: Incident) -> None:
    report = check(incident.repository).report
    rows = [f for f in report["findings"] if f["path"].startswith("node_modules")]
    assert [(row["path"], row["severity"]) for row in rows] == [("node_modules", "ignore")]
    lines = driftaudit(incident.repository, "check").out.splitlines()
    assert not [line for line in lines if "node_modules" in line and str(incident.production) not in line]


def test_the_three_undeployed_modules_are_missing(incident: Incident) -> None:
    report = check(incident.repository).report
    missing = {f["path"] for f in report["findings"] if f["origin"] == "missing"}
    assert missing >= set(UNDEPLOYED)
    assert report["plan"]["actions"] == {"create": 5, "overwrite": 2, "delete": 3, "abandon": 0}


def test_the_terminal_names_what_would_be_lost_and_says_the_verdict_last(incident: Incident) -> None:
    outcome = driftaudit(incident.repository, "check", "production")
    assert outcome.code == 3
    last = outcome.out.rstrip().splitlines()[-1]
    assert last.startswith("BLOCKED")
    assert all(path in outcome.out for path in LOST)


def test_the_night_before_the_report_tells_the_whole_story(incident: Incident) -> None:
    commits = git(incident.repository, "log", "--reverse", "--format=%H").split()
    first, deployed, moved, _features, _settings = commits
    outcome = check(incident.repository)
    live = outcome.report["deployed_commit"]
    assert (live["commit"], live["committed_at"]) == (deployed, "2025-07-14T09:00:00Z")
    assert (live["behind"], live["ahead"], live["ties"]) == (3, 0, [])
    assert (live["matching_entries"], live["compared_entries"]) == (6, 8)
    findings = {finding["path"]: finding for finding in outcome.report["findings"]}
    assert findings["src/app.js"]["commits"] == [moved, first]
    hand_edited = findings["src/config.js"]["evidence"]["similar"]
    assert hand_edited["newest"]["commit"] == moved
    assert not hand_edited["is_desired"]
    assert (hand_edited["added_lines"], hand_edited["removed_lines"]) == (1, 1)
    assert findings["src/services/freeswitch.js"]["evidence"] == {
        "sightings": [],
        "removed_in": None,
        "similar": None,
    }
    grouped = {path for path, finding in findings.items() if finding["group"] == "src/db"}
    assert grouped == {
        "src/db/connection.js",
        "src/db/redis.js",
        "src/lib/database/connection.js",
        "src/lib/database/redis.js",
    }
    assert findings["src/db/redis.js"]["evidence"]["removed_in"]["commit"] == moved
    text = driftaudit(incident.repository, "check").out
    for line in (
        f"{deployed[:12]} of 2025-07-14, 3 commits behind",
        "Add the numbers route, by Ana Ruiz; 6 of 8 entries match",
        f"edited from the version of {moved[:12]} of 2025-09-22, +1 -1 lines",
        f"src/db/ is src/lib/database/ since {moved[:12]} of 2025-09-22: 2 of 2 files, 1 edited",
    ):
        assert line in text


def test_production_is_byte_for_byte_and_stat_for_stat_what_it_was(incident: Incident) -> None:
    before = state(incident.production)
    assert check(incident.repository).code == 3
    assert state(incident.production) == before


def test_the_repository_is_what_it_was(incident: Incident) -> None:
    before = state(incident.repository)
    check(incident.repository)
    assert state(incident.repository) == before


@pytest.mark.parametrize(
    ("deploy", "extra"),
    [
        ([], {}),  # as configured: replace src
        (["--deploy", "mirror"], PRECIOUS),
        (["--deploy", "release"], PRECIOUS),
        (["--deploy", "replace"], PRECIOUS),
    ],
    ids=["configured", "mirror", "release", "replace-all"],
)
def test_every_method_that_removes_blocks(
    incident: Incident, deploy: list[str], extra: dict[str, str]
) -> None:
    outcome = check(incident.repository, "production", *deploy)
    assert outcome.code == 3
    assert outcome.blocking() == LOST | extra


def test_without_a_method_the_worst_is_assumed(incident: Incident) -> None:
    text = incident.settings.read_text()
    start, end = text.index("    deploy:"), text.index("    packs:")
    incident.settings.write_text(text[:start] + text[end:])
    outcome = check(incident.repository)
    assert outcome.blocking() == LOST | PRECIOUS
    told = driftaudit(incident.repository, "check")
    assert "deploy:" in told.out
    assert "method: replace" in told.out


def test_an_overlay_blocks_for_the_one_file_that_it_overwrites(incident: Incident) -> None:
    outcome = check(incident.repository, "production", "--deploy", "overlay")
    assert outcome.code == 3
    assert outcome.blocking() == {"src/config.js": "core/only-copy"}


def share(incident: Incident) -> None:
    """Put the state of the application beside it, and link it, as Capistrano does."""
    shared = incident.production.parent / "shared"
    shared.mkdir()
    for name in (".env", "logs"):
        (incident.production / name).rename(shared / name)
        (incident.production / name).symlink_to(shared / name)


def test_shared_paths_that_are_no_links_block_a_release(incident: Incident) -> None:
    outcome = check(incident.repository, "production", "--deploy", "release:.env,logs")
    assert outcome.code == 3
    assert outcome.blocking() == LOST | PRECIOUS
    assert outcome.finding(".env")["action"] == "abandon"


def test_shared_paths_of_a_release_are_left_alone(incident: Incident) -> None:
    share(incident)
    outcome = check(incident.repository, "production", "--deploy", "release:.env,logs")
    assert outcome.blocking() == LOST


def test_a_release_is_looked_at_where_the_current_link_leads(incident: Incident) -> None:
    share(incident)
    app = incident.production.parent / "app"
    (app / "releases").mkdir(parents=True)
    incident.production.rename(app / "releases" / "7")
    (app / "current").symlink_to("releases/7")
    text = incident.settings.read_text().replace("irisx-backend", "app")
    text = text.replace("method: replace             #", "method: release #")
    text = text.replace("paths: [src]", "current: current\n      shared: [.env, logs]")
    incident.settings.write_text(text)
    outcome = check(incident.repository)
    assert outcome.blocking() == LOST
    assert {f["action"] for f in outcome.report["findings"] if f["severity"] == "block"} == {
        "abandon",
        "overwrite",
    }


def test_excludes_of_a_mirror_are_left_alone(incident: Incident) -> None:
    text = incident.settings.read_text()
    text = text.replace("method: replace             #", "method: mirror #").replace(
        "paths: [src]", "exclude: [/.env, /logs/, freeswitch.js]"
    )
    incident.settings.write_text(text)
    lost = {path: rule for path, rule in LOST.items() if "freeswitch" not in path}
    assert check(incident.repository).blocking() == lost


def test_once_the_server_s_work_is_committed_the_deploy_may_go(incident: Incident) -> None:
    for path in LOST:
        target = incident.repository / "api" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((incident.production / path).read_bytes())
    git(incident.repository, "switch", "--quiet", "-c", "from-production")
    git(incident.repository, "add", "--all")
    git(incident.repository, "commit", "--quiet", "--message", "What production had")
    outcome = check(incident.repository, "production", "--desired", "main")
    assert outcome.blocking() == {}
    assert outcome.breaking() == {"./db/connection.js"}


def test_18_50_after_the_loss_the_lost_files_are_missing_or_stale_and_nothing_blocks(
    incident: Incident,
) -> None:
    """`rm -rf src && tar xzf` made the tree what is desired: the deploy has nothing left to destroy."""
    os.system(
        f"rm -rf '{incident.production}/src' && cp -r '{incident.repository}/api/src' '{incident.production}'"
    )
    outcome = check(incident.repository)
    assert outcome.code == 0
    assert {f["severity"] for f in outcome.report["findings"]} == {"ignore"}


def test_19_00_a_restore_that_forgot_index_js_is_told(incident: Incident) -> None:
    (incident.production / "index.js").unlink()
    finding = check(incident.repository).finding("index.js")
    assert (finding["origin"], finding["action"]) == ("missing", "keep")


def test_reports_of_every_format_are_written_although_it_is_blocked(incident: Incident) -> None:
    words = []
    for name in ("json", "markdown", "html", "text"):
        words += ["--format", name, "--output", f"report.{name}"]
    outcome = driftaudit(incident.repository, "check", *words)
    assert (outcome.code, outcome.out) == (3, "")
    for name in ("json", "markdown", "html", "text"):
        assert "freeswitch.js" in (incident.repository / f"report.{name}").read_text()
    assert "blocked" in outcome.err


def test_the_same_input_gives_the_same_bytes_times_aside(incident: Incident) -> None:
    def run() -> dict[str, object]:
        report = check(incident.repository, "--no-cache").report
        del report["started_at"], report["duration_seconds"]
        for key in ("wire_bytes_sent", "wire_bytes_received"):
            del report["deployed"][key]
        return report

    assert run() == run()


def test_no_secret_s_digest_is_in_any_report(incident: Incident) -> None:
    oid = git(incident.repository, "hash-object", str(incident.production / ".env"))
    for name in ("json", "markdown", "html", "text"):
        outcome = driftaudit(incident.repository, "check", "--deploy", "mirror", "--format", name)
        assert ".env" in outcome.out
        assert oid[:12] not in outcome.out
        assert "example-only" not in outcome.out


def test_the_report_counts_what_went_over_the_wire(incident: Incident) -> None:
    deployed = check(incident.repository).report["deployed"]
    assert deployed["source"] == "ssh"
    assert deployed["method"] == "agent"
    assert deployed["wire_bytes_sent"] > 5_000
    assert deployed["wire_bytes_received"] > 1_000
    assert deployed["hashed_files"] > 5
