"""driftaudit backup: what backups have of a deployed tree, and what is the matter with those of no use."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.archives import member, packed, tar
from tests.support.backups import tarred
from tests.support.cli import Outcome, driftaudit
from tests.support.git import write
from tests.support.kept import untouched
from tests.support.programs import program
from tests.support.schemas import conform
from tests.support.site import FILES, Site, refusal
from tests.support.sshd import SSHServer


def backup(site: Site, *archives: str | Path, words: tuple[str, ...] = ()) -> Outcome:
    return driftaudit(site.repository, "backup", site.url, *map(str, archives), *words)


def document(outcome: Outcome) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(outcome.out)
    conform(value, "backup")
    assert value["exit_code"] == outcome.code
    return value


def best(outcome: Outcome) -> dict[str, tuple[str, str | None]]:
    """Return by path what is the best, and the name of the newest backup that has it."""
    return {
        row["path"]: (row["best"], row["newest"] and Path(row["newest"]).name)
        for row in document(outcome)["entries"]
    }


AS_JSON = ("--format", "json")


@pytest.fixture
def archives(site: Site) -> Path:
    folder = site.folder / "backups"
    folder.mkdir()
    return folder


def test_a_backup_of_all_covers_all(site: Site, archives: Path) -> None:
    archive = tarred(archives / "site-20251030-181050.tar.gz", site.folder, "production")
    outcome = backup(site, archive)
    assert outcome.code == 0
    assert "production/ in it is the root" in outcome.out
    assert "made 2025-10-30 18:10:50 UTC" in outcome.out
    assert "by its name" in outcome.out
    assert outcome.out.splitlines()[-1].startswith("1 backup has of the 4 deployed files")


def test_several_cover_more_than_one_and_the_newest_of_each_is_named(site: Site, archives: Path) -> None:
    tarred(archives / "site-2025-10-01.tar.gz", site.production, "readme.txt", "src")
    write(site.production, {"src/app.txt": "edited\n", "new.txt": "new\n"})
    tarred(archives / "site-2025-10-02.tgz", site.production, "src/app.txt")
    packed(site.production, archives / "site-2025-09-01.zip")
    write(site.production, {"src/lib/one.txt": "edited since\n", "last.txt": "last\n"})
    outcome = backup(site, archives / "site-*", words=AS_JSON)
    assert outcome.code == 3
    assert best(outcome) == {
        "last.txt": ("absent", None),
        "new.txt": ("same", "site-2025-09-01.zip"),
        "readme.txt": ("same", "site-2025-10-01.tar.gz"),
        "src/app.txt": ("same", "site-2025-10-02.tgz"),
        "src/lib/one.txt": ("older", "site-2025-10-01.tar.gz"),
        "src/lib/two.txt": ("same", "site-2025-10-01.tar.gz"),
    }
    report = document(outcome)
    assert [Path(each["name"]).name for each in report["backups"]] == [
        "site-2025-10-02.tgz",
        "site-2025-10-01.tar.gz",
        "site-2025-09-01.zip",
    ]
    assert report["union"] == {"same": 4, "older": 1, "unread": 0, "absent": 1}
    text = backup(site, archives / "site-*").out
    assert "In no backup  1 file\n  last.txt" in text
    assert "Only in another version  1 file\n  src/lib/one.txt" in text


def test_a_folder_packed_by_itself_is_found_to_be_that_folder(site: Site, archives: Path) -> None:
    archive = tarred(archives / "src.tar.gz", site.production / "src")
    outcome = backup(site, archive, words=AS_JSON)
    (found,) = document(outcome)["backups"]
    assert (found["strip"], found["under"], found["counts"]["same"]) == ("", "src", 3)
    assert found["dated_by"] == "file-time"
    deep = tarred(archives / "deep.tar.gz", Path("/"), *(str(site.production).lstrip("/"),))
    (found,) = document(backup(site, deep, words=AS_JSON))["backups"]
    assert (found["strip"], found["under"]) == (str(site.production).lstrip("/"), "")


def test_what_is_of_no_use_is_named_with_what_is_the_matter(site: Site, archives: Path) -> None:
    good = tarred(archives / "good.tar.gz", site.production)
    (archives / "cut.tar.gz").write_bytes(good.read_bytes()[:-40])
    flipped = bytearray(good.read_bytes())
    flipped[len(flipped) // 2] ^= 0xFF
    (archives / "flipped.tar.gz").write_bytes(flipped)
    (archives / "empty.tar.gz").touch()
    (archives / "text.tar.gz").write_text("no archive\n")
    hollow = archives / "hollow"
    (hollow / "folder").mkdir(parents=True)
    tarred(archives / "hollow.tar.gz", hollow)
    write(archives / "other", {"main.py": "print()\n", "lib/x.py": "x = 1\n"})
    tarred(archives / "other.tar.gz", archives / "other")
    (archives / "dangling.tar.gz").symlink_to("nowhere")
    absolute = [member(f"/{name}", b"x") for name in ("readme.txt", "src/app.txt")]
    tar(archives / "absolute.tar", *absolute)
    outcome = backup(site, archives / "*.tar*", archives / "not-there-*.zip", words=AS_JSON)
    faults = {Path(each["name"]).name: each["fault"] for each in document(outcome)["backups"]}
    assert faults.pop("absolute.tar").startswith("nothing in it can be read: ")
    assert faults.pop("good.tar.gz") is None
    assert faults.pop("flipped.tar.gz")
    assert faults == {
        "cut.tar.gz": "it is cut off",
        "dangling.tar.gz": "No such file or directory",
        "empty.tar.gz": "the file is empty",
        "hollow.tar.gz": "it holds no file",
        "not-there-*.zip": "nothing has such a name",
        "other.tar.gz": "it is a backup of another tree: nothing in it is as it is here",
        "text.tar.gz": "this is no tar.gz archive",
    }
    assert outcome.code == 4, "all is covered, but not all could be read"
    assert "cut.tar.gz" in backup(site, archives / "*.tar.gz", words=("--quiet",)).out


def test_what_only_an_encrypted_member_holds_is_not_called_covered(site: Site, archives: Path) -> None:
    words = [program("zip"), "-q", "-r", str(archives / "site.zip")]
    subprocess.run([*words, ".", "-x", "readme.txt"], cwd=site.production, check=True)
    subprocess.run([*words, "-P", "word", "readme.txt"], cwd=site.production, check=True)
    outcome = backup(site, archives / "site.zip")
    assert outcome.code == 4
    assert "There, and read in no backup  1 file\n  readme.txt" in outcome.out


def test_backups_lie_on_the_host_too(remote: Site, sshd: SSHServer, archives: Path) -> None:
    tarred(archives / "a b-2025-10-30.tar.gz", remote.production)
    shutil.copy(archives / "a b-2025-10-30.tar.gz", sshd.home / "in-home.tar.gz")
    remote.configure(
        f"version: 1\ntargets:\n  live:\n    url: {remote.url}\n"
        f"    backups: ['{archives}/a*.tar.gz', '~/in-*.tar.gz', 'in-home.tar.gz']\n"
    )
    outcome = driftaudit(remote.repository, "backup", "live", *AS_JSON)
    names = [each["name"] for each in document(outcome)["backups"]]
    assert len(names) == 2, names
    assert all(name.startswith(f"ssh://{sshd.user}@127.0.0.1:{sshd.port}/") for name in names)
    assert names[0].endswith("/backups/a%20b-2025-10-30.tar.gz") or names[1].endswith(
        "a%20b-2025-10-30.tar.gz"
    )
    assert outcome.code == 0
    here = driftaudit(remote.repository, "backup", "live", f"host:{archives}/*.gz", *AS_JSON)
    assert len(document(here)["backups"]) == 2
    again = driftaudit(remote.repository, "compare", next(n for n in names if "a%20b" in n), remote.url)
    assert again.code == 0, "the name that is told is one that other commands take"


def test_a_saved_snapshot_proves_but_gives_nothing(site: Site) -> None:
    driftaudit(site.repository, "snapshot", site.url, "-o", "../before.driftaudit")
    outcome = backup(site, "../before.driftaudit", words=AS_JSON)
    report = document(outcome)
    assert (outcome.code, report["union"]["absent"]) == (3, 4)
    assert (report["backups"][0]["has_contents"], report["backups"][0]["dated_by"]) == (False, "saved")
    assert report["backups"][0]["counts"]["same"] == 4


def test_the_target_itself_is_no_backup_of_it(site: Site) -> None:
    outcome = backup(site, site.folder, words=AS_JSON)
    assert document(outcome)["backups"][0]["fault"] == "it holds the target itself, and is no backup of it"
    assert outcome.code == 3


def test_generated_files_do_not_count_and_runtime_files_are_not_compared(site: Site, archives: Path) -> None:
    write(site.production, {"node_modules/x/index.js": "x", "logs/a.log": "line\n"})
    archive = tarred(archives / "a.tar.gz", site.production)
    report = document(backup(site, archive, words=AS_JSON))
    assert (report["union"], report["generated"]) == ({"same": 4, "older": 0, "unread": 1, "absent": 0}, 1)


def test_nothing_is_written_and_names_are_shown_harmless(site: Site, archives: Path) -> None:
    hostile = "x\x1b[31m\n$(id).txt"
    write(site.production, {hostile: "x"})
    site.production.chmod(0o555)
    archive = tarred(archives / "na\x1bme.tar.gz", site.production, "readme.txt")
    before = untouched(site.repository)
    outcome = backup(site, archive)
    site.production.chmod(0o755)
    assert untouched(site.repository) == before
    assert "\x1b" not in outcome.out
    assert "x\\x1b[31m\\n$(id).txt" in outcome.out


def test_a_backup_must_be_named(site: Site) -> None:
    assert "no backup of" in refusal(backup(site), 2)
    assert "names no backup" in refusal(backup(site, "local:"), 2)


def test_every_file_of_the_site_is_told(site: Site, archives: Path) -> None:
    archive = tarred(archives / "a.tar.gz", site.production)
    assert set(best(backup(site, archive, words=AS_JSON))) == set(FILES)
