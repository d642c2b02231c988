"""The program that is sent to hosts, run as a host would run it."""

import ast
import os
import socket
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from driftaudit.cache import Cache
from driftaudit.errors import SourceError
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.problem import ProblemKind
from driftaudit.model.snapshot import Snapshot
from driftaudit.repo import Repository
from driftaudit.sources import agent
from driftaudit.sources.agent import (
    ARCHIVE_MODULES,
    CONTENT_MODULES,
    MATCH_MODULES,
    MODULES,
    RUNNING_MODULES,
    module_source,
    program_parts,
)
from driftaudit.sources.agent.program import hashing, opening
from driftaudit.sources.archive import ArchiveSource
from driftaudit.sources.base import AbsentRootError, FetchRequest, ScanRequest, Source
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.git import GitSource
from tests.support import interpreters
from tests.support.archives import packed
from tests.support.clock import let_it_tick
from tests.support.git import commit, new_repository

ALL_MODULES = (*MODULES, *ARCHIVE_MODULES, *CONTENT_MODULES, *MATCH_MODULES, *RUNNING_MODULES)


def scan(folder: Path, **request: object) -> Snapshot:
    return DirectorySource(folder).snapshot(ScanRequest(**request))  # type: ignore[arg-type]


def by_path(snapshot: Snapshot) -> dict[str, Entry]:
    return {entry.path: entry for entry in snapshot.entries}


def write(folder: Path, **files: str | bytes) -> None:
    for name, content in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def test_the_program_is_python_3_6_and_small() -> None:
    for name in ("loader", *ALL_MODULES):
        ast.parse(module_source(name), feature_version=(3, 6))
    assert sum(len(part) for part in program_parts()) < 16_000  # bytes that go in front of every scan
    assert sum(len(part) for part in program_parts(for_archives=True)) < 26_000
    assert sum(len(part) for part in program_parts(for_contents=True)) < 18_000
    assert sum(len(part) for part in program_parts(for_matches=True)) < 18_000
    assert sum(len(part) for part in program_parts(for_probes=True)) < 19_000


def test_every_module_of_the_program_is_sent() -> None:
    folder = Path(agent.__file__).with_name("program")
    assert {path.stem for path in folder.glob("*.py")} == {"__init__", "loader", *ALL_MODULES}


def test_the_program_imports_the_standard_library_alone() -> None:
    nodes = [node for name in ALL_MODULES for node in ast.walk(ast.parse(module_source(name)))]
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    assert imported - {"compression.zstd"} <= set(sys.stdlib_module_names)  # that one since Python 3.14
    own = {node.module for node in nodes if isinstance(node, ast.ImportFrom) if node.level == 1}
    assert own <= set(ALL_MODULES)
    assert not [node for node in nodes if isinstance(node, ast.ImportFrom) if node.level != 1]


def a_tree(root: Path) -> ScanRequest:
    """Make a tree of all sorts of things, and return what is asked of it."""
    write(root, a="1\r\n2\r\n", b__c="x" * 300_000, b__é="", node_modules__x="y", logs__l="z")
    (root / "link").symlink_to("b/c")
    return ScanRequest(prune=("node_modules/",), unread=("logs/",))


