"""Contents are had from the first source that gives them, and from the next where one does not."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from driftaudit.backup_reading.places import BackupPlace
from driftaudit.backups.choosing import Wishes
from driftaudit.errors import SourceError
from driftaudit.fingerprint import take_fingerprint
from driftaudit.model.recovery import GiverKind
from driftaudit.policy.labels import Labels
from driftaudit.recovery.composer import Examined, RecoveryRequest, examined_loss
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.snapshot import SnapshotSource
from driftaudit.sources.snapshot_file import Saved, write_snapshot
from tests.support.backups import gnu_tar, state, tarred, unpack
from tests.support.git import write

NEWER, OLDER = "b-20250202.tar.gz", "b-20250101.tar.gz"


@pytest.fixture
def examined(tmp_path: Path) -> Iterator[Examined]:
    """A tree that is gone, of which two backups have all."""
    root = tmp_path / "root"
    write(root, {"a": "a\n", "d/b": "b\n"})
    labels = Labels({})
    with (tmp_path / "was").open("wb") as stream:
        write_snapshot(stream, Saved(take_fingerprint(DirectorySource(root), labels, "sha1"), "sha1"))
    tarred(tmp_path / NEWER, root)
    shutil.copy(tmp_path / NEWER, tmp_path / OLDER)
    shutil.copytree(root, tmp_path / "truth")
    shutil.rmtree(root)
    root.mkdir()
    place = BackupPlace("b", str(tmp_path / "b-*"))
    snapshot = SnapshotSource(tmp_path / "was")
    request = RecoveryRequest("t", DirectorySource(root), labels, (place,), snapshot, wishes=Wishes())
    with examined_loss(request) as found:
        yield found


def recovered(examined: Examined, folder: Path) -> Path:
    archive = folder / "out.tar.gz"
    with archive.open("wb") as stream:
        recovery = examined.write(stream, str(archive))
    assert recovery.failed == ()
    unpack(archive, folder / "root", gnu_tar())
    assert state(folder / "root") == state(folder / "truth")
    return archive


def test_the_newest_backup_is_asked_first(examined: Examined, tmp_path: Path) -> None:
    first = examined.chosen[0].givers[0]
    assert (first.kind, Path(first.where).name) == (GiverKind.BACKUP, NEWER)
    (tmp_path / OLDER).unlink()
    recovered(examined, tmp_path)


@pytest.mark.parametrize("harm", ["gone", "cut", "other"])
def test_where_it_is_no_longer_that_the_next_one_is(harm: str, examined: Examined, tmp_path: Path) -> None:
    newer = tmp_path / NEWER
    if harm == "gone":
        newer.unlink()
    elif harm == "cut":
        newer.write_bytes(newer.read_bytes()[:-30])
    else:
        write(tmp_path / "other", {"a": "c\n", "d/b": "d\n"})
        tarred(newer, tmp_path / "other")
    recovered(examined, tmp_path)


def test_what_nothing_gives_is_named_and_makes_no_archive(examined: Examined, tmp_path: Path) -> None:
    for name in (NEWER, OLDER):
        (tmp_path / name).unlink()
    (tmp_path / "root" / "d").mkdir()
    archive = tmp_path / "out.tar.gz"
    with archive.open("wb") as stream:  # the folder d was lost when it was looked at
        assert [path for path, _why in examined.write(stream, "x").failed] == ["a", "d/b"]


def test_an_archive_of_nothing_is_not_made(examined: Examined, tmp_path: Path) -> None:
    for name in (NEWER, OLDER):
        (tmp_path / name).unlink()
    plan = replace(examined.recovery.plan, folders=())
    without = replace(examined, recovery=replace(examined.recovery, plan=plan))
    with (tmp_path / "out").open("wb") as stream, pytest.raises(SourceError, match="a: "):
        without.write(stream, "x")
