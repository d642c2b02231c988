"""An archive is read as what GNU tar, unpacking it, really leaves on the disk."""

import os
import shutil
import subprocess
import tempfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.archive import ArchiveSource
from driftaudit.sources.base import ScanRequest
from driftaudit.sources.directory import DirectorySource
from tests.support.archives import member, packed, tar, unpacked
from tests.support.programs import program

NAMES = st.one_of(
    st.sampled_from(
        [b"a", b"b", b"-rf", b"caf\xe9", "é ü".encode(), b"new\nline", b"tab\t$(x)`x`", b"." * 3]
    ),
    st.binary(min_size=1, max_size=12).map(lambda name: name.replace(b"/", b"_").replace(b"\0", b"_")),
    st.integers(90, 255).map(lambda size: b"n" * size),
).filter(lambda name: name not in (b".", b".."))
CONTENTS = st.one_of(
    st.sampled_from([b"", b"text\n", b"one\r\ntwo\r\n", bytes(5000)]), st.binary(max_size=1500)
)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(b"/".join)
NODES = st.one_of(
    st.tuples(st.just("file"), CONTENTS, st.sampled_from([0o644, 0o755, 0o600])),
    st.tuples(st.just("link"), st.one_of(NAMES, st.just(b"../x"), st.just(b"/t")), st.just(0)),
    st.tuples(st.just("hard"), st.integers(0, 5), st.just(0)),
    st.tuples(st.just("folder"), st.just(b""), st.just(0o755)),
    st.tuples(st.just("fifo"), st.just(b""), st.just(0o644)),
)
FORMS = st.sampled_from(["gnu", "pax", "oldgnu"])

SHORT = st.sampled_from(["a", "b", "a/b", "a/c", "b/a", "./a", "a/b/c", "a/", "c"])
MEMBERS = st.one_of(
    st.tuples(SHORT, st.just(b"0"), st.sampled_from([b"", b"1", b"2\r\n"])),
    st.tuples(SHORT, st.just(b"5"), st.just(b"")),
    st.tuples(SHORT, st.just(b"2"), st.sampled_from([b"a", b"b", b"nowhere", b"../up", b"/abs"])),
    st.tuples(SHORT, st.just(b"1"), st.sampled_from([b"a", b"b", b"a/b", b"./c", b"none"])),
)


def make(root: Path, nodes: list[tuple[bytes, tuple[str, Any, int]]]) -> None:
    """Make what can be made of the nodes."""
    files: list[Path] = []
    for path, (kind, value, mode) in nodes:
        place = root / os.fsdecode(path)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            if kind == "file" and not os.path.lexists(place):
                place.write_bytes(value)
                place.chmod(mode)
                files.append(place)
            elif kind == "link":
                place.symlink_to(os.fsdecode(value))
            elif kind == "hard" and files:
                place.hardlink_to(files[value % len(files)])
            elif kind == "folder":
                place.mkdir()
            elif kind == "fifo":
                os.mkfifo(place)
        except OSError:  # its place is taken, or lies below a file
            continue


def seen(snapshot: Snapshot) -> list[tuple[object, ...]]:
    return [
        (e.path, e.kind, e.mode, e.size, e.digest, e.text_digest, e.link_target) for e in snapshot.entries
    ]


@given(st.lists(st.tuples(PATHS, NODES), max_size=12), FORMS, st.booleans())
@settings(max_examples=60, deadline=None)
def test_what_tar_packs_is_read_as_it_was(
    nodes: list[tuple[bytes, tuple[str, Any, int]]], form: str, sparse: bool
) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        (folder / "tree").mkdir()
        make(folder / "tree", nodes)
        words = [f"--format={form}", *(["--sparse"] if sparse else [])]
        archive = packed(folder / "tree", folder / "a.tar", *words)
        found = ArchiveSource(archive).snapshot(ScanRequest())
        left = DirectorySource(unpacked(archive, folder / "out")).snapshot(ScanRequest())
        assert found.problems == ()
        assert seen(found) == seen(left)
        assert seen(found) == seen(DirectorySource(folder / "tree").snapshot(ScanRequest()))
    finally:
        shutil.rmtree(folder)


@given(st.lists(MEMBERS, max_size=6))
@settings(max_examples=100, deadline=None)
def test_members_in_any_order_are_read_as_tar_unpacks_them(members: list[tuple[str, bytes, bytes]]) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        rows = [
            member(name, value if kind == b"0" else b"", type=kind, mode=0o755 if kind == b"5" else 0o644)
            if kind in b"05"
            else member(name, type=kind, linkname=value.decode())
            for name, kind, value in members
            if not (kind == b"0" and name.endswith("/"))
        ]
        archive = tar(folder / "a.tar", *rows)
        found = ArchiveSource(archive).snapshot(ScanRequest())
        (folder / "out").mkdir()
        done = subprocess.run(
            [program("tar"), "-xf", str(archive)], cwd=folder / "out", capture_output=True, check=False
        )
        event(f"complete: {found.complete}, tar: {done.returncode}")
        if done.returncode:
            assert not found.complete, done.stderr
        if found.complete:
            left = DirectorySource(folder / "out").snapshot(ScanRequest())
            assert seen(found) == seen(left)
    finally:
        shutil.rmtree(folder)


ZIP_NAMES = st.sampled_from(
    ["a", "b", "a/b", "a/c", "./a", "d/", "a/", "x\\y", "d/x\\y", "run.exe", "é", "tool.sh"]
)
ZIP_MEMBERS = st.tuples(
    ZIP_NAMES,
    st.sampled_from([0, 3]),
    st.sampled_from([0, 0o100644, 0o100755, 0o644, 0o120777]),
    st.sampled_from([b"a", b"1\r\n", b"b" * 3000]),
)


@given(st.lists(ZIP_MEMBERS, max_size=5), st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
@settings(max_examples=60, deadline=None)
def test_a_zip_is_read_as_unzip_unpacks_it(members: list[tuple[str, int, int, bytes]], method: int) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        with zipfile.ZipFile(folder / "a.zip", "w", method) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of names that stand twice
            for name, system, mode, content in members:
                info = zipfile.ZipInfo(name)
                # unzip makes something else of a name that is not ASCII and was not made on Unix
                info.compress_type, info.create_system = method, system if name.isascii() else 3
                info.external_attr = mode << 16 or 0x10 * name.endswith("/")
                archive.writestr(info, b"" if name.endswith("/") else content)
        found = ArchiveSource(folder / "a.zip").snapshot(ScanRequest())
        (folder / "out").mkdir()
        command = [program("unzip"), "-q", "-o", str(folder / "a.zip"), "-d", str(folder / "out")]
        done = subprocess.run(command, capture_output=True, check=False, env={"LC_ALL": "C.UTF-8"})
        event(f"complete: {found.complete}, unzip: {done.returncode}")
        if done.returncode > 1 and members:  # 1 is a warning
            assert not found.complete, done
        if found.complete and members:
            left = DirectorySource(folder / "out").snapshot(ScanRequest())
            assert seen(found) == seen(left)
    finally:
        shutil.rmtree(folder)
