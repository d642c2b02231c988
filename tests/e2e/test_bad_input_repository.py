"""Repositories that are damaged, cut off, or configured in odd ways: right, or said."""

import shutil
from pathlib import Path

import pytest

from tests.support.cli import check, driftaudit
from tests.support.git import commit, git
from tests.support.site import Site, refusal


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path)
    commit(site.repository, {"src/app.txt": "app, edited\n"})
    return site


def loose(site: Site, revision: str) -> Path:
    oid = git(site.repository, "rev-parse", revision)
    return site.repository / ".git" / "objects" / oid[:2] / oid[2:]


def test_a_ref_to_nothing_is_named(site: Site) -> None:
    (site.repository / ".git/refs/heads/broken").write_text("1" * 40 + "\n")
    assert "refs/heads/broken" in site.refused(2)


@pytest.mark.parametrize("revision", ["HEAD~1^{tree}", "HEAD~1"])
def test_a_history_with_a_hole_is_no_history(site: Site, revision: str) -> None:
    loose(site, revision).unlink()
    err = site.refused(2)
    assert "git fsck" in err


def test_an_object_that_is_garbage_is_said(site: Site) -> None:
    damaged = loose(site, "HEAD~1")
    damaged.chmod(0o600)
    damaged.write_bytes(b"garbage")
    assert "git fsck" in site.refused(2)


def test_a_lost_blob_of_an_old_version_is_no_copy(site: Site) -> None:
    loose(site, "HEAD~1:src/app.txt").unlink()
    outcome = site.check()
    assert (outcome.code, outcome.report["verdict"]) == (4, "incomplete")
    [finding] = outcome.report["findings"]
    assert (finding["origin"], finding["copies"]) == ("stale", [])


def test_what_the_index_of_an_earlier_run_knew_is_asked_of_git_again(site: Site) -> None:
    assert site.check().code == 0
    loose(site, "HEAD~1:src/app.txt").unlink()
    assert site.check().code == 4


def test_refs_to_blobs_and_trees_are_no_commits(site: Site) -> None:
    git(site.repository, "update-ref", "refs/odd/blob", git(site.repository, "rev-parse", "HEAD:readme.txt"))
    git(site.repository, "update-ref", "refs/odd/tree", git(site.repository, "rev-parse", "HEAD^{tree}"))
    git(site.repository, "tag", "-a", "-m", "of a tree", "odd", "HEAD^{tree}")
    git(site.repository, "tag", "-a", "-m", "of a tag", "nested", "odd")
    outcome = site.check()
    assert outcome.code == 0
    assert outcome.report["deployed_commit"]["behind"] == 1


@pytest.mark.parametrize(
    "setting",
    [
        "log.showSignature=true",
        "log.diffMerges=on",
        "log.follow=true",
        "log.decorate=full",
        "diff.renames=copies",
        "diff.orderFile=/nonexistent",
        "diff.relative=true",
        "diff.ignoreSubmodules=all",
        "color.ui=always",
        "core.quotePath=true",
        "i18n.logOutputEncoding=ISO-8859-1",
        "core.abbrev=7",
    ],
)
def test_no_setting_of_git_changes_what_history_says(site: Site, setting: str) -> None:
    def told() -> object:
        report = site.check("--no-cache").report
        return report["findings"], report["deployed_commit"], report["verdict"]

    git(site.repository, "switch", "--quiet", "-c", "side")
    commit(site.repository, {"src/lib/one.txt": "other\n"}, "Grüße vom Zweig")
    git(site.repository, "switch", "--quiet", "main")
    git(site.repository, "merge", "--quiet", "--no-ff", "-m", "merge", "side")
    before = told()
    git(site.repository, "config", *setting.split("=", 1))
    assert told() == before


def test_a_shallow_clone_names_the_commit_with_its_reserve(site: Site) -> None:
    clone = site.folder / "clone"
    git(site.folder, "clone", "--quiet", "--depth=1", f"file://{site.repository}", str(clone))
    outcome = driftaudit(clone, "check", site.url, "--deploy", "replace:src")
    assert outcome.code == 4
    assert "of those that this shallow clone has" in outcome.out
    git(clone, "fetch", "--quiet", "--unshallow")
    whole = check(clone, site.url, "--deploy", "replace:src")
    assert whole.code == 0
    assert whole.report["deployed_commit"]["behind"] == 1


def test_a_clone_without_trees_is_refused_with_what_to_do(site: Site) -> None:
    git(site.repository, "config", "uploadpack.allowFilter", "true")
    clone = site.folder / "clone"
    words = ("clone", "--quiet", "--no-checkout", "--filter=tree:0", f"file://{site.repository}", str(clone))
    git(site.folder, *words)
    outcome = driftaudit(clone, "check", site.url, "--deploy", "replace:src")
    assert "--filter" in refusal(outcome, 2)


def test_a_rewritten_history_is_followed(site: Site) -> None:
    old = git(site.repository, "rev-parse", "HEAD~1")
    assert site.check().report["deployed_commit"]["commit"] == old
    root = git(site.repository, "commit-tree", "HEAD^{tree}", "-m", "a new beginning")
    git(site.repository, "reset", "--quiet", "--hard", root)
    git(site.repository, "reflog", "expire", "--expire=now", "--all")
    git(site.repository, "gc", "--quiet", "--prune=now")
    outcome = site.check()  # the old version is in no commit any more
    assert outcome.code == 3
    [finding] = outcome.report["findings"]
    assert (finding["origin"], finding["evidence"]["sightings"]) == ("hotfix", [])


def test_a_live_tree_of_another_project_is_said_to_be_near_to_no_commit(site: Site) -> None:
    shutil.rmtree(site.production)
    for number in range(20):
        path = site.production / f"lib/file{number}.rb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"puts {number}\n")
    outcome = driftaudit(site.repository, "check", site.url, "--deploy", "overlay")
    assert "no commit is near to it" in outcome.out
