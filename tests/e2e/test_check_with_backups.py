"""The gate counts on a backup only where its content was read now, and the deploy leaves it alone."""

import shutil
from pathlib import Path

import pytest

from tests.support.archives import member, packed, tar
from tests.support.backups import tarred
from tests.support.cli import Outcome, check, driftaudit
from tests.support.git import commit, git, write
from tests.support.site import Site
from tests.support.sshd import SSHServer

ONLY = "src/only.txt"
EDITED = "src/app.txt"


@pytest.fixture
def edited(site: Site) -> Site:
    """One file that exists only there, and one that was edited there."""
    write(site.production, {ONLY: "only here\n", EDITED: "edited here\n"})
    return site


def checked(site: Site, *backups: str | Path, deploy: str = "{method: replace, paths: [src]}") -> Outcome:
    listed = ", ".join(f"'{backup}'" for backup in backups)
    site.configure(
        f"version: 1\ntargets:\n  live:\n    url: {site.url}\n    deploy: {deploy}\n    backups: [{listed}]\n"
    )
    return check(site.repository)


def told(site: Site) -> str:
    """Return what a check says to people, on one line."""
    return " ".join(driftaudit(site.repository, "check").out.split())


def test_without_a_backup_it_blocks(edited: Site) -> None:
    assert set(checked(edited).blocking()) == {ONLY, EDITED}


@pytest.mark.parametrize("ending", ["tar", "tar.gz", "tar.xz", "tar.zst", "zip"])
def test_what_a_backup_holds_does_not_block(edited: Site, ending: str) -> None:
    archive = packed(edited.production, edited.folder / f"backup.{ending}")
    outcome = checked(edited, archive)
    assert outcome.code == 0, outcome.out
    (copy,) = outcome.finding(ONLY)["copies"]
    assert copy == {"kind": "backup", "where": f"{archive}: {ONLY}", "safe": True}
    assert outcome.finding(EDITED)["rule"] == "core/hand-edited"


def test_on_a_host_the_paths_are_those_of_the_host(edited: Site, sshd: SSHServer) -> None:
    edited.url = sshd.url(edited.production)
    archive = tarred(edited.folder / "site-1.tar.gz", edited.folder, "production")
    outcome = checked(edited, edited.folder / "site-*.tar.gz")
    assert outcome.code == 0
    (copy,) = outcome.finding(ONLY)["copies"]
    assert copy["where"] == f"{sshd.url(archive)}: production/{ONLY}"


def test_another_version_in_a_backup_is_no_copy(edited: Site) -> None:
    archive = tarred(edited.folder / "a.tar.gz", edited.production)
    write(edited.production, {ONLY: "changed since\n"})
    assert set(checked(edited, archive).blocking()) == {ONLY}


def test_a_backup_that_the_deploy_destroys_is_no_copy(edited: Site) -> None:
    inside = tarred(edited.folder / "a.tar.gz", edited.production)
    shutil.move(inside, edited.production / "src" / "a.tar.gz")
    outcome = checked(edited, edited.production / "src" / "*.tar.gz")
    assert {ONLY, EDITED} <= set(outcome.blocking())
    assert "it lies in what the deploy destroys" in told(edited)


def test_a_backup_that_a_script_removes_by_name_is_no_copy(edited: Site) -> None:
    archive = tarred(edited.folder / "backups.tar.gz", edited.production)
    script = edited.repository / "deploy.sh"
    line = f"rm -rf {edited.production}/src && cp -r src {edited.production}/"
    for more, is_copy in ("", True), (f" && rm {archive}", False):
        script.write_text(f"{line}{more}\n")
        outcome = checked(edited, archive, deploy="{method: script, script: deploy.sh}")
        assert set(outcome.blocking()) == (set() if is_copy else {ONLY, EDITED})


