"""Files that Git LFS keeps: the content is what is desired, the pointer is what the commit has."""

import hashlib
from pathlib import Path

import pytest

from driftaudit.plumbing.lfs import LfsStore, Pointer, parse_pointer
from driftaudit.repo import Repository
from driftaudit.sources.git import GitSource
from tests.support.cli import Outcome, check, driftaudit
from tests.support.git import commit, git, write
from tests.support.lfs import TRACKED, lfs_repository, pointer, stored

OLD, NEW = b"old content\n", b"new \x00 content, longer\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    repository = lfs_repository(tmp_path / "repo")
    commit(repository, {"img/a.bin": OLD, "text": "text\n"})
    commit(repository, {"img/a.bin": NEW})
    write(tmp_path / "live", {".gitattributes": TRACKED, "text": "text\n"})
    return tmp_path


def audit(folder: Path, content: bytes, *words: str) -> Outcome:
    write(folder / "live", {"img/a.bin": content})
    return check(folder / "repo", "../live", "--deploy", "replace", *words)


def test_the_content_that_a_pointer_stands_for_is_no_difference(folder: Path) -> None:
    for _again in range(2):  # the second run remembers
        found = audit(folder, NEW)
        assert (found.code, found.report["findings"], found.report["problems"]) == (0, [], [])


def test_only_its_mode_may_still_differ(folder: Path) -> None:
    audit(folder, NEW)
    (folder / "live" / "img" / "a.bin").chmod(0o755)
    assert check(folder / "repo", "../live").finding("img/a.bin")["aspects"] == ["mode"]


def test_a_live_pointer_is_a_finding_that_says_why(folder: Path) -> None:
    found = audit(folder, pointer(folder / "repo", "HEAD:img/a.bin"))
    assert (found.code, found.origins()) == (0, {"img/a.bin": "variant"})
    finding = found.finding("img/a.bin")
    assert (finding["severity"], finding["rule"]) == ("warn", "core/lfs-pointer")
    assert finding["aspects"] == ["lfs-pointer"]
    text = driftaudit(folder / "repo", "check", "../live", "--deploy", "replace").out
    assert "is an LFS pointer" in text


def test_the_pointer_of_an_older_version_is_one_too(folder: Path) -> None:
    found = audit(folder, pointer(folder / "repo", "HEAD~1:img/a.bin"))
    assert (found.code, found.origins()) == (0, {"img/a.bin": "stale"})
    assert found.finding("img/a.bin")["rule"] == "core/lfs-pointer"


def test_a_pointer_that_nobody_committed_is_an_edit(folder: Path) -> None:
    text = pointer(folder / "repo", "HEAD:img/a.bin").replace(b"size ", b"size 1")
    assert audit(folder, text).blocking() == {"img/a.bin": "core/only-copy"}


def test_an_edit_is_an_edit(folder: Path) -> None:
    for edited in (b"edited", NEW.replace(b"new", b"New")):
        found = audit(folder, edited)
        assert (found.code, found.blocking()) == (3, {"img/a.bin": "core/only-copy"})


def test_an_older_version_is_stale_and_can_be_had_back_from_the_store(folder: Path) -> None:
    found = audit(folder, OLD)
    assert (found.code, found.origins()) == (0, {"img/a.bin": "stale"})
    assert found.finding("img/a.bin")["copies"] == [
        {"kind": "lfs-object", "where": "img/a.bin", "safe": True}
    ]


def test_a_version_of_another_branch_is_ahead(folder: Path) -> None:
    git(folder / "repo", "switch", "--quiet", "-c", "side")
    commit(folder / "repo", {"img/a.bin": b"of the side\n"})
    git(folder / "repo", "switch", "--quiet", "main")
    assert audit(folder, b"of the side\n").origins() == {"img/a.bin": "ahead"}


def test_a_dropped_file_is_a_leftover_and_a_renamed_one_moved(folder: Path) -> None:
    commit(folder / "repo", {"img/a.bin": None, "img/b.bin": OLD})
    found = audit(folder, NEW)
    assert found.origins() == {"img/a.bin": "leftover", "img/b.bin": "missing"}
    write(folder / "live", {"img/a.bin": None, "c.bin": OLD})
    found = check(folder / "repo", "../live", "--deploy", "replace")
    assert (found.origins()["c.bin"], found.finding("c.bin")["moved_to"]) == ("moved", "img/b.bin")


@pytest.mark.parametrize("spoil", ["remove", "edit"])
def test_without_its_object_nobody_can_tell(folder: Path, spoil: str) -> None:
    spoiled(stored(folder / "repo", "HEAD:img/a.bin"), spoil)
    found = audit(folder, NEW)
    assert (found.code, found.report["verdict"]) == (4, "incomplete")
    assert [(p["path"], p["kind"]) for p in found.report["problems"]] == [("img/a.bin", "lfs-object-missing")]
    finding = found.finding("img/a.bin")
    assert (finding["rule"], finding["aspects"]) == ("core/lfs-unverified", ["lfs-unverified"])
    text = driftaudit(folder / "repo", "check", "../live", "--deploy", "replace").out
    assert "git lfs fetch" in text


