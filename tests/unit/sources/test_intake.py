"""Contents that are fetched: only what has the digest asked for is kept, whatever lies or comes there."""

import os
import shutil
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from driftaudit.errors import SourceError, UsageError
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.repo import blob_id
from driftaudit.sources.base import Advance, Fetched, FetchRequest, ScanRequest, no_progress
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.intake import CHANGED, Intake, fetched


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "one").write_text("same\n")
    (folder / "deep" / "two").write_text("same\n")
    (folder / "deep" / "er" / "large").write_bytes(bytes(range(256)) * 4000)
    (folder / "empty").write_text("")
    (folder / "link").symlink_to("deep/two")
    return folder


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    folder = tmp_path / "kept"
    folder.mkdir(mode=0o700)
    return folder


def entries(root: Path) -> tuple[Entry, ...]:
    found = DirectorySource(root).snapshot(ScanRequest()).entries
    return tuple(entry for entry in found if entry.has_content)


def fetch(root: Path, wanted: tuple[Entry, ...], kept: Path, **limits: int) -> Fetched:
    return DirectorySource(root).fetch(FetchRequest(wanted, kept, **limits))  # type: ignore[arg-type]


def kinds(found: Fetched) -> dict[str, ProblemKind]:
    return {problem.path: problem.kind for problem in found.problems}


def test_contents_of_a_folder_come_whole(root: Path, kept: Path) -> None:
    found = fetch(root, entries(root), kept)
    assert found.problems == ()
    assert {path: file.read_bytes() for path, file in found.files.items()} == {
        "one": b"same\n",
        "deep/two": b"same\n",
        "deep/er/large": bytes(range(256)) * 4000,
        "empty": b"",
        "link": b"deep/two",
    }
    assert found.files["one"] == found.files["deep/two"]
    names = {entry.digest for entry in entries(root)}
    assert {file.name for file in kept.iterdir()} == names
    assert {stat.S_IMODE(file.stat().st_mode) for file in kept.iterdir()} == {0o600}


def test_what_changed_since_the_scan_is_a_problem_and_no_file(root: Path, kept: Path) -> None:
    wanted = entries(root)
    shutil.copy(root / "deep" / "er" / "large", root / "deep" / "er" / "larger")
    (root / "deep" / "er" / "large").write_bytes(bytes(range(255, -1, -1)) * 4000)
    (root / "empty").unlink()
    (root / "one").write_text("edit\n")
    (root / "deep" / "two").write_text("longer\n")
    found = fetch(root, wanted, kept)
    assert kinds(found) == {
        "deep/er/large": ProblemKind.UNSTABLE,
        "deep/two": ProblemKind.UNSTABLE,
        "empty": ProblemKind.VANISHED,
        "one": ProblemKind.UNSTABLE,
    }
    assert [problem.detail for problem in found.problems if problem.path == "one"] == [CHANGED]
    assert {file.name for file in kept.iterdir()} == {found.files["link"].name}


def test_a_content_is_had_from_another_path_where_one_has_changed(root: Path, kept: Path) -> None:
    wanted = entries(root)
    for changed in ("one", "deep/two"):
        content = (root / changed).read_bytes()
        (root / changed).write_text("edit\n")
        found = fetch(root, wanted, kept)
        assert found.files[changed].read_text() == "same\n"
        assert found.problems == ()
        (root / changed).write_bytes(content)
        shutil.rmtree(kept)
        kept.mkdir()


def test_nothing_is_read_through_a_link_or_from_what_is_no_file(root: Path, kept: Path) -> None:
    wanted = entries(root)
    outside = root.parent / "outside"
    shutil.move(root / "deep", outside)
    (root / "deep").symlink_to(outside)
    (root / "empty").unlink()
    os.mkfifo(root / "empty")
    (root / "one").unlink()
    (root / "one").symlink_to(outside / "two")
    assert set(kinds(fetch(root, wanted, kept)).values()) == {ProblemKind.UNSTABLE}


def test_a_file_over_the_limit_is_a_problem(root: Path, kept: Path) -> None:
    found = fetch(root, entries(root), kept, max_file_bytes=1000)
    assert kinds(found) == {"deep/er/large": ProblemKind.TOO_LARGE}
    unknown = tuple(replace(entry, size=None) for entry in entries(root))
    shutil.rmtree(kept)
    kept.mkdir()
    assert kinds(fetch(root, unknown, kept, max_file_bytes=1000)) == {"deep/er/large": ProblemKind.TOO_LARGE}


def test_what_was_not_read_in_the_scan_is_not_fetched(root: Path, kept: Path) -> None:
    found = fetch(root, (replace(entries(root)[0], digest=None),), kept)
    assert list(kinds(found).values()) == [ProblemKind.UNREADABLE]


def test_a_link_whose_target_is_not_known_is_read(root: Path, kept: Path) -> None:
    (link,) = (entry for entry in entries(root) if entry.kind is Kind.SYMLINK)
    found = fetch(root, (replace(link, link_target=None, size=None),), kept)
    assert found.files["link"].read_text() == "deep/two"


def test_a_folder_that_is_gone_is_an_error(root: Path, kept: Path) -> None:
    wanted = entries(root)
    shutil.rmtree(root)
    with pytest.raises(SourceError, match="no such folder"):
        fetch(root, wanted, kept)


def test_it_tells_how_far_it_is(root: Path, kept: Path) -> None:
    told: list[Advance] = []
    DirectorySource(root).fetch(FetchRequest(entries(root), kept), told.append)
    assert told[-1] == Advance(4, 5 + 1_024_000 + 8, 4, 5 + 1_024_000 + 8)


def one(content: bytes) -> Entry:
    return Entry("one", Kind.FILE, "100644", len(content), blob_id(content, "sha1"))


def bring(content: bytes, kept: Path, said: int | None = None) -> Fetched:
    def answer(wanted: object, intake: Intake) -> None:
        incoming = intake.begin(one(b"right"), len(content) if said is None else said)
        incoming.write(content)
        incoming.finish()

    return fetched(FetchRequest((one(b"right"),), kept), no_progress, "the host", answer)


def test_another_content_is_not_kept(kept: Path) -> None:
    assert bring(b"wrong", kept).problems == (Problem("one", ProblemKind.UNSTABLE, CHANGED),)
    assert bring(b"righ", kept, 5).problems == (Problem("one", ProblemKind.UNSTABLE, CHANGED),)
    assert list(kept.iterdir()) == []
    assert bring(b"right", kept).problems == ()


@pytest.mark.parametrize(("content", "said"), [(b"rightly", 5), (b"", -1), (b"rightly", 7)])
def test_more_or_less_than_was_asked_for_is_refused(content: bytes, said: int, kept: Path) -> None:
    with pytest.raises(SourceError, match="makes no sense"):
        bring(content, kept, said)
    assert list(kept.iterdir()) == []


def test_what_nobody_answered_is_refused(kept: Path) -> None:
    with pytest.raises(SourceError, match="makes no sense"):
        fetched(FetchRequest((one(b"x"),), kept), no_progress, "the host", lambda wanted, intake: None)


def test_a_full_disk_is_said_and_leaves_nothing_half_written(root: Path, kept: Path) -> None:
    wanted = entries(root)
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(UsageError, match="the disk is full"):
            fetch(root, wanted, kept)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not [file for file in kept.iterdir() if file.name.endswith(".part")]
    assert all(file.stat().st_size < 100_000 for file in kept.iterdir())


def test_a_folder_that_cannot_be_written_is_said(root: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be kept"):
        fetch(root, entries(root), tmp_path / "absent")