def test_a_link_does_not_hide_that_a_backup_is_destroyed(edited: Site) -> None:
    inside = tarred(edited.folder / "a.tar.gz", edited.production)
    shutil.move(inside, edited.production / "src" / "a.tar.gz")
    (edited.folder / "link.tar.gz").symlink_to(edited.production / "src" / "a.tar.gz")
    outcome = checked(edited, edited.folder / "link.tar.gz")
    assert {ONLY, EDITED} <= set(outcome.blocking())
    through = edited.folder / "through"
    through.symlink_to(edited.production)
    outcome = checked(edited, through / "src" / "a.tar.gz")
    assert {ONLY, EDITED} <= set(outcome.blocking())


def test_a_backup_under_the_root_that_the_deploy_leaves_alone_is_one(edited: Site) -> None:
    archive = tarred(edited.folder / "a.tar.gz", edited.production)
    shutil.move(archive, edited.production / "a.tar.gz")
    outcome = checked(edited, edited.production / "a.tar.gz")
    assert outcome.code == 0, outcome.blocking()


def test_a_mirror_destroys_what_it_does_not_exclude(edited: Site) -> None:
    (edited.production / "backups").mkdir()
    archive = tarred(edited.folder / "a.tar.gz", edited.production, "src")
    shutil.move(archive, edited.production / "backups" / "a.tar.gz")
    place = edited.production / "backups" / "*"
    spared = checked(edited, place, deploy="{method: mirror, exclude: [/backups/]}")
    assert ONLY not in spared.blocking()
    gone = checked(edited, place, deploy="{method: mirror}")
    assert ONLY in gone.blocking()


def test_what_cannot_be_read_counts_for_nothing_and_fails_nothing_by_itself(edited: Site) -> None:
    archive = tarred(edited.folder / "a.tar.gz", edited.production)
    cut = edited.folder / "cut.tar.gz"
    cut.write_bytes(archive.read_bytes()[:-30])
    outcome = checked(edited, cut)
    assert set(outcome.blocking()) == {ONLY, EDITED}
    assert "cut.tar.gz could not be read and counts for nothing: it is cut off" in told(edited)
    both = checked(edited, cut, archive, edited.folder / "nothing-*.tar.gz")
    assert both.code == 0
    assert "nothing has such a name" in told(edited)


def test_a_folder_and_a_saved_snapshot_are_no_copies(edited: Site) -> None:
    shutil.copytree(edited.production, edited.folder / "copy")
    outcome = checked(edited, edited.folder / "copy")
    assert set(outcome.blocking()) == {ONLY, EDITED}
    assert "only archives count" in told(edited)


def test_backups_are_not_read_where_they_decide_nothing(site: Site) -> None:
    (site.folder / "broken.tar.gz").write_bytes(b"broken")
    outcome = checked(site, site.folder / "broken.tar.gz")
    assert outcome.code == 0
    assert "broken" not in told(site)


def test_a_member_that_climbs_out_is_no_copy(edited: Site) -> None:
    climbing = edited.folder / "up.tar"
    tar(climbing, member("../only.txt", b"only here\n"))
    assert ONLY in checked(edited, climbing).blocking()


def test_a_path_with_the_label_secret_shows_no_digest(site: Site) -> None:
    write(site.production, {"src/.env": "PASSWORD=x\n"})
    archive = tarred(site.folder / "a.tar.gz", site.production)
    outcome = checked(site, archive)
    finding = outcome.finding("src/.env")
    assert finding["rule"] == "core/precious", "no copy makes the application's own expendable"
    assert (finding["deployed"]["digest"], finding["copies"][0]["kind"]) == (None, "backup")


def test_a_backup_makes_up_for_a_shallow_clone(edited: Site) -> None:
    commit(edited.repository, {"more.txt": "more\n"})
    shallow = edited.folder / "shallow"
    git(edited.folder, "clone", "--quiet", "--depth=1", f"file://{edited.repository}", str(shallow))
    archive = tarred(edited.folder / "a.tar.gz", edited.production)
    edited.repository = shallow
    assert checked(edited).code == 4
    assert checked(edited, archive).code == 0
