"""Archives that are damaged, that lie, or that programs unpack in different ways."""

import gzip
import os
import struct
import subprocess
import tarfile
import zipfile
import zlib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from driftaudit.errors import SourceError
from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.agent.protocol import scope_words
from driftaudit.sources.archive import ArchiveSource
from driftaudit.sources.base import AbsentRootError, ScanRequest
from tests.support.archives import member, packed, tar, zipped
from tests.support.git import write
from tests.support.programs import program

HARD_LINK, LINK, FOLDER = b"1", b"2", b"5"
ENDINGS = ["tar", "tar.gz", "tar.xz", "tar.zst", "zip"]


def read(path: Path, **request: object) -> Snapshot:
    return ArchiveSource(path).snapshot(ScanRequest(**request))  # type: ignore[arg-type]


def refusal(path: Path) -> str:
    with pytest.raises(SourceError) as caught:
        read(path)
    assert caught.value.advice
    assert "internal" not in caught.value.message
    return caught.value.message.removeprefix(f"{path}: ")


def problems(snapshot: Snapshot) -> list[tuple[str, str]]:
    return [(problem.path, problem.kind.value) for problem in snapshot.problems]


def paths(snapshot: Snapshot) -> list[str]:
    return [entry.path for entry in snapshot.entries]


def tree(folder: Path) -> Path:
    files: dict[str, str | bytes | None] = {f"d{n % 3}/f{n}": os.urandom(1000 * n) for n in range(12)}
    write(folder, files)
    return folder


@pytest.mark.parametrize(
    ("members", "told", "entries"),
    [
        ([member("/etc/passwd", b"x")], [("etc/passwd", "unsafe-member")], []),
        ([member("../x", b"x")], [("", "unsafe-member")], []),
        ([member("a/../../x", b"x")], [("", "unsafe-member")], []),
        ([member("", b"x")], [("", "unsafe-member")], []),
        (
            [member("a", type=LINK, linkname="/tmp"), member("a/b", b"x")],
            [("", "unsafe-member")],
            ["a"],
        ),
        ([member("a", b"x"), member("a/b", b"x")], [("a/b", "member-conflict")], ["a"]),
        ([member("a/b", b"x"), member("a", b"x")], [("a", "member-conflict")], ["a", "a/b"]),
        ([member("a", type=HARD_LINK, linkname="b")], [("a", "missing-link-target")], []),
        ([member("a", type=HARD_LINK, linkname="../b")], [("", "unsafe-member")], []),
        ([member("a", type=LINK, linkname="")], [("a", "unsafe-member")], []),
        ([member("n" * 9000, b"x")], [("", "unsafe-member")], []),
        ([member("a", b"x"), member("a", type=FOLDER)], [("a", "member-conflict")], ["a"]),
        ([member("a", type=FOLDER), member("a", b"x")], [("a", "member-conflict")], ["a"]),
        ([member("a", type=LINK, linkname="b"), member("a", b"x")], [("a", "member-conflict")], ["a"]),
        ([member("a", b"x", type=b"Z")], [("a", "unsupported")], []),
    ],
)
def test_a_member_that_would_not_be_unpacked_as_it_says_is_a_problem(
    members: list[bytes], told: list[tuple[str, str]], entries: list[str], tmp_path: Path
) -> None:
    found = read(tar(tmp_path / "a.tar", *members, member("good", b"x")))
    assert problems(found) == told
    assert paths(found) == sorted([*entries, "good"])


