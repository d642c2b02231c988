"""`accept --build-output`: what is live was a build of ours once, and is then old and not edited."""

from pathlib import Path

import pytest

from tests.support.cli import Outcome, check, driftaudit
from tests.support.git import git, write
from tests.support.site import Site

OLD = {"public/app.js": "old build\n", "public/css/site.css": "old style\n", "public/gone.js": "dropped\n"}
NEW = {"public/app.js": "new build\n", "public/css/site.css": "old style\n"}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path)
    write(site.production, OLD)
    write(site.folder / "dist", NEW)
    return site


def audit(site: Site) -> Outcome:
    words = ("--desired", str(site.folder / "dist"), "--deploy", "replace:public")
    return check(site.repository, site.url, *words)


def accept(site: Site, *words: str) -> Outcome:
    said = ("--reason", "release 1", "--owner", "Ana Ruiz")
    return driftaudit(site.repository, "accept", site.url, "--build-output", *words, *said)


def origins(outcome: Outcome) -> dict[str, str]:
    return {
        finding["path"]: finding["origin"]
        for finding in outcome.report["findings"]
        if finding["path"].startswith("public/")
    }


def test_an_accepted_build_is_old_where_a_build_is_desired(site: Site) -> None:
    before = audit(site)
    assert before.code == 3
    assert origins(before) == {"public/app.js": "hotfix", "public/gone.js": "unknown"}
    outcome = accept(site, "public")
    assert outcome.code == 0, outcome.err
    assert "3 files below public" in outcome.out
    after = audit(site)
    assert after.code == 0
    assert origins(after) == {"public/app.js": "stale", "public/gone.js": "leftover"}
    public = [each for each in after.report["findings"] if each["path"].startswith("public/")]
    assert {copy["kind"] for finding in public for copy in finding["copies"]} == {"ref"}


def test_a_hand_edit_after_that_is_one(site: Site) -> None:
    accept(site, "public")
    write(site.production, {"public/app.js": "old build\nby hand\n"})
    outcome = audit(site)
    assert outcome.code == 3
    assert origins(outcome) == {"public/app.js": "hotfix", "public/gone.js": "leftover"}


def test_the_content_at_another_path_is_no_build_of_that(site: Site) -> None:
    accept(site, "public")
    write(site.production, {"public/copy.js": "dropped\n"})
    assert origins(audit(site))["public/copy.js"] == "unknown"


def test_where_a_commit_is_desired_it_counts_for_nothing(site: Site) -> None:
    accept(site, "public")
    assert set(origins(check(site.repository, site.url)).values()) == {"unknown"}


def test_twice_changes_nothing(site: Site) -> None:
    accept(site, "public")
    file, refs = site.repository / "driftaudit-waivers.yml", git(site.repository, "for-each-ref")
    text = file.read_text()
    again = accept(site, "public")
    assert (again.code, file.read_text()) == (0, text)
    assert git(site.repository, "for-each-ref") == refs
    assert "Kept already" in again.out
    assert "Unchanged" in again.out


def test_the_file_keeps_its_waivers_and_comments_and_a_second_build_stands_first(site: Site) -> None:
    file = site.repository / "driftaudit-waivers.yml"
    file.write_text("# ours\nversion: 1\nwaivers: []  # none\n")
    accept(site, "public")
    write(site.production, {"public/app.js": "build two\n"})
    accept(site, "public")
    text = file.read_text()
    assert text.startswith("# ours\nversion: 1\nwaivers: []  # none\nbuilds:\n")
    assert text.count("commit:") == 2
    assert audit(site).code == 0


def test_a_clone_without_the_ref_says_that_it_counts_for_nothing(site: Site) -> None:
    accept(site, "public")
    git(site.repository, "add", "--all")
    git(site.repository, "commit", "--quiet", "-m", "accepted")
    clone = site.folder / "clone"
    git(site.folder, "clone", "--quiet", f"file://{site.repository}", str(clone))
    words = ("check", site.url, "--desired", str(site.folder / "dist"), "--deploy", "replace:public")
    outcome = driftaudit(clone, *words)
    assert outcome.code == 3
    assert "driftaudit-waivers.yml:" in outcome.out
    assert "counts for nothing here" in outcome.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere",), "there is no file below nowhere"),
        (("../x",), "is no path under the root"),
        (("public", "--permits", "destroy"), "another wish"),
        (("public", "--expires", "never"), "a build stays one"),
    ],
)
def test_what_makes_no_sense_is_refused(site: Site, words: tuple[str, ...], said: str) -> None:
    outcome = accept(site, *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err
    assert not (site.repository / "driftaudit-waivers.yml").exists()
    assert git(site.repository, "for-each-ref", "refs/driftaudit") == ""


def test_a_build_that_could_not_be_seen_whole_is_none(site: Site) -> None:
    with (site.production / "public/huge.bin").open("wb") as stream:
        stream.truncate(1100 << 20)
    outcome = accept(site, "public")
    assert outcome.code == 2
    assert "public/huge.bin could not be seen" in outcome.err
    assert git(site.repository, "for-each-ref", "refs/driftaudit") == ""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("commit: zz", "is no commit"),
        ("path: /x", "is no path"),
        ("accepted: never", "is no date"),
        ("color: red", "color"),
    ],
)
def test_a_wrong_build_in_the_file_is_named_by_its_line(site: Site, line: str, said: str) -> None:
    fields = {"path": "public", "commit": '"' + "1" * 40 + '"', "reason": "r", "owner": "o"}
    fields["accepted"] = "2026-01-31"
    key, _colon, value = line.partition(": ")
    fields[key] = value
    text = "version: 1\nbuilds:\n  - " + "\n    ".join(f"{k}: {v}" for k, v in fields.items()) + "\n"
    (site.repository / "driftaudit-waivers.yml").write_text(text)
    err = site.refused(2)
    assert "driftaudit-waivers.yml:" in err
    assert said in err
