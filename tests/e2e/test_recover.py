"""driftaudit recover where things are not as one wishes."""

import json
import os
import shutil
from typing import Any

import pytest

from tests.support.backups import gnu_tar, state, tarred, unpack
from tests.support.cli import Outcome, driftaudit
from tests.support.git import git, new_repository, write
from tests.support.kept import untouched
from tests.support.schemas import conform
from tests.support.site import Site, refusal
from tests.support.sshd import SSHServer

HAND_MADE = "src/hand-made.txt"


@pytest.fixture
def loss(site: Site) -> Site:
    """A site with a file of its own, its snapshot, its backup, and nothing lost yet."""
    write(site.production, {HAND_MADE: "hand made\n"})
    saved = driftaudit(site.repository, "snapshot", site.url, "-o", "../was.driftaudit")
    assert saved.code == 0
    tarred(site.folder / "site-20251030.tar.gz", site.production)
    return site


def recover(site: Site, *words: str, with_backup: bool = True, powerless: bool = False) -> Outcome:
    backups = ["../site-20251030.tar.gz"] if with_backup else []
    words = (site.url, *backups, "--snapshot", "../was.driftaudit", *words)
    return driftaudit(site.repository, "recover", *words, powerless=powerless)


def document(outcome: Outcome) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(outcome.out)
    conform(value, "recovery")
    assert value["exit_code"] == outcome.code
    return value


def states(outcome: Outcome) -> dict[str, str]:
    return {hole["path"]: hole["state"] for hole in document(outcome)["holes"]}


AS_JSON = ("--format", "json")


def test_nothing_lost_is_nothing_to_do(loss: Site) -> None:
    outcome = recover(loss, "-o", "../out.tar.gz")
    assert (outcome.code, outcome.out.splitlines()[-1]) == (0, "WHOLE  All 5 files are as they were.")
    assert not (loss.folder / "out.tar.gz").exists()


def test_a_root_that_is_gone_comes_back_whole(loss: Site) -> None:
    wanted = state(loss.production)
    shutil.rmtree(loss.production)
    outcome = recover(loss, "-o", "../out.tar.gz")
    assert outcome.code == 3
    assert f"(mkdir -p {loss.production} && cd {loss.production} && tar" in outcome.out
    loss.production.mkdir()
    unpack(loss.folder / "out.tar.gz", loss.production, gnu_tar())
    assert state(loss.production) == wanted
    assert recover(loss).code == 0


def test_without_a_word_nothing_is_written_and_the_word_is_told(loss: Site) -> None:
    (loss.production / HAND_MADE).unlink()
    before = untouched(loss.repository)
    outcome = recover(loss)
    assert outcome.code == 3
    assert "-o FILE.tar.gz writes 1 file that can be had back." in outcome.out
    assert untouched(loss.repository) == before


def test_git_alone_gives_what_was_committed(loss: Site) -> None:
    for name in (HAND_MADE, "src/app.txt"):
        (loss.production / name).unlink()
    report = document(recover(loss, "-o", "../out.tar.gz", *AS_JSON, with_backup=False))
    assert [row["path"] for row in report["archive"]["paths"]] == ["src/app.txt"]
    (hole,) = [hole for hole in report["holes"] if hole["path"] == "src/app.txt"]
    assert [source["kind"] for source in hole["sources"]] == ["commit"]


def test_what_lies_on_a_branch_or_in_a_rescue_is_found(loss: Site) -> None:
    assert driftaudit(loss.repository, "rescue", loss.url).code == 0
    git(loss.repository, "switch", "--quiet", "--create", "elsewhere")
    write(loss.repository, {"x.txt": "of a branch\n"})
    git(loss.repository, "add", "--all")
    git(loss.repository, "commit", "--quiet", "--message", "x")
    git(loss.repository, "switch", "--quiet", "main")
    write(loss.production, {"x.txt": "of a branch\n"})
    driftaudit(loss.repository, "snapshot", loss.url, "-o", "../was.driftaudit")
    for name in (HAND_MADE, "x.txt"):
        (loss.production / name).unlink()
    report = document(recover(loss, "-o", "../out.tar.gz", *AS_JSON, with_backup=False))
    assert [row["path"] for row in report["archive"]["paths"]] == [HAND_MADE, "x.txt"]
    assert [hole["sources"][0]["kind"] for hole in report["holes"]] == ["rescue", "commit"]


def test_an_older_version_fills_a_hole_only_if_that_is_wished(loss: Site) -> None:
    write(loss.production, {HAND_MADE: "edited since\n"})
    driftaudit(loss.repository, "snapshot", loss.url, "-o", "../was.driftaudit")
    (loss.production / HAND_MADE).unlink()
    assert document(recover(loss, "-o", "../out.tar.gz", *AS_JSON))["archive"] is None
    outcome = recover(loss, "-o", "../out.tar.gz", "--fill-older")
    assert f"Older than they were: {HAND_MADE}" in outcome.out
    unpack(loss.folder / "out.tar.gz", loss.production, gnu_tar())
    assert (loss.production / HAND_MADE).read_text() == "hand made\n"
    assert states(recover(loss, *AS_JSON)) == {HAND_MADE: "older"}