def spoiled(file: Path, how: str) -> None:
    file.chmod(0o644)
    if how == "remove":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes().swapcase())


@pytest.mark.parametrize("spoil", ["remove", "edit"])
def test_what_may_be_an_older_version_is_not_called_an_edit(folder: Path, spoil: str) -> None:
    spoiled(stored(folder / "repo", "HEAD~1:img/a.bin"), spoil)
    found = audit(folder, OLD)
    assert (found.code, found.finding("img/a.bin")["rule"]) == (4, "core/lfs-unverified")
    assert audit(folder, b"of another size").code == 3


def test_a_dropped_file_whose_object_is_gone_is_incomplete_where_it_would_be_deleted(folder: Path) -> None:
    commit(folder / "repo", {"img/a.bin": None})
    stored(folder / "repo", "HEAD~1:img/a.bin").unlink()
    assert audit(folder, NEW).code == 4
    assert check(folder / "repo", "../live", "--deploy", "overlay").code == 0


def test_an_object_that_was_spoilt_after_it_was_remembered_saves_nothing(folder: Path) -> None:
    assert audit(folder, OLD).code == 0
    spoiled(stored(folder / "repo", "HEAD~1:img/a.bin"), "edit")
    assert audit(folder, OLD).code == 4


def test_a_pointer_without_the_attribute_is_a_file_like_any_other(folder: Path) -> None:
    text = pointer(folder / "repo", "HEAD:img/a.bin")
    commit(folder / "repo", {".gitattributes": "", "img/a.bin": text})
    write(folder / "live", {".gitattributes": ""})
    assert audit(folder, text).report["findings"] == []
    assert audit(folder, NEW).code == 3


def test_a_mapping_and_another_place_of_the_store(folder: Path) -> None:
    store = folder / "repo" / ".git" / "lfs"
    store.rename(folder / "kept")
    git(folder / "repo", "config", "lfs.storage", str(folder / "kept"))
    write(folder / "live", {"public/a.bin": NEW})
    (folder / "live" / "text").unlink()
    found = check(folder / "repo", "../live", "--map", "img:public", "--deploy", "replace:public")
    assert "public/a.bin" not in found.origins()
    assert found.code == 0


def test_a_store_inside_what_the_deploy_deletes_is_no_copy(folder: Path) -> None:
    (folder / "repo" / ".git" / "lfs").rename(folder / "live" / "kept")
    git(folder / "repo", "config", "lfs.storage", str(folder / "live" / "kept"))
    found = audit(folder, OLD)
    assert found.code == 2
    assert "kept/objects is what the deploy is judged by" in found.err


def test_folders_above_a_pointer_are_not_compared_by_their_trees(folder: Path) -> None:
    commit(folder / "repo", {"lib/x": "x\n"})
    source = GitSource(Repository.containing(folder / "repo"), "HEAD")
    assert source.folder_trees().keys() == {"lib"}


def test_two_trees_are_compared_by_what_check_out_brings(folder: Path) -> None:
    write(folder / "live", {"img/a.bin": NEW})
    compared = ["compare", "HEAD", "../live"]
    assert driftaudit(folder / "repo", *compared).code == 0
    assert driftaudit(folder / "repo", "compare", "../live", "HEAD").code == 0
    write(folder / "live", {"img/a.bin": pointer(folder / "repo", "HEAD:img/a.bin")})
    assert driftaudit(folder / "repo", *compared).code == 0
    write(folder / "live", {"img/a.bin": OLD})
    assert driftaudit(folder / "repo", *compared).code == 3
    write(folder / "live", {"img/a.bin": NEW})
    stored(folder / "repo", "HEAD:img/a.bin").unlink()
    assert driftaudit(folder / "repo", *compared).code == 4


def test_a_store_believes_no_name(tmp_path: Path) -> None:
    right = Pointer(hashlib.sha256(b"x").hexdigest(), 1)
    store = LfsStore(tmp_path)
    assert store.blob_id(right, "sha1") is None
    place = tmp_path / right.oid[:2] / right.oid[2:4] / right.oid
    write(tmp_path, {str(place.relative_to(tmp_path)): b"x"})
    assert store.blob_id(right, "sha1") == hashlib.sha1(b"blob 1\0x").hexdigest()
    assert list(store.of_sizes({1, 2})) == [right]
    assert list(store.of_sizes({2})) == []
    assert store.blob_id(Pointer(right.oid, 2), "sha1") is None
    place.write_bytes(b"y")
    assert store.blob_id(right, "sha1") is None


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"version https://git-lfs.github.com/spec/v1\n",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 63 + b"\nsize 1\n",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize -1\n",
        b"version https://git-lfs.github.com/spec/v1\next-0-x sha256:%b\noid sha256:%b\nsize 1\n"
        % (b"0" * 64, b"0" * 64),
        b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 1\nmore 1\n",
    ],
)
def test_what_is_no_pointer(text: bytes) -> None:
    assert parse_pointer(text) is None


def test_a_pointer_is_written_as_it_was_read(folder: Path) -> None:
    text = pointer(folder / "repo", "HEAD:img/a.bin")
    found = parse_pointer(text)
    assert found
    assert (found.text, found.size) == (text, len(NEW))
