"""`driftaudit snapshot`: a fingerprint of any tree, and what can be done with it."""

import json
import os
import zlib
from pathlib import Path

import pytest

from tests.support.archives import member, packed, tar
from tests.support.cli import Outcome, driftaudit
from tests.support.git import commit, git, write
from tests.support.site import Site, refusal


def save(site: Site, source: str, *words: str) -> Outcome:
    return driftaudit(site.repository, "snapshot", source, "-o", "../saved.driftaudit", *words)


def compare(site: Site, *sides: str) -> Outcome:
    return driftaudit(site.repository, "compare", *sides, "--format", "json")


def saved_notes(outcome: Outcome) -> list[str]:
    notes: list[str] = json.loads(outcome.out)["notes"]
    return notes


def test_a_saved_folder_is_compared_with_what_became_of_it(site: Site) -> None:
    (site.production / os.fsdecode(b"caf\xe9")).write_text("x")
    done = save(site, site.url)
    assert (done.code, done.out) == (0, "")
    assert done.err == f"driftaudit: saved 7 entries of {site.url} in ../saved.driftaudit\n"
    same = compare(site, "../saved.driftaudit", site.url)
    assert (same.code, json.loads(same.out)["left"]["source"]) == (0, "snapshot")
    assert saved_notes(same)[0].startswith("left: saved 20")
    write(site.production, {"src/app.txt": "edited\n"})
    assert compare(site, "../saved.driftaudit", site.url).code == 3


def test_every_kind_of_source_is_saved(remote: Site) -> None:
    archive = packed(remote.production, remote.folder / "a.tar.gz")
    for source in (remote.url, str(archive), "HEAD", "worktree:"):
        assert save(remote, source, "--quiet").err == ""
        assert compare(remote, "../saved.driftaudit", remote.url).code == 0
        assert compare(remote, "../saved.driftaudit", "HEAD").code == 0


def test_a_saved_commit_equals_a_checkout_with_empty_folders_and_converted_line_ends(site: Site) -> None:
    commit(site.repository, {".gitattributes": "*.bat text eol=crlf\n", "run.bat": "echo\n"})
    git(site.repository, "rm", "--cached", "--quiet", "run.bat")
    git(site.repository, "reset", "--hard", "--quiet")
    (site.repository / "empty").mkdir()
    save(site, "HEAD")
    assert compare(site, "../saved.driftaudit", ".").code == 0


def test_a_mapping_moves_what_is_saved(site: Site) -> None:
    archive = packed(site.production, site.folder / "a.tar")
    for source in ("HEAD", site.url, str(archive)):
        assert save(site, source, "--map", "src:.").code == 0
        assert compare(site, "../saved.driftaudit", str(site.production / "src")).code == 0


def test_a_target_by_its_name_with_its_labels(site: Site) -> None:
    site.configure(
        f"version: 1\ntargets:\n  live: {{url: {site.url}}}\nlabels:\n  secret: [keys/, token.txt]\n"
    )
    write(site.production, {".env": "PASSWORD=1\n", "keys/a": "key\n", "token.txt": "t\n", "plain": "p\n"})
    (site.production / "keys" / "link").symlink_to("/run/secret-target")
    assert save(site, "live").code == 0
    write(site.repository, {"x": "same content as the secret\n"})
    found = compare(site, "../saved.driftaudit", site.url)
    document = json.loads(found.out)
    assert (found.code, document["outcome"]) == (4, "incomplete")
    assert {change["path"]: change["state"] for change in document["changes"]} == {
        ".env": "untold",
        "keys/a": "untold",
        "keys/link": "untold",
        "token.txt": "untold",
    }
    assert any("4 secrets are in it without their content" in note for note in document["notes"])


def test_no_digest_of_a_secret_is_in_the_file(site: Site) -> None:
    write(site.production, {".env": "PASSWORD=1\r\n"})
    save(site, site.url)
    packed_lines = (site.folder / "saved.driftaudit").read_bytes().split(b"\n", 2)[2]
    rows = [json.loads(line) for line in zlib.decompress(packed_lines, 31).splitlines()[1:]]
    (secret,) = [row for row in rows if row[:2] == ["entry", ".env"]]
    assert secret[5:8] == [None, None, None]
    (plain,) = [row for row in rows if row[:2] == ["entry", "readme.txt"]]
    assert plain[5] == git(site.repository, "rev-parse", "HEAD:readme.txt")


def test_an_incomplete_snapshot_stays_incomplete(strict: Site) -> None:
    (strict.production / "src" / "app.txt").chmod(0)
    done = save(strict, strict.url)
    assert done.code == 4
    assert done.err.splitlines()[:2] == [
        "driftaudit: incomplete: 1 problem; they are saved with it",
        "  unreadable src/app.txt",
    ]
    found = compare(strict, "../saved.driftaudit", "HEAD")
    assert (found.code, json.loads(found.out)["left"]["complete"]) == (4, False)


def test_check_takes_a_snapshot_as_desired_and_as_the_target(site: Site) -> None:
    save(site, "HEAD")
    write(site.production, {"src/only": "nowhere else\n"})
    desired = site.check("--desired", str(site.folder / "saved.driftaudit"))
    assert (desired.code, desired.report["desired"]["source"]) == (3, "snapshot")
    assert desired.blocking() == {"src/only": "core/only-copy"}
    save(site, site.url)
    words = ["check", "../saved.driftaudit", "--deploy", "replace:src", "--format", "json"]
    target = driftaudit(site.repository, *words)
    assert (target.code, target.blocking()) == (3, {"src/only": "core/only-copy"})
    told = driftaudit(site.repository, *words[:-2])
    assert f"UTC from {site.url}, by driftaudit" in " ".join(told.out.split())


def test_a_snapshot_is_written_whole_or_not_at_all(site: Site) -> None:
    save(site, site.url)
    file = site.folder / "saved.driftaudit"
    before = file.read_bytes()
    refusal(save(site, str(site.folder / "absent")), 5)
    assert file.read_bytes() == before
    path = tar(site.folder / "cut.tar", member("a", b"x"), end=b"")
    refusal(save(site, str(path)), 5)
    assert file.read_bytes() == before
    assert sorted(each.name for each in site.folder.iterdir()) == [
        "cut.tar",
        "production",
        "repository",
        "saved.driftaudit",
    ]


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("absent/x", "there is no folder absent for the snapshot x"),
        (".", "is a folder, not a file"),
        ("/dev/null", "/dev/null is no file"),
    ],
)
def test_a_place_that_cannot_be_written_is_told_before_anything_is_read(
    site: Site, output: str, message: str
) -> None:
    told = driftaudit(site.repository, "snapshot", "ssh://nowhere.invalid/x", "-o", output)
    assert message in refusal(told, 2)
    assert Path("/dev/null").is_char_device()


def test_a_damaged_snapshot_says_what_to_do(site: Site) -> None:
    save(site, site.url)
    file = site.folder / "saved.driftaudit"
    file.write_bytes(file.read_bytes()[:-3])
    told = driftaudit(site.repository, "compare", "../saved.driftaudit", site.url)
    assert "the saved snapshot is damaged or cut off" in refusal(told, 5)
    assert "save it anew" in told.err