@pytest.mark.parametrize("version", interpreters.VERSIONS)
def test_it_gives_the_same_answer_on_every_python_of_this_machine(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interpreter = interpreters.interpreter(version)
    if interpreter is None:
        assert version != "3.11", "this very version must be there"
        return
    request, source = a_tree(tmp_path), DirectorySource(tmp_path)
    here = source.snapshot(request)
    monkeypatch.setattr(sys, "executable", interpreter)
    there = source.snapshot(request)
    assert (there.entries, there.problems) == (here.entries, here.problems)
    assert len(there.entries) == 8
    monkeypatch.setenv("LC_ALL", "C")
    assert source.snapshot(request).entries == here.entries


@pytest.mark.parametrize("version", interpreters.VERSIONS)
def test_it_gives_contents_on_every_python_of_this_machine(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interpreter = interpreters.interpreter(version)
    if interpreter is None:
        return
    root = tmp_path / "root"
    request = a_tree(root)
    (root / os.fsdecode(b"\xff\n-")).write_text("a name of no locale\n")
    entries = tuple(entry for entry in DirectorySource(root).snapshot(request).entries if entry.digest)
    entries = tuple(replace(entry, link_target=None) for entry in entries)
    archive = packed(root, tmp_path / "tree.tar.gz")
    monkeypatch.setattr(sys, "executable", interpreter)
    sources: list[Source] = [DirectorySource(root), DirectorySource(root), ArchiveSource(archive)]
    for number, (locale, source) in enumerate(zip(("C.UTF-8", "C", "C"), sources, strict=True)):
        monkeypatch.setenv("LC_ALL", locale)
        (tmp_path / str(number)).mkdir()
        found = source.fetch(FetchRequest(entries, tmp_path / str(number)))
        assert found.problems == ()
        assert {file.name for file in found.files.values()} == {entry.digest for entry in entries}
        assert len(found.files) == 5


def test_what_one_python_remembers_every_other_knows_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request, source = a_tree(tmp_path / "root"), DirectorySource(tmp_path / "root")
    plain = source.snapshot(request)
    let_it_tick(tmp_path)
    request = replace(request, cache=Cache(tmp_path / "cache"), clock_tick=0.0)
    found = [one for one in map(interpreters.interpreter, interpreters.VERSIONS) if one]
    for number, (keeper, reader) in enumerate(zip(found, [*found[1:], found[0]], strict=True)):
        asked = replace(request, cache=Cache(tmp_path / f"cache-{number}"))
        monkeypatch.setattr(sys, "executable", keeper)
        assert source.snapshot(asked).scan.hashed_files == 3
        monkeypatch.setattr(sys, "executable", reader)
        for locale in ("C", "C.UTF-8"):
            monkeypatch.setenv("LC_ALL", locale)
            again = source.snapshot(asked)
            assert (again.scan.hashed_files, again.scan.cached_files) == (0, 3), (keeper, reader, locale)
            assert again.entries == plain.entries


def test_every_python_finds_equal_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = new_repository(tmp_path / "repository")
    commit(repository, {"a/b/c": "1", "a/b.x": "2", "a/é/d": "3", "e/f": "4"})
    trees = GitSource(Repository.containing(repository), "HEAD").folder_trees()
    (repository / ".git").rename(tmp_path / "away")
    (repository / "e" / "f").write_text("edited")
    for interpreter in filter(None, map(interpreters.interpreter, interpreters.VERSIONS)):
        monkeypatch.setattr(sys, "executable", interpreter)
        for locale in ("C", "C.UTF-8"):
            monkeypatch.setenv("LC_ALL", locale)
            found = scan(repository, trees=trees)
            assert {folder.path for folder in found.equal_folders} == {"a", "a/b", "a/é"}, interpreter
            assert [entry.path for entry in found.entries] == ["a", "e", "e/f"]


def test_digests_are_those_of_git(tmp_path: Path) -> None:
    contents = {
        "empty": b"",
        "text": b"a\nb\n",
        "crlf": b"a\r\nb\r\n",
        "binary": b"\0\r\n",
        "lone": b"a\rb\r",
        "boundary": b"x" * (128 * 1024 - 1) + b"\r\n" + b"y" * (128 * 1024 - 1) + b"\r\r\n\r",
    }
    write(tmp_path, **contents)
    found = by_path(scan(tmp_path))

    def oid(content: bytes) -> str:
        return (
            subprocess.run(["git", "hash-object", "--stdin"], input=content, capture_output=True, check=True)
            .stdout.decode()
            .strip()
        )

    for name, content in contents.items():
        plain = content.replace(b"\r\n", b"\n")
        is_changed_text = plain != content and b"\0" not in content
        assert found[name].digest == oid(content)
        assert found[name].text_digest == (oid(plain) if is_changed_text else None)


def test_nothing_that_is_not_a_file_is_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        found = scan(tmp_path)
    assert {entry.path: (entry.kind, entry.digest) for entry in found.entries} == {
        "fifo": (Kind.SPECIAL, None),
        "socket": (Kind.SPECIAL, None),
    }
    assert found.complete


def test_links_are_entries_and_never_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    write(outside, secret="s")
    root = tmp_path / "root"
    root.mkdir()
    (root / "out").symlink_to(outside)
    (root / "loop").symlink_to("loop")
    (root / "nowhere").symlink_to("no/such/thing")
    found = by_path(scan(root))
    assert {path: entry.link_target for path, entry in found.items()} == {
        "loop": "loop",
        "nowhere": "no/such/thing",
        "out": str(outside),
    }


def test_the_root_may_be_a_link_and_is_reported_as_what_it_is(tmp_path: Path) -> None:
    write(tmp_path / "releases" / "7", a="1")
    (tmp_path / "current").symlink_to("releases/7")
    found = scan(tmp_path / "current")
    assert [entry.path for entry in found.entries] == ["a"]
    assert found.source.real_root == str((tmp_path / "releases" / "7").resolve())


def test_names_of_any_bytes_come_through(tmp_path: Path) -> None:
    names = ["new\nline", "tab\t", "é", "\udcff\udcfe", "[red]", "a\\b", " ", "-rf"]
    for name in names:
        (tmp_path / name).write_text(name, errors="surrogateescape")
    assert sorted(by_path(scan(tmp_path))) == sorted(names)


def test_a_tree_deeper_than_the_number_of_open_folders_is_seen_whole(tmp_path: Path) -> None:
    paths = ["/".join(f"d{n % 7}" for n in range(depth)) + "/file" for depth in (3, 70, 71, 130)]
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    found = by_path(scan(tmp_path))
    assert {path for path, entry in found.items() if entry.digest} == set(paths)
    assert len(found) == 130 + len(paths)


def test_pruned_folders_cost_one_entry_and_unread_files_have_no_digest(tmp_path: Path) -> None:
    write(tmp_path, node_modules__a__b="1", uploads__x="2", src__debug__log="3")
    (tmp_path / "src" / "app.log").write_text("4")
    found = scan(tmp_path, prune=("node_modules/",), unread=("uploads/", "*.log"))
    entries = by_path(found)
    assert entries["node_modules"].pruned
    assert "node_modules/a" not in entries
    assert entries["uploads/x"].digest is None
    assert entries["uploads/x"].size == 1
    assert entries["src/app.log"].digest is None
    assert entries["src/debug/log"].digest is not None
    assert found.scan.hashed_files == 1


def test_neither_applies_to_a_path_that_is_known(tmp_path: Path) -> None:
    write(tmp_path, dist__keep="1", dist__other="2", uploads__sub__keep="3", uploads__other="4")
    found = scan(
        tmp_path, prune=("dist/",), unread=("uploads/",), known=frozenset(["dist/keep", "uploads/sub/keep"])
    )
    read = {path for path, entry in by_path(found).items() if entry.digest}
    assert read == {"dist/keep", "uploads/sub/keep"}
    assert "dist/other" in by_path(found)


def test_the_last_matching_pattern_decides(tmp_path: Path) -> None:
    for name in ("a.log", "keep.log", "b.txt"):
        (tmp_path / name).write_text("x")
    entries = by_path(scan(tmp_path, unread=("*.log", "!keep.log")))
    assert [path for path, entry in entries.items() if entry.digest is None] == ["a.log"]


def test_what_a_later_pattern_takes_back_is_read_even_in_an_unread_folder(tmp_path: Path) -> None:
    write(tmp_path, uploads__photo="1", **{"uploads/sub/shell.php": "2"})
    found = scan(tmp_path, unread=("uploads/", "!*.php"))
    assert [path for path, entry in by_path(found).items() if entry.digest] == ["uploads/sub/shell.php"]


def test_a_file_over_the_limit_is_a_problem_and_not_read(tmp_path: Path) -> None:
    write(tmp_path, big="x" * 11, small="x" * 10)
    found = scan(tmp_path, max_file_bytes=10)
    assert [(problem.path, problem.kind) for problem in found.problems] == [("big", ProblemKind.TOO_LARGE)]
    assert by_path(found)["big"].digest is None
    assert by_path(found)["small"].digest
    assert not found.complete


def test_a_scan_changes_no_time_of_what_it_reads(tmp_path: Path) -> None:
    write(tmp_path, a="1", b__c="2")
    paths = [tmp_path, *tmp_path.rglob("*")]
    for path in paths:
        os.utime(path, ns=(10**18, 10**18))  # an access time so old that any reading would renew it
    before = [stat_of(path) for path in paths]
    scan(tmp_path)
    assert [stat_of(path) for path in paths] == before


def stat_of(path: Path) -> tuple[int, ...]:
    state = path.lstat()
    return (
        state.st_mode,
        state.st_size,
        state.st_atime_ns,
        state.st_mtime_ns,
        state.st_ctime_ns,
        state.st_ino,
    )


def test_a_git_checkout_is_one_entry_with_the_ids_of_its_refs(tmp_path: Path) -> None:
    def git(*words: str) -> str:
        identity = ["-c", "user.name=n", "-c", "user.email=e@example.net"]
        done = subprocess.run(["git", *identity, *words], cwd=tmp_path, capture_output=True, check=True)
        return done.stdout.decode().strip()

    git("init", "-q")
    write(tmp_path, a="1")
    git("add", ".")
    git("commit", "-qm", "one")
    git("tag", "v1")
    git("pack-refs", "--all")
    first = git("rev-parse", "HEAD")
    write(tmp_path, a="2")
    git("commit", "-qam", "two")
    write(tmp_path, a="3")
    git("stash", "-q")
    found = scan(tmp_path)
    assert [entry.path for entry in found.entries] == [".git", "a"]
    assert by_path(found)[".git"].pruned
    assert len(found.git_directories) == 1
    expected = {first, git("rev-parse", "HEAD"), git("rev-parse", "refs/stash")}
    assert set(found.git_directories[0].refs) == expected


def test_a_file_that_changes_while_it_is_read_is_unstable(tmp_path: Path) -> None:
    """The state that was listed is not the state after reading: seen by reading with a stale state."""
    file = tmp_path / "a"
    file.write_text("one")
    listed = file.stat()
    file.write_text("two!")
    folder = os.open(tmp_path, os.O_RDONLY)
    try:
        with pytest.raises(hashing.ChangedError):
            hashing.read_file(folder, "a", listed, hashing.Hasher("sha1"))
    finally:
        os.close(folder)


def test_a_folder_swapped_for_a_link_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    root = tmp_path / "root"
    root.mkdir()
    (root / "swapped").symlink_to(outside)
    folder = os.open(root, os.O_RDONLY)
    try:
        with pytest.raises(OSError, match=r"Not a directory|Too many levels"):
            opening.open_below(folder, ["swapped"])
    finally:
        os.close(folder)


def test_no_folder_and_a_file_are_told_apart(tmp_path: Path) -> None:
    write(tmp_path, file="x")
    with pytest.raises(AbsentRootError, match="there is no such folder"):
        scan(tmp_path / "absent")
    with pytest.raises(SourceError, match="this is a file, not a folder"):
        scan(tmp_path / "file")


def test_modes_are_those_that_git_records(tmp_path: Path) -> None:
    for mode in (0o600, 0o644, 0o664, 0o700, 0o755, 0o654):
        path = tmp_path / oct(mode)
        path.write_text("x")
        path.chmod(mode)
    modes = {path: entry.mode for path, entry in by_path(scan(tmp_path)).items()}
    assert modes == {
        oct(mode): "100755" if mode & stat.S_IXUSR else "100644"
        for mode in (0o600, 0o644, 0o664, 0o700, 0o755, 0o654)
    }


def test_the_local_process_is_gone_after_a_scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Remembered(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Remembered)
    scan(tmp_path)
    assert [process.returncode is not None for process in started] == [True]
