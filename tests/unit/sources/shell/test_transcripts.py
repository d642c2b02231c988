"""What GNU's and BusyBox's tools said of one tree, read without any host."""

import hashlib
import os
from pathlib import Path

import pytest

from driftaudit.errors import SourceError
from driftaudit.model.entry import Kind
from driftaudit.model.problem import ProblemKind
from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.base import no_progress
from driftaudit.sources.shell.method import read_over
from tests.golden.shell.record import (
    FILES,
    FOLDERS,
    HERE,
    LINKS,
    MARK,
    MODIFIED_NS,
    PLACE,
    REQUEST,
    summed,
)
from tests.support.local_shell import ReplayChannel

UNREAD = {b"huge.bin", b"app.log", b"closed.txt", b"closed.bin"}
NAMES = ["gnu", "busybox"]


def said(name: str) -> bytes:
    return (HERE / f"{name}.transcript").read_bytes()


def replayed(transcript: bytes, piece: int = 1 << 20) -> Snapshot:
    return read_over(ReplayChannel(transcript, piece), PLACE, REQUEST, no_progress, MARK)


def blob_id(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


@pytest.mark.parametrize("name", NAMES)
def test_files(name: str) -> None:
    files = {e.path: e for e in replayed(said(name)).entries if e.kind is Kind.FILE}
    assert set(files) == {os.fsdecode(path) for path in FILES}
    for path, (content, mode) in FILES.items():
        entry = files[os.fsdecode(path)]
        assert (entry.size, entry.permissions, entry.modified_ns) == (len(content), mode, MODIFIED_NS)
        assert entry.digest == (None if path in UNREAD else blob_id(content))
        assert entry.mode == ("100755" if mode & 0o100 else "100644")
    text_ids = {path: entry.text_digest for path, entry in files.items() if entry.text_digest}
    assert text_ids == {"crlf.txt": blob_id(b"one\ntwo\n")}


@pytest.mark.parametrize("name", NAMES)
def test_links_folders_and_others(name: str) -> None:
    entries = {e.path: e for e in replayed(said(name)).entries}
    links = {path: entry for path, entry in entries.items() if entry.kind is Kind.SYMLINK}
    assert {os.fsencode(path): os.fsencode(link.link_target or "") for path, link in links.items()} == LINKS
    assert [link.digest for link in links.values()] == [blob_id(LINKS[os.fsencode(path)]) for path in links]
    folders = {path for path, entry in entries.items() if entry.kind is Kind.DIRECTORY}
    assert folders == {*map(os.fsdecode, FOLDERS), "node_modules", ".git"}
    assert {path for path, entry in entries.items() if entry.pruned} == {"node_modules", ".git"}
    assert [path for path, entry in entries.items() if entry.kind is Kind.SPECIAL] == ["fifo"]
    assert {entry.owner for entry in entries.values()} == {"root"}


@pytest.mark.parametrize("name", NAMES)
def test_what_could_not_be_seen(name: str) -> None:
    found = replayed(said(name))
    assert [(p.path, p.kind) for p in found.problems] == [
        (".git", ProblemKind.GIT_DIRECTORY),
        ("closed\nline.d", ProblemKind.UNREADABLE),
        ("closed.bin", ProblemKind.UNREADABLE),
        ("closed.d", ProblemKind.UNREADABLE),
        ("closed.txt", ProblemKind.UNREADABLE),
        ("huge.bin", ProblemKind.TOO_LARGE),
    ]
    assert found.git_directories == ()
    assert len(found.notes) == 1


def test_both_give_the_same_entries() -> None:
    gnu, busybox = (replayed(said(name)) for name in NAMES)
    assert [e.path for e in gnu.entries] == [e.path for e in busybox.entries]
    assert [e.digest for e in gnu.entries] == [e.digest for e in busybox.entries]
    assert gnu.problems == busybox.problems
    assert gnu.scan.hashed_files == busybox.scan.hashed_files == len(FILES) - len(UNREAD)


@pytest.mark.parametrize("name", NAMES)
def test_a_transcript_that_is_cut_anywhere_is_no_tree(name: str) -> None:
    whole = said(name)
    marks = [at for at in range(len(whole)) if whole.startswith(MARK.encode(), at)]
    for length in {0, *marks, *(at - 1 for at in marks), *range(0, len(whole) - 1, 17), len(whole) - 2}:
        with pytest.raises(SourceError):
            replayed(whole[:length])


@pytest.mark.parametrize("name", NAMES)
def test_a_record_that_is_missing_is_never_a_shorter_tree(name: str) -> None:
    whole = said(name)
    expected = replayed(whole)
    mark = f"\n{MARK}".encode()
    records = whole.split(mark)
    for number in range(2, len(records)):
        letter = records[number][:1]
        if letter in b"DSUZ":  # what find does not say, nobody can know; the end is put in its place
            continue
        try:
            found = replayed(summed(mark.join(records[:number] + records[number + 1 :])))
        except SourceError:
            continue
        assert letter in b"QR", records[number]
        assert found.entries == expected.entries


@pytest.mark.parametrize("name", NAMES)
def test_a_transcript_that_is_damaged_anywhere_is_no_tree(name: str) -> None:
    whole = said(name)
    end = whole.rindex(MARK.encode() + b"D")
    for at in range(1, end, 5):
        for damaged in (
            whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :],
            whole[:at] + whole[at + 1 :],
            whole[: at + 1] + whole[at:],
        ):
            with pytest.raises(SourceError):
                replayed(damaged)
    with pytest.raises(SourceError, match="damaged on the way"):
        replayed(whole.replace(b"app\n", b"App\n"))
    assert replayed(b"noise" + whole).entries == replayed(whole).entries


@pytest.mark.parametrize("name", NAMES)
def test_a_transcript_without_its_digest_is_no_tree(name: str) -> None:
    before, mark, _digest = said(name).rpartition(f"\n{MARK}D".encode())
    end = f"\n{MARK}Z\n".encode()
    for told in (b"", mark, mark + b"0" * 40 + b"  -"):
        with pytest.raises(SourceError):
            replayed(before + told + end)


@pytest.mark.parametrize("piece", [1, 7])
def test_pieces_of_any_size_give_the_same(piece: int) -> None:
    whole, pieces = replayed(said("gnu")), replayed(said("gnu"), piece)
    assert (whole.entries, whole.problems) == (pieces.entries, pieces.problems)


def test_what_a_login_shell_prints_is_passed_over() -> None:
    noise = b"Welcome!\nmark\n\n\ngold\n"
    assert replayed(noise + said("gnu")).entries == replayed(said("gnu")).entries
    with pytest.raises(SourceError, match="prints without end"):
        replayed(b"noise " * 400_000, 1 << 16)


def test_nonsense_is_an_error(tmp_path: Path) -> None:
    whole = said("gnu")
    for old, new in (
        (b"goldenS81a4", b"goldenSxyz"),
        (b"/./app.js", b"/../app.js"),
        (b"goldenL", b"goldenM"),
    ):
        with pytest.raises(SourceError, match="makes no sense"):
            replayed(summed(whole.replace(old, new)))


def test_the_host_is_said_to_be_one_of_whole_seconds() -> None:
    whole = said("busybox")
    for fraction in {part.split(b" ")[0] for part in whole.split(b".") if part[:9].isdigit()}:
        whole = whole.replace(b"." + fraction, b"")
    found = replayed(summed(whole))
    assert any("whole seconds" in note for note in found.notes)
    times = {entry.modified_ns for entry in found.entries if entry.path == "app.js"}
    assert times == {MODIFIED_NS // 10**9 * 10**9}
