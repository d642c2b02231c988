"""The archive that is written, as the programs of others read it."""

import io
import subprocess
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from driftaudit.model.entry import Entry
from driftaudit.recovery.archive import Member, write_archive
from driftaudit.sources.archive import ArchiveSource
from driftaudit.sources.base import ScanRequest
from tests.support.backups import bsd_tar, busybox_tar, gnu_tar, unpack
from tests.unit.backups.samples import SECOND, file, folder, link

NAMES = ["a", "-rf", "é", "n\nl", "\udc80\udcff", "x" * 99, "y" * 100, "d/" * 60 + "z" * 200, "$(id)", "a b"]


def written(tmp_path: Path, *entries: Entry) -> Path:
    members = []
    for number, entry in enumerate(entries):
        content = tmp_path / f"{number}.content"
        content.write_text("x")
        members.append(Member(entry, None if entry.link_target or not entry.digest else content))
    archive = tmp_path / "a.tar.gz"
    with archive.open("wb") as stream:
        write_archive(stream, members, 77)
    return archive


@pytest.mark.parametrize("name", NAMES)
def test_any_name_and_time_comes_back(name: str, tmp_path: Path) -> None:
    entry = replace(file(name), modified_ns=1_234_567_890 * SECOND + 123_456_789)
    archive = written(tmp_path, entry)
    for number, how in enumerate((gnu_tar(), busybox_tar(), bsd_tar())):
        root = tmp_path / f"root-{number}"
        root.mkdir()
        unpack(archive, root, how)
        seen = (root / name).stat()
        assert (root / name).read_text() == "x"
        assert seen.st_mtime_ns // SECOND == 1_234_567_890
        assert seen.st_mtime_ns % SECOND == (0 if number == 1 else 123_456_789), how
    (found,) = [each for each in ArchiveSource(archive).snapshot(ScanRequest()).entries if each.path == name]
    assert found.size == 1


def test_a_time_before_the_epoch_is_a_time(tmp_path: Path) -> None:
    moment = -1_500_000_000  # nanoseconds: a second and a half before
    archive = written(tmp_path, replace(file("a"), modified_ns=moment))
    (tmp_path / "root").mkdir()
    unpack(archive, tmp_path / "root", gnu_tar())
    assert (tmp_path / "root" / "a").stat().st_mtime_ns == moment


def test_folders_stand_before_what_lies_in_them_and_modes_are_kept(tmp_path: Path) -> None:
    archive = written(
        tmp_path,
        replace(file("d/run"), permissions=0o751),
        link("d/l", "../x"),
        replace(folder("d"), permissions=0o700, modified_ns=5 * SECOND),
        replace(file("plain"), permissions=None, modified_ns=None, owner="ubuntu"),
    )
    with tarfile.open(archive) as read:
        rows = [(each.name, oct(each.mode), each.mtime, each.uname) for each in read.getmembers()]
    assert [row[0] for row in rows] == ["d", "d/l", "d/run", "plain"]
    assert rows[0][1:3] == ("0o700", 5)
    assert rows[2][1] == "0o751"
    assert rows[3][1:] == ("0o644", 77, "ubuntu")


def test_the_same_members_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = io.BytesIO(), io.BytesIO()
    for stream, members in ((first, [folder("b"), link("a", "b")]), (second, [link("a", "b"), folder("b")])):
        write_archive(stream, [Member(entry) for entry in members], 5)
    assert first.getvalue() == second.getvalue()


def test_what_is_there_is_not_touched(tmp_path: Path) -> None:
    archive = written(tmp_path, file("a"), file("b"))
    for number, how in enumerate((gnu_tar(), busybox_tar(), bsd_tar())):
        root = tmp_path / f"root-{number}"
        root.mkdir()
        (root / "a").write_text("mine")
        words = [*how.words, "-xzpf", str(archive), how.keep]
        done = subprocess.run(words, cwd=root, capture_output=True)
        assert (root / "a").read_text() == "mine"
        stopped = (False, 1) if number == 1 else (True, 0)
        assert ((root / "b").exists(), done.returncode) == stopped, "BusyBox stops there"
