"""An overlay upon live links: what `cp` writes through counts as overwritten."""

from pathlib import Path

import pytest

from tests.support.cli import Outcome, check, driftaudit
from tests.support.git import commit, new_repository, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """`conf` was once a link to data.txt, and is a file now."""
    repository = new_repository(tmp_path / "repo")
    (repository / "conf").symlink_to("data.txt")
    commit(repository, {})
    (repository / "conf").unlink()
    commit(repository, {"conf": "file\n", "same": "same\n"})
    (tmp_path / "live").mkdir()
    return tmp_path


def outcome(folder: Path, live: dict[str, str], to: str = "data.txt", *words: str) -> Outcome:
    write(folder / "live", dict(live))
    (folder / "live" / "conf").symlink_to(to)
    repository = folder / "repo"
    if to != "data.txt":  # the link itself is to block nothing
        conf = repository / "conf"
        conf.unlink()
        conf.symlink_to(to)
        commit(repository, {})
        conf.unlink()
        commit(repository, {"conf": "file\n"})
    return check(repository, "../live", *(words or ("--deploy", "overlay")))


def test_the_only_copy_behind_a_link_blocks(folder: Path) -> None:
    found = outcome(folder, {"data.txt": "only copy\n"})
    assert (found.code, found.blocking()) == (3, {"data.txt": "core/only-copy"})
    assert found.finding("data.txt")["action"] == "overwrite"
    assert found.finding("conf")["origin"] == "stale"


def test_it_blocks_outside_of_the_paths_of_the_deploy_too(folder: Path) -> None:
    found = outcome(folder, {"data.txt": "only copy\n"}, "data.txt", "--deploy", "overlay:conf")
    assert found.blocking() == {"data.txt": "core/only-copy"}


def test_the_application_s_own_data_behind_a_link_blocks(folder: Path) -> None:
    found = outcome(folder, {"logs/app.log": "runtime\n"}, "logs/app.log")
    assert found.blocking() == {"logs/app.log": "core/precious"}


def test_a_desired_content_behind_a_link_can_be_had_back(folder: Path) -> None:
    assert outcome(folder, {"same": "same\n"}, "same").code == 0


def test_a_link_to_nothing_destroys_nothing(folder: Path) -> None:
    assert outcome(folder, {"same": "same\n"}).code == 0


def test_what_other_methods_replace_is_not_written_through(folder: Path) -> None:
    found = outcome(folder, {"data.txt": "only copy\n"}, "data.txt", "--deploy", "mirror:conf")
    assert found.code == 2  # a mirror's own path is followed, and refused before
    assert check(folder / "repo", "../live", "--deploy", "replace:conf").code == 0


def test_what_could_not_be_read_behind_a_link_is_incomplete(folder: Path) -> None:
    write(folder / "live", {"locked/data": "only copy\n"})
    (folder / "live" / "locked").chmod(0)
    outcome(folder, {}, "locked/data")
    words = ("check", "../live", "--deploy", "overlay", "--format", "json")
    assert driftaudit(folder / "repo", *words, powerless=True).code == 4


def test_a_link_that_leads_out_of_the_root_is_refused(folder: Path) -> None:
    found = outcome(folder, {}, "../elsewhere")
    assert found.code == 2
    assert "'conf' is a link on the target and a file in the desired tree" in found.err
    assert "Remove the link first, or let the root of the target hold" in found.err


def test_a_repository_that_a_link_leads_into_is_not_written_to(tmp_path: Path) -> None:
    """The live tree is the repository's own folder: its objects are what the deploy is judged by."""
    repository = new_repository(tmp_path / "repo")
    (repository / "conf").symlink_to(".git/config")
    commit(repository, {"a": "1\n"})
    commit(repository, {"conf": None})
    commit(repository, {"conf": "file\n"})
    (repository / "conf").unlink()
    (repository / "conf").symlink_to(".git/config")
    found = check(repository, ".", "--deploy", "overlay")
    assert found.code == 2
    assert "is what the deploy is judged by" in found.err


def test_a_folder_that_is_not_looked_into_counts_as_what_it_is(folder: Path) -> None:
    found = outcome(folder, {"node_modules/x/y": "1\n"}, "node_modules/x/y")
    assert (found.code, found.finding("node_modules")["action"]) == (0, "overwrite")
    assert found.finding("node_modules")["severity"] == "ignore"
