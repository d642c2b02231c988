"""`driftaudit explain`: one page for one path, on the incident over a real sshd and on odd trees."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from driftaudit.incident import Incident, build_incident
from tests.support.cli import driftaudit
from tests.support.git import commit, git, write
from tests.support.programs import program
from tests.support.site import Site
from tests.support.sshd import SSHServer


@pytest.fixture
def incident(tmp_path: Path, sshd: SSHServer) -> Incident:
    folder = tmp_path / "incident"
    folder.mkdir()
    return build_incident(folder, sshd.url(folder / "irisx-backend"))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_hand_edit_is_told_with_the_version_that_it_was_made_of(incident: Incident) -> None:
    moved = git(incident.repository, "rev-parse", "HEAD~2")
    outcome = driftaudit(incident.repository, "explain", "production", "src/config.js")
    assert outcome.code == 0, outcome.err
    for line in (
        "hotfix: never committed, at a path that is desired: edited by hand",
        "the deploy   overwrites it",
        "block, by core/only-copy (",
        "rules/core.yml:",
        f"+1 -1 lines, {moved[:12]}  2025-09-22 09:00  Ana Ruiz  Move the database code to lib/database",
        "none: it exists nowhere else",
        "changed 2025-10-12 10:00 UTC",
        "-  database: { host: 'db.internal', pool: 40 },",
        "+  limit: 100,",
        "driftaudit rescue production",
        "3 commits behind",
    ):
        assert line in outcome.out


def test_the_rule_stands_where_the_page_says(incident: Incident) -> None:
    outcome = driftaudit(incident.repository, "explain", "production", "src/config.js", "--format", "json")
    file, _colon, line = json.loads(outcome.out)["rule_at"].rpartition(":")
    assert "core/only-copy" in Path(file).read_text().splitlines()[int(line) - 1]


def test_a_moved_folder_is_named_with_its_commit(incident: Incident) -> None:
    outcome = driftaudit(incident.repository, "explain", "production", "src/db/redis.js")
    assert "src/db/ is src/lib/database/ since" in outcome.out
    assert "moved to     src/lib/database/redis.js" in outcome.out
    assert "nothing: the deploy puts it right" in outcome.out


def test_a_path_in_sync_is_said_to_be(incident: Incident) -> None:
    outcome = driftaudit(incident.repository, "explain", "production", "index.js")
    assert outcome.code == 0
    assert "both sides are alike" in outcome.out


def test_a_folder_says_how_much_of_it_differs(incident: Incident) -> None:
    outcome = driftaudit(incident.repository, "explain", "production", "src")
    assert "a folder below which 10 paths differ: driftaudit diff production src" in outcome.out
    assert "both sides are alike" not in outcome.out


def test_the_json_has_the_finding_as_the_report_has_it(incident: Incident) -> None:
    words = ("explain", "production", "src/db/connection.js", "--format", "json")
    document = json.loads(driftaudit(incident.repository, *words).out)
    report = json.loads(driftaudit(incident.repository, "check", "--format", "json").out)
    [finding] = [each for each in report["findings"] if each["path"] == "src/db/connection.js"]
    assert document["finding"] == finding
    assert document["versions"][0]["is_desired"]
    assert document["repository_paths"] == ["api/src/db/connection.js"]


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_secret_is_explained_without_its_content(incident: Incident, form: str) -> None:
    oid = git(incident.repository, "hash-object", str(incident.production / ".env"))
    outcome = driftaudit(incident.repository, "explain", "production", ".env", "--format", form)
    assert outcome.code == 0
    assert "example-only" not in outcome.out + outcome.err
    assert oid not in outcome.out + outcome.err
    assert "reconcile" not in outcome.out


def test_a_branch_that_has_it_is_named(site: Site) -> None:
    git(site.repository, "switch", "--quiet", "-c", "feature")
    commit(site.repository, {"src/app.txt": "from the feature\n"}, "The feature")
    git(site.repository, "switch", "--quiet", "main")
    write(site.production, {"src/app.txt": "from the feature\n"})
    outcome = driftaudit(site.repository, "explain", site.url, "src/app.txt")
    assert "                 on     feature\n" in outcome.out
    assert "git merge feature" in outcome.out
    assert "The feature" in outcome.out


def test_a_path_that_neither_tree_has_is_refused_with_near_names(site: Site) -> None:
    outcome = driftaudit(site.repository, "explain", site.url, "src/ap.txt")
    assert (outcome.code, outcome.out) == (2, "")
    assert "Did you mean src/app.txt?" in outcome.err


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", ""])
def test_a_path_outside_the_root_is_refused(site: Site, path: str) -> None:
    outcome = driftaudit(site.repository, "explain", site.url, path)
    assert (outcome.code, outcome.out) == (2, "")


def test_names_authors_and_subjects_reach_no_terminal_as_they_are(site: Site) -> None:
    odd = "src/[red]\x1b[31m.txt"
    write(site.repository, {odd: "old\n"})
    git(site.repository, "add", "--all")
    git(site.repository, "-c", "user.name=E\x1b[2Jve", "commit", "-q", "-m", "Sub\x1b[31mject [bold]")
    commit(site.repository, {odd: "new\n"})
    write(site.production, {odd: "old\n"})
    outcome = driftaudit(site.repository, "explain", site.url, odd)
    assert outcome.code == 0, outcome.err
    assert "\x1b" not in outcome.out
    assert "[red]" in outcome.out
    assert "ject [bold]" in outcome.out


@pytest.mark.parametrize(
    "name", ["we\nird", "-rf", " x ", "~home", "it's", "b\\n", "caf\u00e9\udcff", "\u202egpj"]
)
def test_the_command_that_a_check_prints_explains_and_compares_just_that_file(site: Site, name: str) -> None:
    write(site.production, {name: "only here\n"})
    report = driftaudit(site.repository, "check", site.url, "--deploy", "replace").out
    [hint] = re.findall(r"All that is known of one path: `(.*)`", report)
    assert hint.startswith("driftaudit explain ")
    for command in (hint, hint.replace("driftaudit explain", "driftaudit diff")):
        line = command.replace("driftaudit", f"{sys.executable} -m driftaudit", 1)
        run = subprocess.run(
            [program("bash"), "-c", line], cwd=site.repository, capture_output=True, text=True
        )
        assert run.returncode in (0, 3), run.stderr
        assert "only here" in run.stdout


def test_a_folder_in_the_place_of_a_file_is_explained(site: Site) -> None:
    (site.production / "src/lib/one.txt").unlink()
    (site.production / "src/lib/one.txt").mkdir()
    write(site.production, {"src/lib/one.txt/inner": "x\n"})
    outcome = driftaudit(site.repository, "explain", site.url, "src/lib/one.txt")
    assert outcome.code == 0
    assert "directory" in outcome.out


def test_a_binary_and_a_large_file_are_explained(site: Site) -> None:
    write(site.production, {"src/blob.bin": bytes(range(256)) * 64, "src/large.txt": "x" * (9 << 20)})
    for path in ("src/blob.bin", "src/large.txt"):
        outcome = driftaudit(site.repository, "explain", site.url, path)
        assert outcome.code == 0, outcome.err
        assert len(outcome.out) < 5000


def test_what_could_not_be_seen_is_said_and_ends_with_4(site: Site) -> None:
    with (site.production / "src/app.txt").open("wb") as stream:
        stream.truncate(1100 << 20)  # more than is read of a file without a label; it takes no room
    outcome = driftaudit(site.repository, "explain", site.url, "src/app.txt")
    assert outcome.code == 4
    assert "not seen" in outcome.out
    assert "too-large" in outcome.out


def test_a_folder_that_differs_below_is_not_said_to_be_alike(site: Site) -> None:
    write(site.production, {"src/new/only.txt": "nowhere else\n"})
    for path in ("src/new", "src", "."):
        outcome = driftaudit(site.repository, "explain", site.url, path)
        assert "a folder below which 1 path differs: driftaudit diff" in outcome.out
        assert "alike" not in outcome.out
    assert "both sides are alike" in driftaudit(site.repository, "explain", site.url, "src/lib").out


def test_a_secret_that_the_deploy_destroys_is_not_said_to_be_put_right(site: Site) -> None:
    write(site.production, {".env": "PASSWORD=example-only\n"})
    outcome = driftaudit(site.repository, "explain", site.url, ".env", "--deploy", "replace")
    assert "block, by core/precious" in outcome.out
    assert "driftaudit rescue" in outcome.out
    assert "the deploy puts it right" not in outcome.out


def test_a_command_with_a_path_that_looks_like_an_option_can_be_copied(site: Site) -> None:
    write(site.production, {"-rf": "nowhere else\n"})
    outcome = driftaudit(site.repository, "explain", site.url, "--", "-rf")
    assert f"driftaudit accept {site.url} ./-rf --reason REASON" in outcome.out
    accepted = driftaudit(site.repository, "accept", site.url, "./-rf", "--reason", "ours", "--owner", "A")
    assert (accepted.code, accepted.err) == (0, "")
