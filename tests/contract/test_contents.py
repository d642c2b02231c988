"""What every source must do when contents are asked for: give what its snapshot saw, or say why not."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from driftaudit.config.access import Access
from driftaudit.errors import SourceError
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.mapping import PathMapping
from driftaudit.model.problem import ProblemKind
from driftaudit.repo import Repository, blob_id
from driftaudit.sources.archive import ArchiveSource
from driftaudit.sources.base import Fetched, FetchRequest, ScanRequest, Source
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.git import GitSource
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.opening import Opening
from driftaudit.sources.ssh.source import SSHSource
from tests.support.archives import packed
from tests.support.git import commit, new_repository
from tests.support.sources import KINDS, SFTP_ONLY, TOOLS, Make, saved_snapshot
from tests.support.sshd import StartServer

WITH_CONTENTS = [kind for kind in KINDS if kind != "saved snapshot"]
LIVE = ["worktree", "directory", "ssh", *TOOLS, "sftp"]
METHODS = ["agent", *TOOLS, "sftp"]

every_source = pytest.mark.parametrize("make", WITH_CONTENTS, indirect=True)
every_live_source = pytest.mark.parametrize("make", LIVE, indirect=True)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    folder = tmp_path / "kept"
    folder.mkdir(mode=0o700)
    return folder


def of(source: Source) -> tuple[Entry, ...]:
    return tuple(entry for entry in source.snapshot(ScanRequest()).entries if entry.has_content)


def fetched(source: Source, entries: tuple[Entry, ...], kept: Path) -> Fetched:
    """Fetch, and hold against the contract whatever comes of it."""
    found = source.fetch(FetchRequest(entries, kept))
    assert found.files.keys() | {problem.path for problem in found.problems} == {e.path for e in entries}
    assert not found.files.keys() & {problem.path for problem in found.problems}
    for entry in entries:
        if entry.path in found.files:
            assert blob_id(found.files[entry.path].read_bytes(), "sha1") == entry.digest
    assert {file.name for file in kept.iterdir()} == {file.name for file in found.files.values()}
    assert {file.name for file in kept.iterdir()} <= {entry.digest for entry in entries}
    return found


@every_source
def test_all_that_a_snapshot_saw_is_given(make: Make, tree: Path, kept: Path) -> None:
    (tree / "large").write_bytes(os.urandom(3_300_000))
    commit(tree, {"same": (tree / "a").read_text()})
    source = make(tree, PathMapping())
    entries = of(source)
    found = fetched(source, entries, kept)
    assert found.problems == ()
    (link,) = (entry for entry in entries if entry.path == "dir/dangling")
    assert found.files[link.path].read_text() == "no/where"
    assert found.files["same"] == found.files["a"]


@every_source
def test_a_mapping_is_followed_backwards(make: Make, tree: Path, kept: Path) -> None:
    source = make(
        tree, PathMapping((("dir/deep", "app/lib"), ("absent", "main"), ("a", "main"), ("odd", "odd")))
    )
    entries = of(source)
    assert {"app/lib/er/file", "main"} < {entry.path for entry in entries}
    assert fetched(source, entries, kept).problems == ()


@every_source
def test_what_is_not_there_is_a_problem(make: Make, tree: Path, kept: Path) -> None:
    source = make(tree, PathMapping())
    (known,) = (entry for entry in of(source) if entry.path == "a")
    absent = Entry("no/such", Kind.FILE, "100644", 7, blob_id(b"content", "sha1"))
    found = fetched(source, (absent, known), kept)
    assert [(problem.path, problem.kind) for problem in found.problems] == [("no/such", ProblemKind.VANISHED)]
    assert found.files["a"].read_text() == "text\n"


@every_source
def test_nothing_asked_for_is_nothing(make: Make, tree: Path, kept: Path) -> None:
    assert make(tree, PathMapping()).fetch(FetchRequest((), kept)) == Fetched({})


@every_live_source
def test_what_changed_since_the_scan_is_a_problem(make: Make, tree: Path, kept: Path) -> None:
    (tree / "large").write_bytes(bytes(3_300_000))
    commit(tree, {})
    source = make(tree, PathMapping())
    entries = of(source)
    (tree / "a").write_text("edit\n")
    with (tree / "large").open("r+b") as large:
        large.seek(2_000_000)
        large.write(b"edited")
    (tree / "empty").write_text("longer")
    (tree / "a-b").unlink()
    os.mkfifo(tree / "a-b")
    (tree / "crlf.txt").unlink()
    (tree / "crlf.txt").symlink_to("a")
    (tree / "dir" / "binary").unlink()
    shutil.rmtree(tree / "dir.x") if (tree / "dir.x").is_dir() else (tree / "dir.x").unlink()
    (tree / "dir.x").mkdir()
    problems = {problem.path: problem.kind for problem in fetched(source, entries, kept).problems}
    assert problems == {
        **dict.fromkeys(["a", "a-b", "crlf.txt", "dir.x", "empty", "large"], ProblemKind.UNSTABLE),
        "dir/binary": ProblemKind.VANISHED,
    }


@every_live_source
def test_a_file_that_cannot_be_read_is_a_problem(make: Make, tree: Path, kept: Path) -> None:
    if os.geteuid() == 0:  # whoever may read everything
        return
    source = make(tree, PathMapping())
    entries = of(source)
    (tree / "a").chmod(0)
    found = fetched(source, entries, kept)
    assert [problem.kind for problem in found.problems] == [ProblemKind.UNREADABLE]


@every_live_source
def test_nothing_is_read_through_a_link(make: Make, tree: Path, kept: Path) -> None:
    """A folder in whose place a link was put, to where the same files are."""
    source = make(tree, PathMapping())
    entries = tuple(entry for entry in of(source) if entry.path.startswith("dir/") and entry.kind == "file")
    (tree / "dir").rename(tree.parent / "outside")
    (tree / "dir").symlink_to(tree.parent / "outside")
    found = fetched(source, entries, kept)
    assert {problem.kind for problem in found.problems} == {ProblemKind.UNSTABLE}
    assert not found.files


@every_live_source
def test_sizes_and_targets_that_are_not_known_are_found_out(make: Make, tree: Path, kept: Path) -> None:
    source = make(tree, PathMapping())
    entries = tuple(replace(entry, size=None, link_target=None) for entry in of(source))
    assert fetched(source, entries, kept).problems == ()
    for file in kept.iterdir():
        file.unlink()
    request = FetchRequest(entries, kept, max_file_bytes=1000)
    (problem,) = source.fetch(request).problems
    assert (problem.path, problem.kind) == ("dir/binary", ProblemKind.TOO_LARGE)


@every_source
def test_a_rate_limit_changes_nothing_else(make: Make, tree: Path, kept: Path) -> None:
    source = make(tree, PathMapping())
    entries = of(source)
    request = FetchRequest(entries, kept, rate_limit=0.5)
    assert source.fetch(request).files.keys() == {entry.path for entry in entries}


def test_a_saved_snapshot_has_no_contents(tree: Path, kept: Path) -> None:
    source = saved_snapshot(tree, PathMapping())
    with pytest.raises(SourceError, match="has no contents"):
        source.fetch(FetchRequest(of(source), kept))


def test_contents_of_a_repository_with_sha256_ids(tmp_path: Path, kept: Path) -> None:
    folder = new_repository(tmp_path / "tree", "--object-format=sha256")
    files = {"a": "text\n", "b": "more\n"}
    commit(folder, files)
    for source in (DirectorySource(folder), GitSource(Repository.containing(folder), "HEAD")):
        read = source.snapshot(ScanRequest(object_format="sha256", prune=(".git/",)))
        entries = tuple(entry for entry in read.entries if entry.has_content)
        found = source.fetch(FetchRequest(entries, kept, "sha256"))
        assert {path: file.read_text() for path, file in found.files.items()} == {
            "a": "text\n",
            "b": "more\n",
        }


def test_objects_that_the_repository_has_lost_are_problems(tmp_path: Path, kept: Path) -> None:
    folder = new_repository(tmp_path / "tree")
    commit(folder, {"a": "text\n", "b": "text\n", "c": "more\n"})
    source = GitSource(Repository.containing(folder), "HEAD")
    entries = of(source)
    digest = blob_id(b"text\n", "sha1")
    (folder / ".git" / "objects" / digest[:2] / digest[2:]).unlink()
    found = fetched(source, entries, kept)
    assert {problem.path for problem in found.problems} == {"a", "b"}


def test_the_last_of_two_members_counts_and_a_hard_link_is_followed(tmp_path: Path, kept: Path) -> None:
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "a").write_text("first\n")
    archive = packed(folder, tmp_path / "site.tar")
    (folder / "a").write_text("other\n")
    (folder / "b").hardlink_to(folder / "a")
    os.system(f"tar -C {folder} -rf {archive} a b")
    source = ArchiveSource(archive)
    found = fetched(source, of(source), kept)
    assert {path: file.read_text() for path, file in found.files.items()} == {"a": "other\n", "b": "other\n"}


def test_an_archive_that_was_made_anew_gives_what_it_still_has(tmp_path: Path, kept: Path) -> None:
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "a").write_text("stays\n")
    (folder / "b").write_text("goes\n")
    source = ArchiveSource(packed(folder, tmp_path / "site.tar.gz"))
    entries = of(source)
    (folder / "b").unlink()
    (tmp_path / "site.tar.gz").unlink()
    packed(folder, tmp_path / "site.tar.gz")
    assert [problem.path for problem in fetched(source, entries, kept).problems] == ["b"]
    (tmp_path / "site.tar.gz").write_bytes(b"\x1f\x8b\x08damaged")
    with pytest.raises(SourceError):
        source.fetch(FetchRequest(entries, kept))


@pytest.fixture(params=[*METHODS, "directory", "tar"])
def over(
    request: pytest.FixtureRequest, start_sshd: StartServer, tmp_path: Path
) -> Iterator[Callable[[Path], Source]]:
    """A way to look at any folder over one connection."""
    if request.param == "directory":
        yield DirectorySource
        return
    if request.param == "tar":
        yield lambda folder: ArchiveSource(packed(folder, folder.parent / "tree.tar"))
        return
    options = SFTP_ONLY if request.param == "sftp" else {}
    if request.param in TOOLS:
        options = {"path": TOOLS[request.param](tmp_path / "tools")}
    server = start_sshd(**options)
    with ExitStack() as stack:
        opening = Opening(SSHAddress.parse(server.url("/")), Access())
        stack.callback(opening.close)
        yield lambda folder: SSHSource(SSHAddress.parse(server.url(folder)), Access(), opening)


NAMES = (
    st.binary(min_size=1, max_size=12)
    .map(lambda name: name.translate(None, b"/\0"))
    .filter(lambda name: name not in (b"", b".", b"..", b".git"))
)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(b"/".join)
CONTENTS = st.binary(max_size=40) | st.binary(min_size=1, max_size=7).map(lambda part: part * 200_000)
TREES = st.dictionaries(PATHS, CONTENTS, max_size=8)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(tree=TREES, links=st.dictionaries(NAMES, NAMES, max_size=2))
def test_whatever_lies_there_comes_as_it_is(
    over: Callable[[Path], Source], tmp_path: Path, tree: dict[bytes, bytes], links: dict[bytes, bytes]
) -> None:
    with TemporaryDirectory(dir=tmp_path) as place:
        root, kept = Path(place, "root"), Path(place, "kept")
        root.mkdir()
        kept.mkdir()
        grow(os.fsencode(root), tree, links)
        source = over(root)
        entries = of(source)
        assert all(entry.digest for entry in entries)
        assert fetched(source, entries, kept).problems == ()


def grow(root: bytes, tree: dict[bytes, bytes], links: dict[bytes, bytes]) -> None:
    """Make files and links, as far as none is in the way of another."""
    for path, content in tree.items():
        try:
            os.makedirs(os.path.dirname(root + b"/" + path), exist_ok=True)  # noqa: PTH103, PTH120 - bytes
            with open(root + b"/" + path, "wb") as file:  # noqa: PTH123
                file.write(content)
        except OSError:
            continue
    for path, target in links.items():
        try:
            os.symlink(target, root + b"/" + path)  # noqa: PTH211
        except OSError:
            continue