def test_what_exists_only_live_is_not_overwritten(loss: Site) -> None:
    write(loss.production, {HAND_MADE: "edited since, and nowhere else\n"})
    outcome = recover(loss, "-o", "../out.tar.gz", "--older")
    assert "what is live now exists nowhere else" in outcome.out
    assert not (loss.folder / "out.tar.gz").exists()
    assert driftaudit(loss.repository, "rescue", loss.url).code == 0
    outcome = recover(loss, "-o", "../out.tar.gz", "--older")
    assert "It replaces the other version that is there of 1 file." in outcome.out
    unpack(loss.folder / "out.tar.gz", loss.production, gnu_tar(), replaces=True)
    assert recover(loss).code == 0


def test_nothing_goes_through_a_link_that_stands_where_a_folder_was(loss: Site) -> None:
    shutil.move(loss.production / "src", loss.folder / "elsewhere")
    (loss.production / "src").symlink_to(loss.folder / "elsewhere")
    outcome = recover(loss, "-o", "../out.tar.gz")
    assert outcome.code == 3
    assert "in the way: src" in outcome.out
    assert "In no archive, for something stands in the way: " in outcome.out
    assert "-o FILE.tar.gz writes" not in outcome.out
    assert not (loss.folder / "out.tar.gz").exists()


def test_what_cannot_be_seen_is_not_lost_and_not_whole(loss: Site) -> None:
    (loss.production / "src").chmod(0)
    outcome = recover(loss, *AS_JSON, powerless=True)
    (loss.production / "src").chmod(0o755)
    assert outcome.code == 4
    assert set(states(outcome).values()) == {"unknown"}


def test_a_snapshot_that_was_not_whole_leaves_it_open(loss: Site) -> None:
    (loss.production / "src" / "lib").chmod(0)
    driftaudit(loss.repository, "snapshot", loss.url, "-o", "../was.driftaudit", powerless=True)
    (loss.production / "src" / "lib").chmod(0o755)
    outcome = recover(loss)
    assert (outcome.code, outcome.out.splitlines()[-1].split()[0]) == (4, "INCOMPLETE")


def test_a_damaged_backup_gives_nothing_and_another_source_does(loss: Site) -> None:
    archive = loss.folder / "site-20251030.tar.gz"
    shutil.copy(archive, loss.folder / "whole-20250101.tar.gz")
    archive.write_bytes(archive.read_bytes()[:-60])
    (loss.production / HAND_MADE).unlink()
    report = document(recover(loss, "../whole-*.tar.gz", "-o", "../out.tar.gz", *AS_JSON))
    assert [bool(each["fault"]) for each in report["backups"]] == [False, True]
    assert [row["path"] for row in report["archive"]["paths"]] == [HAND_MADE]


def test_a_pipe_that_is_gone_is_no_loss(loss: Site) -> None:
    os.mkfifo(loss.production / "s")
    driftaudit(loss.repository, "snapshot", loss.url, "-o", "../was.driftaudit")
    (loss.production / "s").unlink()
    assert recover(loss).code == 0


def test_bad_words_are_refused_before_anything_is_read(loss: Site) -> None:
    assert "no name of a tar.gz archive" in refusal(recover(loss, "-o", "../out.zip"), 2)
    inside = str(loss.production / "out.tar.gz")
    assert "lies in the target itself" in refusal(recover(loss, "-o", inside), 2)
    assert "there is no folder" in refusal(recover(loss, "-o", "../gone/out.tar.gz"), 2)
    snapshot = loss.folder / "was.driftaudit"
    snapshot.write_bytes(snapshot.read_bytes()[:-20])
    assert "damaged" in refusal(recover(loss), 5)


def test_where_nothing_says_what_was_there_it_is_refused(site: Site) -> None:
    empty = new_repository(site.folder / "empty")
    outcome = driftaudit(empty, "recover", site.url)
    assert "nothing says what the tree was" in refusal(outcome, 2)


def test_a_tree_that_nobody_saw_whole_is_not_called_whole(site: Site) -> None:
    outcome = driftaudit(site.repository, "recover", site.url)
    assert outcome.code == 4
    assert "There is no snapshot" in outcome.out


def test_backups_on_the_host_give_over_the_connection(loss: Site, sshd: SSHServer) -> None:
    loss.url = sshd.url(loss.production)
    wanted = state(loss.production)
    shutil.rmtree(loss.production / "src")
    place = f"host:{loss.folder}/site-*.tar.gz"
    words = ("recover", loss.url, place, "--snapshot", "../was.driftaudit", "-o", "../out.tar.gz")
    outcome = driftaudit(loss.repository, *words)
    assert outcome.code == 3
    assert f"ssh -p {sshd.port} {sshd.user}@127.0.0.1 'cd {loss.production} && tar" in outcome.out
    unpack(loss.folder / "out.tar.gz", loss.production, gnu_tar())
    assert state(loss.production) == wanted


def test_names_are_shown_harmless(loss: Site) -> None:
    hostile = "src/x\x1b[31m\n$(id).txt"
    write(loss.production, {hostile: "x"})
    driftaudit(loss.repository, "snapshot", loss.url, "-o", "../was.driftaudit")
    tarred(loss.folder / "site-20251101.tar.gz", loss.production)
    (loss.production / hostile).unlink()
    outcome = recover(loss, "../site-20251101.tar.gz", "-o", "../out.tar.gz")
    assert "\x1b" not in outcome.out
    assert "src/x\\x1b[31m\\n$(id).txt  from backup" in outcome.out
    unpack(loss.folder / "out.tar.gz", loss.production, gnu_tar())
    assert recover(loss).code == 0