def test_a_member_over_the_limit_is_a_problem(tmp_path: Path) -> None:
    for path in (
        tar(tmp_path / "a.tar", member("a", b"12345"), member("b", b"1")),
        zipped(tmp_path / "a.zip", {"a": b"12345", "b": b"1"}),
    ):
        found = read(path, max_file_bytes=4)
        assert problems(found) == [("a", "too-large")]
        assert [bool(entry.digest) for entry in found.entries] == [False, True]


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_end_that_is_cut_off_gives_a_tree(ending: str, tmp_path: Path) -> None:
    whole = packed(tree(tmp_path / "tree"), tmp_path / f"whole.{ending}").read_bytes()
    kept = len(whole.rstrip(b"\0")) if ending == "tar" else len(whole)
    cut = tmp_path / f"cut.{ending}"
    step = max(1, kept // 10)
    for size in {0, 1, 5, 511, 512, *range(0, kept, step), kept - 4, kept - 1}:
        cut.write_bytes(whole[:size])
        refusal(cut)


def test_a_tar_that_is_cut_off_between_two_members_gives_no_tree(tmp_path: Path) -> None:
    assert refusal(tar(tmp_path / "a.tar", member("a", b"x"), end=b"")) == "it is cut off"
    assert paths(read(tar(tmp_path / "b.tar", member("a", b"x"), end=bytes(512)))) == ["a"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_changed_byte_never_gives_another_tree_without_a_word(ending: str, tmp_path: Path) -> None:
    path = packed(tree(tmp_path / "tree"), tmp_path / f"whole.{ending}")
    whole, right = path.read_bytes(), read(path)
    names = [entry.path for entry in right.entries]
    bad = tmp_path / f"bad.{ending}"
    for at in range(0, len(whole), max(1, len(whole) // 20)):
        spoiled = bytearray(whole)
        spoiled[at] ^= 0x55
        bad.write_bytes(spoiled)
        try:
            found = read(bad)
        except SourceError:
            continue
        if found.complete and ending != "tar":  # tar alone has no checksum of contents
            assert found.entries == right.entries
        assert paths(found) == names or not found.complete


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_no_archive_is_none(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{ending}"
    path.write_bytes(b"")
    assert refusal(path) == "the file is empty"
    path.write_bytes(b"<html>not found</html>" * 100)
    assert "no" in refusal(path)
    with pytest.raises(AbsentRootError, match="there is no such archive"):
        read(tmp_path / f"absent.{ending}")
    os.mkfifo(tmp_path / f"fifo.{ending}")
    assert "neither a file nor a folder" in refusal(tmp_path / f"fifo.{ending}")


def test_an_archive_of_another_format_than_its_name_says_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.tar.gz", {"a": b"x"})
    assert refusal(path) == "this is no tar.gz archive, but begins as zip does"


@pytest.mark.parametrize("ending", ["tar", "tar.gz", "tar.xz", "zip"])
def test_what_follows_the_end_is_a_problem(ending: str, tmp_path: Path) -> None:
    path = packed(tree(tmp_path / "tree"), tmp_path / f"a.{ending}")
    right = paths(read(path))
    with path.open("ab") as file:
        file.write(b"garbage")
    found = read(path)
    assert (problems(found), paths(found)) == ([("", "stray-data")], right)


def test_garbage_after_zstd_is_damage(tmp_path: Path) -> None:
    path = packed(tree(tmp_path / "tree"), tmp_path / "a.tar.zst")
    with path.open("ab") as file:
        file.write(b"garbage")
    assert "cut off or damaged" in refusal(path)


def test_a_second_archive_behind_the_first_is_a_problem(tmp_path: Path) -> None:
    first, second = tar(tmp_path / "1.tar", member("a", b"1")), tar(tmp_path / "2.tar", member("b", b"1"))
    joined = tmp_path / "a.tar"
    joined.write_bytes(first.read_bytes() + second.read_bytes())
    found = read(joined)
    assert (problems(found), paths(found)) == ([("", "stray-data")], ["a"])


def test_several_frames_and_padding_are_one_stream(tmp_path: Path) -> None:
    content = tar(tmp_path / "x", member("a", b"1" * 2000), member("b", b"2")).read_bytes()
    path = tmp_path / "a.tar.gz"
    path.write_bytes(gzip.compress(content[:700]) + gzip.compress(content[700:]) + bytes(5000))
    assert (paths(read(path)), read(path).complete) == (["a", "b"], True)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = member("bomb")
    fields = bytearray(bomb)
    fields[124:136] = struct.pack(">BxxxQ", 0x80, 1 << 40)
    fields[148:156] = b"%06o\0 " % (sum(fields[:148]) + sum(fields[156:512]) + 8 * 32)
    assert "unpacks to more than" in refusal(tar(tmp_path / "a.tar", bytes(fields)))
    info = zipfile.ZipInfo("bomb")
    path = zipped(tmp_path / "a.zip", [(info, b"x")])
    lying = path.read_bytes().replace(struct.pack("<L", 1) + struct.pack("<H", 4), b"\xf0\xff\xff\xff\4\0")
    path.write_bytes(lying)
    found = read(path)
    assert problems(found) == [("bomb", "too-large")]


def test_a_hole_without_end_is_no_content(tmp_path: Path) -> None:
    header = tarfile.TarInfo("hole")
    header.pax_headers = {
        "GNU.sparse.major": "0",
        "GNU.sparse.minor": "1",
        "GNU.sparse.map": "0,0",
        "GNU.sparse.size": str(1 << 60),
    }
    path = tar(tmp_path / "a.tar", header.tobuf(tarfile.PAX_FORMAT))
    assert problems(read(path)) == [("hole", "too-large")]
    with pytest.raises(SourceError, match="unpacks to more than"):
        read(path, max_file_bytes=1 << 62)


def test_a_header_of_any_size_is_not_read_into_memory(tmp_path: Path) -> None:
    header = bytearray(member("././@LongLink", type=b"L"))
    header[124:136] = b"77777777777\0"
    header[148:156] = b"%06o\0 " % (sum(header[:148]) + sum(header[156:512]) + 8 * 32)
    assert "a header in it has" in refusal(tar(tmp_path / "a.tar", bytes(header)))


@pytest.mark.parametrize(
    "record", [b"8 path=a\n", b"xx path=a\n", b"0 =\n", b"11 path=a\n", b"9999 path=a\n"]
)
def test_a_pax_header_that_makes_no_sense_is_damage(record: bytes, tmp_path: Path) -> None:
    told = refusal(tar(tmp_path / "a.tar", member("x", record, type=b"x"), member("a", b"1")))
    assert "makes no sense" in told or "cut off" in told


def test_a_folder_that_holds_data_is_read_by_nobody_alike(tmp_path: Path) -> None:
    inner = member("hidden", b"1")
    path = tar(tmp_path / "a.tar", member("d", inner, type=FOLDER))
    assert "programs differ" in refusal(path)


@pytest.mark.parametrize(
    ("regions", "size"), [("0,5,3,5", 10), ("0,20", 10), ("5,1", 10), ("0,1,2", 10), ("0,x", 10)]
)
def test_a_sparse_map_that_lies_is_damage(regions: str, size: int, tmp_path: Path) -> None:
    header = tarfile.TarInfo("hole")
    header.size = 10
    header.pax_headers = {"GNU.sparse.map": regions, "GNU.sparse.size": str(size)}
    path = tar(tmp_path / "a.tar", header.tobuf(tarfile.PAX_FORMAT), b"0123456789", bytes(502))
    assert "damaged" in refusal(path)


def test_encrypted_members_are_problems(tmp_path: Path) -> None:
    write(tmp_path / "tree", {"secret": "x" * 100})
    subprocess.run(
        [program("zip"), "-q", "-P", "word", "../a.zip", "secret"], cwd=tmp_path / "tree", check=True
    )
    found = read(tmp_path / "a.zip")
    assert problems(found) == [("secret", "encrypted")]
    assert [entry.digest for entry in found.entries] == [None]


def test_a_compression_that_is_not_known_is_a_problem(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("a")
    info.compress_type = zipfile.ZIP_BZIP2
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, b"x")
    assert problems(read(tmp_path / "a.zip")) == [("a", "unsupported")]


def test_a_size_that_lies_is_damage(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a": b"x" * 1000})
    for lie in (999, 1001):
        spoiled = path.read_bytes().replace(struct.pack("<L", 1000), struct.pack("<L", lie))
        (tmp_path / "b.zip").write_bytes(spoiled)
        assert "is not what its checksum says" in refusal(tmp_path / "b.zip")


def test_members_that_lie_one_over_the_other_are_refused(tmp_path: Path) -> None:
    """Many names for the same data: a small file that fills a disk."""
    content = zlib.compress(b"\0" * 100_000, 9)[2:-4]
    crc = zlib.crc32(bytes(100_000))
    local = (
        struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, crc, len(content), 100_000, 1, 0) + b"a" + content
    )
    row = struct.pack(
        "<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 0, crc, len(content), 100_000, 1, 0, 0, 0, 0, 0, 0
    )
    rows = (row + b"a") * 200
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 200, 200, len(rows), len(local), 0)
    (tmp_path / "a.zip").write_bytes(local + rows + end)
    assert "one over the other" in refusal(tmp_path / "a.zip")


@pytest.mark.parametrize("name", ["/abs", "../up", "a/../b", "d\0x"])
def test_a_zip_with_a_name_that_leads_elsewhere(name: str, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"good": b"1", "xxxxxx"[: len(name)]: b"2"})
    path.write_bytes(path.read_bytes().replace(b"xxxxxx"[: len(name)], name.encode()))
    assert [kind for _path, kind in problems(read(path))] == ["unsafe-member"]


def test_without_a_way_to_unpack_zstd_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = packed(tree(tmp_path / "tree"), tmp_path / "a.tar.zst")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match="program zstd") as caught:
        read(path)
    assert caught.value.advice.startswith("Install zstd")


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    members: Any = import_module("driftaudit.sources.agent.program.members")
    scope: Any = import_module("driftaudit.sources.agent.program.scope")
    frames: Any = import_module("driftaudit.sources.agent.program.frames")
    monkeypatch.setattr(members, "MOST_MEMBERS", 3)
    found = members.Members(
        scope.Scope(scope_words(ScanRequest())), frames.Sender(os.open(os.devnull, os.O_WRONLY))
    )
    for name in (b"a", b"a", b"a"):
        found.add(members.Member(name, 0o100644 | 0o010000))
    with pytest.raises(Exception, match="more members than are read"):
        found.add(members.Member(b"a", 0))


def test_names_without_end_are_refused(tmp_path: Path) -> None:
    """Each name makes a thousand folders: their paths would fill the memory."""
    path = tmp_path / "a.tar.gz"
    with gzip.open(path, "wb", 1) as file:
        for number in range(30):
            name = b"%d/" % number + b"d/" * 3500 + b"x"
            file.write(member("././@LongLink", name + b"\0", type=b"L") + member("x"))
        file.write(bytes(1024))
    assert "more names than are read" in refusal(path)
