"""What an audit says once the live tree is a commit: never that this commit was deployed."""

from pathlib import Path

import pytest

from driftaudit.incident import Incident, build_incident
from tests.support.cli import check, driftaudit
from tests.support.git import git, write
from tests.support.site import Site

REF = "refs/driftaudit/live/production"


@pytest.fixture
def incident(tmp_path: Path) -> Incident:
    incident = build_incident(tmp_path)
    outcome = driftaudit(incident.repository, "reconcile", "production")
    assert outcome.code == 0, outcome.err
    return incident


def deployed(incident: Incident) -> str:
    return git(incident.repository, "rev-parse", "main~3")


def test_its_parent_is_the_deployed_commit_and_stays_it(incident: Incident) -> None:
    assert git(incident.repository, "rev-parse", f"{REF}^") == deployed(incident)
    report = check(incident.repository).report
    assert report["deployed_commit"]["commit"] == deployed(incident)
    origins = {finding["path"]: finding["origin"] for finding in report["findings"]}
    assert origins["src/services/freeswitch.js"] == "unknown"  # our own refs decide no origin


def test_a_branch_of_it_changes_nothing_in_that(incident: Incident) -> None:
    git(incident.repository, "switch", "--quiet", "-c", "reconcile/production", REF)
    git(incident.repository, "switch", "--quiet", "main")
    outcome = check(incident.repository)
    assert outcome.report["deployed_commit"]["commit"] == deployed(incident)
    assert outcome.blocking() == {}, "a branch holds all of it now"
    assert outcome.breaking() == {"./db/connection.js"}


def test_once_it_is_merged_the_deploy_may_go_and_the_deployed_commit_is_the_same(
    incident: Incident,
) -> None:
    git(incident.repository, "merge", "--quiet", "--no-edit", "-X", "theirs", REF)
    app = incident.repository / "api/src/app.js"
    app.write_text(app.read_text().replace("./db/connection.js", "./lib/database/connection.js"))
    git(incident.repository, "commit", "--quiet", "--all", "--message", "Its new place is imported")
    outcome = check(incident.repository)
    assert outcome.code == 0
    assert outcome.report["deployed_commit"]["commit"] != git(incident.repository, "rev-parse", REF)
    assert git(incident.repository, "fsck", "--full") == ""


def test_an_amended_copy_of_it_is_no_candidate_either(incident: Incident) -> None:
    git(incident.repository, "switch", "--quiet", "-c", "copy", REF)
    message = git(incident.repository, "log", "-1", "--format=%B")
    git(incident.repository, "commit", "--quiet", "--amend", "-m", message, "--date=2024-01-01T00:00:00Z")
    git(incident.repository, "switch", "--quiet", "main")
    assert check(incident.repository).report["deployed_commit"]["commit"] == deployed(incident)


def test_once_it_is_what_is_desired_it_is_live(tmp_path: Path) -> None:
    site = Site(tmp_path)
    write(site.production, {"src/app.txt": "a fix made there\n"})
    assert driftaudit(site.repository, "reconcile", site.url).code == 0
    [ref] = git(site.repository, "for-each-ref", "--format=%(refname)", "refs/driftaudit/live").splitlines()
    git(site.repository, "merge", "--quiet", "--ff-only", ref)
    report = driftaudit(
        site.repository, "check", site.url, "--deploy", "replace:src", "--format", "json"
    ).report
    assert report["findings"] == []
    assert report["deployed_commit"]["commit"] == report["desired"]["commit"]
    assert report["deployed_commit"]["behind"] == 0
