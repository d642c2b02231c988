"""The folder that only its owner can look into."""

import os
import time
from pathlib import Path

import pytest

from driftaudit.errors import UsageError
from driftaudit.keeping.safe_folder import NameRefusedError, SafeFolder
from driftaudit.model.entry import MODE_FILE, MODE_SYMLINK, Entry, Kind
from driftaudit.repo import blob_id


@pytest.fixture
def folder(tmp_path: Path) -> SafeFolder:
    return SafeFolder.at(tmp_path / "kept", outside=[tmp_path / "repository"])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "fetched"
    path.write_bytes(b"secret\n")
    return path


def entry(path: str, kind: Kind = Kind.FILE, content: bytes = b"secret\n") -> Entry:
    mode = MODE_SYMLINK if kind is Kind.SYMLINK else MODE_FILE
    return Entry(path, kind, mode, len(content), blob_id(content, "sha1"))


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "a//x", "./x", "a/.", "", "x" * 300])
def test_no_path_leads_out_of_it(folder: SafeFolder, file: Path, path: str) -> None:
    with folder.incoming("site") as incoming:
        with pytest.raises(NameRefusedError):
            incoming.take(entry(path), file)
        incoming.take(entry("plain"), file)
        place = incoming.settle("now")
    assert [found.name for found in place.iterdir()] == ["plain"]
    assert folder.held("site", [entry(path)], "sha1") == set()


def test_two_of_one_name_are_one(folder: SafeFolder, file: Path) -> None:
    with folder.incoming("site") as incoming:
        incoming.take(entry("a/b"), file)
        for path in ("a/b", "a", "a/b/c"):
            with pytest.raises(NameRefusedError):
                incoming.take(entry(path), file)


def test_nothing_appears_before_it_is_settled(folder: SafeFolder, file: Path) -> None:
    with pytest.raises(KeyError), folder.incoming("site") as incoming:
        incoming.take(entry("x"), file)
        assert folder.held("site", [entry("x")], "sha1") == set()
        raise KeyError
    assert list((folder.path / "site").iterdir()) == []


def test_what_is_held_is_held_byte_for_byte(folder: SafeFolder, file: Path) -> None:
    with folder.incoming("site") as incoming:
        incoming.take(entry("x"), file)
        incoming.take(entry("link", Kind.SYMLINK), file)
        incoming.settle("now")
    assert folder.held("site", [entry("x"), entry("link")], "sha1") == {"x", "link"}
    assert folder.held("site", [entry("x", content=b"other\n"), entry("y")], "sha1") == set()
    assert folder.held("other", [entry("x")], "sha1") == set()


def test_a_name_is_taken_once(folder: SafeFolder, file: Path) -> None:
    names = []
    for _each in range(3):
        with folder.incoming("site") as incoming:
            incoming.take(entry("x"), file)
            names.append(incoming.settle("now").name)
    assert names == ["now", "now-2", "now-3"]


def test_what_a_killed_run_left_goes_after_a_day(folder: SafeFolder) -> None:
    old, new = (folder.path / "site" / f".incoming-{name}" for name in ("old", "new"))
    for left in (old, new):
        (left / "kept").mkdir(parents=True)
    yesterday = time.time() - 25 * 3600
    os.utime(old, (yesterday, yesterday))
    with folder.incoming("site"):
        assert (old.exists(), new.exists()) == (False, True)


def test_a_disk_that_is_full_is_said(folder: SafeFolder) -> None:
    with pytest.raises(UsageError, match="secrets cannot be kept in"), folder.incoming("site") as incoming:
        incoming.take(entry("x"), folder.path / "nothing")
