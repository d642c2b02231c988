"""When the state of a folder says too little to be kept."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from driftaudit.cache import Cache
from driftaudit.sources.agent.program import state
from driftaudit.sources.agent.program.state import Memory, StateDigest, file_systems
from driftaudit.sources.base import ScanRequest
from driftaudit.sources.directory import DirectorySource
from tests.support.clock import let_it_tick
from tests.support.programs import program

SECOND = 10**9  # nanoseconds
EXT4, NFS, BTRFS, SUBVOLUME = (os.makedev(8, 1), os.makedev(0, 40), os.makedev(0, 50), os.makedev(0, 51))
MOUNTS = rb"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /mnt/nfs rw shared:2 master:3 - nfs4 host:/x rw,vers=4.2
31 22 0:50 /@ /data rw - btrfs /dev/sdb rw,subvol=/@
32 22 0:60 / /with\040space rw - fuse.sshfs host:/ rw
"""


@contextmanager
def mounted(content: bytes, folder: Path) -> Iterator[None]:
    """Let the program see these mounts."""
    rows = folder / "mountinfo"
    rows.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(state, "open", lambda _path, mode: rows.open(mode), raising=False)
        yield


def memory(tmp_path: Path, device: int, root: str = "/", mounts: bytes = MOUNTS, **words: object) -> Memory:
    asked: dict[str, object] = {"known": {"": b"x"}, "kept_at": None, "tick": 2.0, **words}
    with mounted(mounts, tmp_path):
        return Memory(root=root, device=device, **asked)


def test_kinds_of_file_systems_are_read_from_the_mounts(tmp_path: Path) -> None:
    with mounted(MOUNTS, tmp_path):
        kinds, mounts = file_systems()
    assert (kinds[EXT4], kinds[NFS], kinds[BTRFS]) == ("ext4", "nfs4", "btrfs")
    assert (mounts["/"], mounts["/mnt/nfs"]) == ("ext4", "nfs4")


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"no mounts\n", b"22 1 x:y / / rw - ext4 a rw\n", b"\xff\xfe\n"]
)
def test_mounts_that_make_no_sense_are_none(content: bytes, tmp_path: Path) -> None:
    found = memory(tmp_path, EXT4, mounts=content)
    assert not found.may_be_kept(EXT4, 0)
    assert found.unkept_kind() == "unknown"


def test_only_stable_file_systems_are_remembered(tmp_path: Path) -> None:
    assert memory(tmp_path, EXT4).may_be_kept(EXT4, 0)
    assert memory(tmp_path, EXT4).unkept_kind() == ""
    on_nfs = memory(tmp_path, NFS)
    assert not on_nfs.may_be_kept(NFS, 0)
    assert on_nfs.may_be_kept(EXT4, 0)
    assert on_nfs.unkept_kind() == "nfs4"
    assert not memory(tmp_path, EXT4).may_be_kept(NFS, 0)
    assert not memory(tmp_path, EXT4).may_be_kept(os.makedev(9, 9), 0)


def test_a_subvolume_that_no_mount_names_is_of_the_kind_above_it(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os.path, "ismount", lambda path: path in ("/", "/data"))
        found = memory(tmp_path, SUBVOLUME, root="/data/sub/volume")
    assert found.may_be_kept(SUBVOLUME, 0)


def test_what_is_newer_than_the_tick_is_not_kept(tmp_path: Path) -> None:
    found = memory(tmp_path, EXT4)
    assert found.may_be_kept(EXT4, found.started_ns - 3 * SECOND)
    for newer in (-2 * SECOND, -1, 0, 3600 * SECOND):
        assert not found.may_be_kept(EXT4, found.started_ns + newer)


def test_a_clock_that_stands_before_the_memory_makes_it_forget(tmp_path: Path) -> None:
    now = memory(tmp_path, EXT4).started_ns
    assert memory(tmp_path, EXT4, kept_at=now).known
    late = memory(tmp_path, EXT4, kept_at=now + 3600 * SECOND)
    assert (late.known, late.clock_ran_back) == ({}, True)


BASE = {"st_mode": 0o100644, "st_ino": 5, "st_dev": 1, "st_size": 7, "st_mtime_ns": 10, "st_ctime_ns": 11}


def digest_of(*entries: tuple[str, dict[str, int]], device: int = 1) -> bytes:
    digest = StateDigest(device)
    digest.add([(name, SimpleNamespace(**{**BASE, **change})) for name, change in entries])
    return bytes(digest.value())


def test_all_that_can_change_changes_the_digest() -> None:
    digests = [digest_of(("a", {field: value + 1})) for field, value in BASE.items()]
    digests += [digest_of(("a", {})), digest_of(("b", {})), digest_of(), digest_of(("a", {}), device=2)]
    digests += [digest_of(("a", {}), ("b", {})), digest_of(("\udcff", {})), digest_of(("é", {}))]
    assert len(set(digests)) == len(digests) == 13


def test_a_tree_on_another_file_system_is_read_each_time_and_the_report_says_so(tmp_path: Path) -> None:
    """Linux without a list of mounts tells nothing of them: as on a system that has none."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "a").write_text("1")
    let_it_tick(tmp_path)
    hidden = [
        program("unshare"),
        "--mount",
        "sh",
        "-c",
        'mount -t ramfs none "$0" && touch "$0/b" && exec "$@"',
    ]
    code = (
        "import sys; from pathlib import Path; from driftaudit.cache import Cache;"
        "from driftaudit.sources.base import ScanRequest;"
        "from driftaudit.sources.directory import DirectorySource;"
        "r = ScanRequest(cache=Cache(Path(sys.argv[2])), clock_tick=0.0);"
        "s = [DirectorySource(Path(sys.argv[1])).snapshot(r) for _ in range(2)];"
        "print(s[1].scan.hashed_files, s[1].scan.cached_files, *s[1].notes)"
    )
    words = [sys.executable, "-c", code, str(root), str(tmp_path / "cache")]
    if os.getuid() == 0:
        done = subprocess.run([*hidden, str(root), *words], capture_output=True, text=True)
        note = "nothing is remembered of this tree: its file system (ramfs) may not tell every change"
        assert (done.stdout, done.stderr) == (f"1 0 {note}\n", "")
    request = ScanRequest(cache=Cache(tmp_path / "other"), clock_tick=0.0)
    assert [DirectorySource(root).snapshot(request).notes for _ in range(2)] == [(), ()]
