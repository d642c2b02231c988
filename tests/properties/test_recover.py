"""What recover writes, with what is live, is the snapshot: wherever any source has it."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from driftaudit.backup_reading.places import BackupPlace
from driftaudit.backups.choosing import Wishes
from driftaudit.fingerprint import take_fingerprint
from driftaudit.model.backup import Holding
from driftaudit.model.recovery import GiverKind, Hole, Recovery
from driftaudit.policy.labels import Labels
from driftaudit.recovery.composer import RecoveryRequest, examined_loss
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.snapshot import SnapshotSource
from driftaudit.sources.snapshot_file import Saved, write_snapshot
from tests.support.backups import busybox_tar, gnu_tar, state, tarred, unpack

NAMES = st.sampled_from(
    ["a", "b.js", "d/a", "d/e/f", "d/e/g h", "-x", "$(id)", "é", "n\nl", "d'q/x", "z" * 120]
)
FILES = st.tuples(st.sampled_from([b"", b"1", b"2", b"3\r\n", b"long" * 3000]), st.booleans())
LINKS = st.sampled_from(["a", "../up", "d/e", "not there"])
TREES = st.dictionaries(NAMES, st.one_of(FILES, LINKS), max_size=8)
BACKUPS = st.lists(st.tuples(TREES, st.sets(NAMES), st.booleans()), max_size=2)
LABELS = Labels({})

Tree = Mapping[str, tuple[bytes, bool] | str]


def make(root: Path, tree: Tree, seconds: int) -> None:
    """Write a tree; two names of which one would be a folder of the other do not occur."""
    root.mkdir(parents=True)
    for number, (name, content) in enumerate(sorted(tree.items())):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            path.symlink_to(content)
            continue
        path.write_bytes(content[0])
        path.chmod(0o755 if content[1] else 0o640)
        os.utime(path, ns=(0, (seconds + number) * 1_000_000_000 + number))


def mixed(*layers: Tree) -> dict[str, tuple[bytes, bool] | str]:
    return {name: content for layer in layers for name, content in layer.items()}


def saved(root: Path) -> Path:
    """Save what a tree is, as `driftaudit snapshot` does."""
    path = root.with_suffix(".driftaudit")
    with path.open("wb") as stream:
        write_snapshot(stream, Saved(take_fingerprint(DirectorySource(root), LABELS, "sha1"), "sha1"))
    return path


def recover(root: Path, snapshot: Path, backups: list[Path], archive: Path, wishes: Wishes) -> Recovery:
    request = RecoveryRequest(
        target="t",
        deployed=DirectorySource(root),
        labels=LABELS,
        places=tuple(BackupPlace(str(path), str(path)) for path in backups),
        snapshot=SnapshotSource(snapshot),
        wishes=wishes,
    )
    with examined_loss(request) as examined:
        if not examined.has_something_to_write:
            return examined.recovery
        with archive.open("wb") as stream:
            return examined.write(stream, str(archive))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    TREES,
    TREES,
    st.sets(NAMES),
    st.lists(st.tuples(TREES, st.sets(NAMES), st.booleans()), max_size=2),
    st.booleans(),
)
def test_what_is_written_and_what_is_live_are_the_snapshot(
    was: Tree,
    edits: Tree,
    lost: set[str],
    kept: list[tuple[Tree, set[str], bool]],
    older: bool,
) -> None:
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        make(top / "was", was, 1_700_000_000)
        snapshot = top / "was.driftaudit"
        with snapshot.open("wb") as stream:
            write_snapshot(
                stream, Saved(take_fingerprint(DirectorySource(top / "was"), LABELS, "sha1"), "sha1")
            )
        live = {path: content for path, content in mixed(was, edits).items() if path not in lost}
        make(top / "live", live, 1_710_000_000)
        backups = [backup(top, number, was, *each) for number, each in enumerate(kept)]
        before, wanted = state(top / "live"), state(top / "was")
        recovery = recover(top / "live", snapshot, backups, top / "out.tar.gz", Wishes(older=older))
        is_open = {hole.path for hole in recovery.plan.holes}
        for path, entry in wanted.items():
            is_same = before.get(path, ("", 0, 0, b""))[3] == entry[3] and path in before
            assert is_same or entry[0] == "folder" or path in is_open, path
        if recovery.written is None:
            assert not recovery.plan.folders
            assert not any(is_due(hole, older) for hole in recovery.plan.holes)
            return
        shutil.copytree(top / "live", top / "busybox", symlinks=True)
        replaces = bool(recovery.written.replaced)
        unpack(top / "out.tar.gz", top / "live", gnu_tar(), replaces=replaces)
        after = state(top / "live")
        for hole in recovery.plan.holes:
            assert is_due(hole, older) == (hole.path in recovery.written.paths), hole
            if is_due(hole, older):
                assert after[hole.path] == wanted[hole.path], hole
        for path, entry in before.items():
            if path not in recovery.written.replaced:
                assert after[path] == entry
        unpack(top / "out.tar.gz", top / "busybox", busybox_tar(), replaces=replaces)
        assert state(top / "busybox", times=False) == state(top / "live", times=False)
        again = recover(top / "live", snapshot, backups, top / "again.tar.gz", Wishes(older=older))
        assert {hole.path for hole in again.plan.holes} == is_open - set(recovery.written.paths)
        assert not again.plan.folders


def is_due(hole: Hole, older: bool) -> bool:
    """Whether a hole must be filled: some source has it, and nothing that exists only here gives way."""
    is_free = hole.live is None or (older and not hole.unsaved)
    return bool(hole.givers) and hole.in_the_way is None and is_free


def backup(top: Path, number: int, was: Tree, edits: Tree, lost: set[str], is_stripped: bool) -> Path:
    """Pack what the tree may have been before."""
    tree = {path: content for path, content in mixed(was, edits).items() if path not in lost}
    folder = top / f"backup-{number}" / "site"
    make(folder, tree, 1_600_000_000 + number)
    archive = top / f"site-2024010{number + 1}.tar.gz"
    return tarred(archive, folder) if is_stripped else tarred(archive, folder.parent, "site")


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(TREES, TREES)
def test_a_backup_of_a_tree_gives_back_all_of_it(was: Tree, other: Tree) -> None:
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        make(top / "was", was, 1_700_000_000)
        snapshot = top / "was.driftaudit"
        with snapshot.open("wb") as stream:
            write_snapshot(
                stream, Saved(take_fingerprint(DirectorySource(top / "was"), LABELS, "sha1"), "sha1")
            )
        archive = tarred(top / "b.tar.gz", top, "was")
        wanted = state(top / "was")
        shutil.rmtree(top / "was")
        (top / "was").mkdir()
        recovery = recover(top / "was", snapshot, [archive], top / "out.tar.gz", Wishes())
        if was:
            assert {giver.kind for hole in recovery.plan.holes for giver in hole.givers} >= {GiverKind.BACKUP}
            assert all(count[Holding.SAME] == len(recovery.plan.holes) for count in recovery.plan.counts)
            unpack(top / "out.tar.gz", top / "was", gnu_tar())
        assert state(top / "was") == wanted
