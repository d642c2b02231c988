"""What an archive is read as: the tree that unpacking it would make."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from driftaudit.errors import SourceError
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.archive import FORMATS, ArchiveSource, archive_format
from driftaudit.sources.base import ScanRequest
from driftaudit.sources.directory import DirectorySource
from tests.support.archives import member, packed, tar, zipped
from tests.support.git import write
from tests.support.interpreters import VERSIONS, interpreter
from tests.support.programs import program

HARD_LINK, LINK, FOLDER = b"1", b"2", b"5"


def read(path: Path, **request: object) -> Snapshot:
    return ArchiveSource(path).snapshot(ScanRequest(**request))  # type: ignore[arg-type]


def by_path(snapshot: Snapshot) -> dict[str, Entry]:
    return {entry.path: entry for entry in snapshot.entries}


def problems(snapshot: Snapshot) -> list[tuple[str, str]]:
    return [(problem.path, problem.kind.value) for problem in snapshot.problems]


def oid(content: bytes) -> str:
    done = subprocess.run(["git", "hash-object", "--stdin"], input=content, capture_output=True, check=True)
    return done.stdout.decode().strip()


def test_the_ending_of_a_name_says_the_format() -> None:
    assert archive_format("/backups/Site-2025.TAR.GZ") == "tar.gz"
    assert archive_format("x.tgz") == archive_format("x.tar.gz") == "tar.gz"
    assert archive_format("/a.zip/file") is None
    assert archive_format("/a/.tar") == "tar"
    assert set(FORMATS.values()) == {"tar", "tar.gz", "tar.xz", "tar.zst", "zip"}


def test_an_archive_of_nothing_is_an_empty_tree(tmp_path: Path) -> None:
    for path in (tar(tmp_path / "a.tar"), zipped(tmp_path / "a.zip", {})):
        assert (read(path).entries, read(path).complete) == ((), True)


def test_folders_that_no_member_names_are_made_up(tmp_path: Path) -> None:
    found = by_path(read(tar(tmp_path / "a.tar", member("a/b/c", b"x"))))
    assert {path: entry.kind for path, entry in found.items()} == {
        "a": Kind.DIRECTORY,
        "a/b": Kind.DIRECTORY,
        "a/b/c": Kind.FILE,
    }


def test_a_dot_in_front_of_names_changes_nothing(tmp_path: Path) -> None:
    plain = tar(tmp_path / "a.tar", member("a/b", b"x"))
    dotted = tar(
        tmp_path / "b.tar",
        member("./", type=FOLDER, mode=0o755),
        member("./a//b", b"x"),
        member(".", type=FOLDER),
    )
    assert read(plain).entries == read(dotted).entries


def test_digests_modes_times_and_owners_are_those_of_the_members(tmp_path: Path) -> None:
    big = b"line\r\n" * 50_000
    path = tar(
        tmp_path / "a.tar",
        member("plain", b"a\nb\n", mode=0o640, mtime=1_700_000_000, uname="ubuntu", uid=7),
        member("run", b"a\r\nb\r\n", mode=0o755, uid=1234),
        member("big", big),
        member("binary", b"\0\r\n"),
        member("link", type=LINK, linkname="../out"),
    )
    found = by_path(read(path))
    assert found["plain"] == Entry(
        "plain", Kind.FILE, "100644", 4, oid(b"a\nb\n"), None, None, 1_700_000_000 * 10**9, "ubuntu", 0o640
    )
    run = found["run"]
    assert (run.mode, run.digest, run.text_digest, run.owner) == (
        "100755",
        oid(b"a\r\nb\r\n"),
        oid(b"a\nb\n"),
        "1234",
    )
    assert (found["big"].digest, found["big"].text_digest) == (oid(big), oid(big.replace(b"\r", b"")))
    assert found["binary"].text_digest is None
    link = found["link"]
    assert (link.kind, link.link_target, link.digest, link.size) == (
        Kind.SYMLINK,
        "../out",
        oid(b"../out"),
        6,
    )


def test_a_hard_link_is_its_target_as_it_was_by_then(tmp_path: Path) -> None:
    path = tar(
        tmp_path / "a.tar",
        member("./a", b"first", mode=0o755),
        member("b", type=HARD_LINK, linkname="a"),
        member("a", b"second"),
        member("c", type=HARD_LINK, linkname="./a", size=6),  # some programs say the size once more
    )
    found = by_path(read(path))
    assert {name: entry.digest for name, entry in found.items()} == {
        "a": oid(b"second"),
        "b": oid(b"first"),
        "c": oid(b"second"),
    }
    assert found["b"].mode == "100755"


@pytest.mark.parametrize("form", ["gnu", "pax", "oldgnu", "ustar", "v7"])
def test_every_form_of_tar_is_read(form: str, tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {"a": "1", "d/e": "2"}
    if form in ("gnu", "pax", "oldgnu"):
        files |= {f"{'long/' * 60}{'n' * 200}": "3", os.fsdecode(b"caf\xe9"): "4", "é\n": "5"}
    write(tmp_path / "tree", files)
    with (tmp_path / "tree" / "sparse").open("wb") as file:
        for at in range(40 if form in ("gnu", "pax", "oldgnu") else 0):
            file.seek(at << 20)
            file.write(b"data")
        file.truncate(41 << 20 if file.tell() else 0)
    (tmp_path / "tree" / "link").symlink_to("x" * (200 if form in ("gnu", "pax", "oldgnu") else 20))
    sparse = ["--sparse"] if form in ("gnu", "pax", "oldgnu") else []
    archive = packed(tmp_path / "tree", tmp_path / "a.tar", f"--format={form}", *sparse)
    expected = DirectorySource(tmp_path / "tree").snapshot(ScanRequest())
    found = read(archive)
    assert found.complete
    assert [(e.path, e.mode, e.digest, e.size) for e in found.entries] == [
        (e.path, e.mode, e.digest, e.size) for e in expected.entries
    ]


@pytest.mark.parametrize("version", ["0.0", "0.1", "1.0"])
def test_every_map_of_a_sparse_file_is_read(version: str, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    with (tree / "sparse").open("wb") as file:
        file.seek(1 << 20)
        file.write(b"middle")
        file.truncate(3 << 20)
    archive = packed(tree, tmp_path / "a.tar", "--format=pax", "--sparse", f"--sparse-version={version}")
    assert archive.stat().st_size < 1 << 20
    (entry,) = read(archive).entries
    assert (entry.path, entry.size) == ("sparse", 3 << 20)
    assert entry.digest == oid((tree / "sparse").read_bytes())


def test_special_files_are_listed(tmp_path: Path) -> None:
    found = read(
        tar(tmp_path / "a.tar", member("fifo", type=b"6"), member("null", type=b"3", devmajor=1, devminor=3))
    )
    assert {e.path: (e.kind, e.mode) for e in found.entries} == {
        "fifo": (Kind.SPECIAL, "010000"),
        "null": (Kind.SPECIAL, "020000"),
    }
    assert found.complete


def test_labels_say_what_is_not_read_and_not_looked_into(tmp_path: Path) -> None:
    path = tar(
        tmp_path / "a.tar",
        member("node_modules/x/y", b"1"),
        member("logs/a", b"2"),
        member("logs/kept", b"3"),
        member("b.log", b"4"),
        member("a", b"5"),
    )
    found = read(path, prune=("node_modules/",), unread=("logs/", "*.log"), known=frozenset({"logs/kept"}))
    assert {e.path: bool(e.digest) for e in found.entries} == {
        "a": True,
        "b.log": False,
        "logs": False,
        "logs/a": False,
        "logs/kept": True,
        "node_modules": False,
    }
    assert by_path(found)["node_modules"].pruned
    assert (found.complete, found.scan.hashed_files) == (True, 2)


def test_a_hard_link_to_what_is_not_read_is_a_problem_where_it_would_be_read(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tar", member("logs/a", b"2"), member("src/a", type=HARD_LINK, linkname="logs/a"))
    assert problems(read(path, unread=("logs/",))) == [("src/a", "unreadable")]


def test_contents_are_not_read_where_nobody_asks(tmp_path: Path) -> None:
    found = read(tar(tmp_path / "a.tar", member("a", b"x")), read_contents=False)
    assert [(e.path, e.size, e.digest) for e in found.entries] == [("a", 1, None)]


def test_a_checkout_in_an_archive_is_not_looked_into(tmp_path: Path) -> None:
    found = read(tar(tmp_path / "a.tar", member("x/.git/HEAD", b"ref"), member("x/a", b"1")))
    assert [(e.path, e.pruned) for e in found.entries] == [("x", False), ("x/.git", True), ("x/a", False)]
    assert problems(found) == [("x/.git", "unsupported")]


def test_a_zip_keeps_modes_links_and_times(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    write(tree, {"run": "#!/bin/sh\n", "plain": "a\r\n", "d/e": "e" * 300_000, "é": "é"})
    (tree / "run").chmod(0o755)
    (tree / "link").symlink_to("d/e")
    (tree / "empty").mkdir()
    os.utime(tree / "plain", (1_700_000_000, 1_700_000_000))
    found = read(packed(tree, tmp_path / "a.zip"))
    expected = DirectorySource(tree).snapshot(ScanRequest())
    assert [(e.path, e.mode, e.digest, e.text_digest) for e in found.entries] == [
        (e.path, e.mode, e.digest, e.text_digest) for e in expected.entries
    ]
    assert by_path(found)["plain"].modified_ns == 1_700_000_000 * 10**9


def test_a_zip_of_windows_has_no_modes_and_may_have_backslashes(tmp_path: Path) -> None:
    rows = []
    for name in ("dir/", "dir/a.txt", "back\\slash.txt", "über.txt"):
        info = zipfile.ZipInfo("x")
        info.filename, info.create_system = name, 0
        rows.append((info, b"" if name.endswith("/") else b"x"))
    found = by_path(read(zipped(tmp_path / "a.zip", rows)))
    assert {path: entry.mode for path, entry in found.items()} == {
        "back": "040000",
        "back/slash.txt": "100644",
        "dir": "040000",
        "dir/a.txt": "100644",
        "über.txt": "100644",
    }
    assert {entry.owner for entry in found.values()} == {None}


def test_of_a_name_that_stands_twice_the_last_counts_and_a_note_says_so(tmp_path: Path) -> None:
    twice = tar(
        tmp_path / "a.tar", member("a", b"1"), member("b", b"1"), member("a", b"2"), member("b", b"1")
    )
    found = read(twice)
    assert (found.complete, by_path(found)["a"].digest) == (True, oid(b"2"))
    assert found.notes == (
        "1 path stands twice in the archive, and not the same: the last counts, as in unpacking: a",
    )
    assert read(tar(tmp_path / "b.tar", member("a", b"1"), member("a", b"1"))).notes == ()


@pytest.mark.parametrize("version", VERSIONS)
def test_every_python_of_this_machine_reads_archives_alike(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found_interpreter = interpreter(version)
    if not found_interpreter:
        assert version != "3.11", "this very version must be there"
        return
    tree = tmp_path / "tree"
    write(tree, {"a": "1\r\n2\r\n", "b/c": "x" * 300_000, "b/é": "", "l" * 200: "long"})
    (tree / "link").symlink_to("b/c")
    os.link(tree / "a", tree / "hard")
    here = DirectorySource(tree).snapshot(ScanRequest()).entries
    monkeypatch.setattr(sys, "executable", found_interpreter)
    for ending in ("tar", "tar.gz", "tar.xz", "tar.zst", "zip"):
        path = packed(tree, tmp_path / f"a.{ending}")
        found = read(path)
        assert found.complete
        assert [(e.path, e.mode, e.digest) for e in found.entries] == [
            (e.path, e.mode, e.digest) for e in here
        ]
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole.rstrip(b"\0")) // 2])
        with pytest.raises(SourceError):
            read(path)


def test_a_large_member_does_not_fill_the_memory(tmp_path: Path) -> None:
    large = 256 << 20  # bytes: four times what may be in memory
    with (tmp_path / "large").open("wb") as file:
        file.truncate(large)
    archive = tmp_path / "a.tar.gz"
    command = [program("tar"), "--sparse", "-czf", str(archive), "large"]
    subprocess.run(command, cwd=tmp_path, check=True)
    script = (
        "import resource, sys, pathlib\n"
        "from driftaudit.sources.archive import ArchiveSource\n"
        "from driftaudit.sources.base import ScanRequest\n"
        "found = ArchiveSource(pathlib.Path(sys.argv[1])).snapshot(ScanRequest(max_file_bytes=1 << 40))\n"
        "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
        "print(found.entries[0].size, found.entries[0].digest, peak)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(archive)], capture_output=True, check=True)
    size, digest, peak = done.stdout.decode().split()
    with (tmp_path / "large").open("rb") as file:
        expected = subprocess.run(
            ["git", "hash-object", "--stdin"], stdin=file, capture_output=True, check=True
        )
    assert (int(size), digest) == (large, expected.stdout.decode().strip())
    assert int(peak) < 60 * 1024  # kibibytes


def test_a_folder_with_the_name_of_an_archive_is_a_folder(tmp_path: Path) -> None:
    write(tmp_path / "folder.tar", {"a": "1"})
    assert [entry.path for entry in read(tmp_path / "folder.tar").entries] == ["a"]
