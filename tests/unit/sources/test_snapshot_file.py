"""Snapshots as files: what was saved comes back, and what is not whole does not."""

import hashlib
import io
import json
import re
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from driftaudit.errors import SourceError
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.snapshot import GitDirectory, ScanFacts, Snapshot, SourceFacts
from driftaudit.sources.base import ScanRequest
from driftaudit.sources.snapshot import SnapshotSource
from driftaudit.sources.snapshot_file import Saved, is_snapshot, read_snapshot, write_snapshot

OID = "0123456789" * 4
WHEN = datetime(2025, 11, 3, 18, 39, 1, 500, tzinfo=UTC)
ENTRIES = (
    Entry(".git", Kind.DIRECTORY, "040000", modified_ns=-5, owner="ubuntu", permissions=0o755, pruned=True),
    Entry("a", Kind.FILE, "100755", 812, OID, OID[::-1], None, 1_700_000_000_123_456_789, "1000", 0o755),
    Entry("link", Kind.SYMLINK, "120000", 4, OID, None, "caf\udce9", None, None, None),
    Entry("new\nline", Kind.FILE, "100644", 0),
    Entry("pipe", Kind.SPECIAL, "010000"),
    Entry("\udcff\udcfe", Kind.FILE, "100644", 1, "ab" * 32),
)
SNAPSHOT = Snapshot(
    source=SourceFacts("git", "ssh://host/x", "ls-tree", "HEAD", OID, "/real"),
    entries=ENTRIES,
    problems=(Problem("keys\udcff", ProblemKind.UNREADABLE, "Permission denied"),),
    scan=ScanFacts(started_at=WHEN, duration_seconds=1.5, bytes=813),
    git_directories=(GitDirectory(".git", (OID,)),),
    notes=("a note",),
)


def save(path: Path, saved: Saved = Saved(SNAPSHOT, "sha1")) -> Path:  # noqa: B008 - frozen
    with path.open("wb") as stream:
        write_snapshot(stream, saved)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(SourceError) as caught:
        read_snapshot(path)
    assert caught.value.advice
    return caught.value.message


def forged(path: Path, *lines: object) -> Path:
    """Write a file whose digest is right, whatever is in it."""
    packed = zlib.compress(b"".join(json.dumps(line).encode() + b"\n" for line in lines), wbits=31)
    digest = hashlib.sha256(packed).hexdigest().encode()
    path.write_bytes(b"driftaudit snapshot 1\n" + digest + b"\n" + packed)
    return path


def test_what_was_saved_comes_back(tmp_path: Path) -> None:
    path = save(tmp_path / "x.driftaudit")
    found = read_snapshot(path)
    assert (found.object_format, found.read_contents) == ("sha1", True)
    assert found.snapshot.entries == ENTRIES
    assert found.snapshot.problems == SNAPSHOT.problems
    assert found.snapshot.git_directories == SNAPSHOT.git_directories
    assert found.snapshot.source == SourceFacts("snapshot", str(path), "git", "HEAD", OID, "/real")
    assert found.snapshot.source.origin == "git"
    assert found.snapshot.scan == ScanFacts(started_at=WHEN, bytes=813)
    saved, note = found.snapshot.notes
    assert re.fullmatch(r"saved 2025-11-03 18:39:01 UTC from ssh://host/x, by driftaudit [0-9.]+", saved)
    assert note == "a note"


def test_a_snapshot_of_a_snapshot_knows_where_it_comes_from(tmp_path: Path) -> None:
    first = read_snapshot(save(tmp_path / "1.driftaudit"))
    second = read_snapshot(save(tmp_path / "2.driftaudit", first))
    assert second.snapshot.source.origin == "git"
    assert second.snapshot.entries == ENTRIES


def test_the_same_snapshot_gives_the_same_bytes() -> None:
    streams = [io.BytesIO(), io.BytesIO()]
    for stream in streams:
        write_snapshot(stream, Saved(SNAPSHOT, "sha1"))
    assert streams[0].getvalue() == streams[1].getvalue()


def test_a_file_is_known_by_its_beginning_or_its_ending(tmp_path: Path) -> None:
    assert is_snapshot(save(tmp_path / "any.name"))
    (tmp_path / "x.driftaudit").write_text("")
    assert is_snapshot(tmp_path / "x.driftaudit")
    (tmp_path / "other").write_text("driftaudit")
    (tmp_path / "folder.driftaudit").mkdir()
    for name in ("other", "folder.driftaudit", "absent.driftaudit"):
        assert not is_snapshot(tmp_path / name)


def test_no_shorter_file_is_a_snapshot(tmp_path: Path) -> None:
    whole = save(tmp_path / "whole").read_bytes()
    cut = tmp_path / "cut"
    for size in range(len(whole)):
        cut.write_bytes(whole[:size])
        assert "damaged" in refusal(cut)


def test_no_changed_byte_goes_unseen(tmp_path: Path) -> None:
    whole = save(tmp_path / "whole").read_bytes()
    bad = tmp_path / "bad"
    for at in range(len(whole)):
        spoiled = bytearray(whole)
        spoiled[at] ^= 0x21
        bad.write_bytes(spoiled)
        refusal(bad)
    bad.write_bytes(whole + b"x")
    refusal(bad)


def test_a_newer_format_says_what_to_do(tmp_path: Path) -> None:
    path = save(tmp_path / "x")
    path.write_bytes(path.read_bytes().replace(b"snapshot 1\n", b"snapshot 2\n", 1))
    with pytest.raises(SourceError, match="saved in format 2") as caught:
        read_snapshot(path)
    assert caught.value.advice == "Upgrade driftaudit, or save it anew with this one."


HEAD: dict[str, object] = {
    "tool": "x",
    "source": {"kind": "ssh", "url": "x"},
    "started_at": "2025-11-03T18:39:00+00:00",
    "bytes": 1,
    "object_format": "sha1",
    "read_contents": True,
    "entries": 1,
    "problems": 0,
}
ROW = ["entry", "a", "file", "100644", 1, OID, None, None, None, None, None, False]


def test_a_file_of_the_right_form_is_read(tmp_path: Path) -> None:
    (entry,) = read_snapshot(forged(tmp_path / "x", HEAD, ROW)).snapshot.entries
    assert entry == Entry("a", Kind.FILE, "100644", 1, OID)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [[]],
        ["x"],
        [HEAD],  # an entry is missing
        [HEAD, ROW, ROW],
        [dict(HEAD, entries=2), ["entry", "b", *ROW[2:]], ROW],
        [HEAD, ROW[:-1]],
        [HEAD, [*ROW, 1]],
        [HEAD, ["entry", "../a", *ROW[2:]]],
        [HEAD, ["entry", "/a", *ROW[2:]]],
        [HEAD, ["entry", 5, *ROW[2:]]],
        [HEAD, ["entry", "a", "door", *ROW[3:]]],
        [HEAD, ["entry", "a", "file", "rw", *ROW[4:]]],
        [HEAD, ["entry", "a", "file", "100644", 1, "short", *ROW[6:]]],
        [HEAD, ["entry", "a", "file", "100644", float("inf"), *ROW[5:]]],
        [HEAD, ["other"]],
        [HEAD, ROW, ["problem", "a", "mood", "x"]],
        [dict(HEAD, source={}), ROW],
        [dict(HEAD, started_at="yesterday"), ROW],
        [HEAD, json.loads("[" * 900 + "]" * 900)],
    ],
)
def test_a_row_that_makes_no_sense_is_damage(lines: list[object], tmp_path: Path) -> None:
    assert "damaged" in refusal(forged(tmp_path / "x", *lines))


def test_other_ids_than_are_needed_are_refused(tmp_path: Path) -> None:
    source = SnapshotSource(save(tmp_path / "x"))
    assert source.snapshot(ScanRequest()).entries == ENTRIES
    with pytest.raises(SourceError, match="it holds sha1 ids, and sha256 is needed"):
        source.snapshot(ScanRequest(object_format="sha256"))


def test_a_snapshot_without_contents_serves_only_who_asks_for_none(tmp_path: Path) -> None:
    source = SnapshotSource(save(tmp_path / "x", Saved(SNAPSHOT, "sha1", read_contents=False)))
    assert source.snapshot(ScanRequest(read_contents=False)).entries == ENTRIES
    with pytest.raises(SourceError, match="without the ids of contents"):
        source.snapshot(ScanRequest())


def test_problems_stay(tmp_path: Path) -> None:
    assert not SnapshotSource(save(tmp_path / "x")).snapshot(ScanRequest()).complete
    whole = replace(SNAPSHOT, problems=())
    assert SnapshotSource(save(tmp_path / "y", Saved(whole, "sha1"))).snapshot(ScanRequest()).complete
