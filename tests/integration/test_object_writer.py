"""What is written into a repository, and what of it stays as it was."""

import hashlib
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from driftaudit.errors import ExitCode, RepositoryError
from driftaudit.plumbing.writing import CommitObject, ObjectWriter, Row
from tests.support.git import commit, git, new_repository, write
from tests.support.kept import fsck, own_refs, tree, untouched

MOMENT = datetime(2025, 11, 3, 18, 40, tzinfo=UTC)
REF = "refs/driftaudit/live/x"
LARGE = 300  # mebibytes

WRITING = """
import resource, sys
from pathlib import Path
from driftaudit.plumbing.writing import ObjectWriter

writing = ObjectWriter(Path(sys.argv[1]), "sha1")
(oid,) = writing.blobs([Path(sys.argv[2])])
assert writing.damaged({oid}) == set()
children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
status = Path("/proc/self/status").read_text()
own = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
print(oid, max(children, own))
"""


@pytest.fixture(params=["sha1", "sha256"])
def repository(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    folder = new_repository(tmp_path / "repository", f"--object-format={request.param}")
    commit(folder, {"a": "a\n"})
    return folder


def writer(folder: Path) -> ObjectWriter:
    return ObjectWriter(folder, git(folder, "rev-parse", "--show-object-format"))


def kept(folder: Path, contents: dict[str, bytes], ref: str = REF) -> str:
    """Write contents, a tree and a commit of them, and let a ref name it."""
    writing = writer(folder)
    files = folder.parent / "files"
    write(files, dict(contents))
    ids = writing.blobs([files / name for name in contents])
    rows = {name: Row("100644", oid) for name, oid in zip(contents, ids, strict=True)}
    oid = writing.commit(CommitObject(writing.tree(rows).oid, (), "kept\n"), MOMENT)
    assert writing.point(ref, oid, None)
    return oid


def test_what_is_written_is_what_git_reads(repository: Path) -> None:
    before = untouched(repository)
    oid = kept(repository, {"x/y": b"one\r\n", "z": b"\0two"})
    assert untouched(repository) == before
    assert own_refs(repository) == {REF: oid}
    assert tree(repository, oid) == {"x/y": "100644", "z": "100644"}
    assert git(repository, "log", "-1", "--format=%aI %cI %an %s", oid) == (
        "2025-11-03T18:40:00+00:00 2025-11-03T18:40:00+00:00 driftaudit kept"
    )
    fsck(repository)


def test_bare_repositories_and_further_worktrees(repository: Path) -> None:
    bare = repository.parent / "bare.git"
    git(repository.parent, "clone", "--quiet", "--bare", str(repository), str(bare))
    git(repository, "worktree", "add", "--quiet", "../second")
    for folder in (bare, repository.parent / "second"):
        before = untouched(folder)
        oid = kept(folder, {"x": b"x"}, REF + folder.name)
        assert untouched(folder) == before
        assert own_refs(folder) == {REF + folder.name: oid}
        fsck(folder)


def test_a_ref_moves_only_from_what_it_was(repository: Path) -> None:
    writing = writer(repository)
    head = git(repository, "rev-parse", "HEAD")
    other = kept(repository, {"x": b"x"})
    assert not writing.point(REF, head, None)
    assert not writing.point(REF, head, head)
    assert own_refs(repository) == {REF: other}
    assert writing.point(REF, head, other)
    assert own_refs(repository) == {REF: head}


def test_no_other_ref_is_ever_moved(repository: Path) -> None:
    with pytest.raises(ValueError, match="refs/heads/main"):
        writer(repository).point("refs/heads/main", "0" * 40, None)


def test_a_ref_that_is_another_ones_name_stays_that(repository: Path) -> None:
    git(repository, "symbolic-ref", REF, "refs/heads/main")
    head = git(repository, "rev-parse", "HEAD")
    oid = writer(repository).commit(
        CommitObject(git(repository, "rev-parse", "HEAD^{tree}"), (), "x"), MOMENT
    )
    writer(repository).point(REF, oid, head)
    assert git(repository, "rev-parse", "refs/heads/main") == head


def test_a_lock_that_was_left_is_named(repository: Path) -> None:
    oid = kept(repository, {"x": b"x"})
    lock = repository / ".git" / f"{REF}.lock"
    lock.touch()
    with pytest.raises(RepositoryError, match="lock") as caught:
        writer(repository).point(REF, git(repository, "rev-parse", "HEAD"), oid)
    assert "remove" in caught.value.advice
    assert own_refs(repository) == {REF: oid}


def test_a_new_name_that_another_has_or_may_have_yet_is_passed_over(repository: Path) -> None:
    below = "refs/driftaudit/rescue/web/"
    first = kept(repository, {"x": b"x"})
    assert writer(repository).name_anew(below, first) == f"{below}{MOMENT:%Y%m%dT%H%M%SZ}"
    second = kept(repository, {"y": b"y"}, "refs/driftaudit/live/other")
    (repository / ".git" / f"{below}{MOMENT:%Y%m%dT%H%M%SZ}-2.lock").touch()  # of a git that was killed
    assert writer(repository).name_anew(below, second) == f"{below}{MOMENT:%Y%m%dT%H%M%SZ}-3"
    assert own_refs(repository)[f"{below}{MOMENT:%Y%m%dT%H%M%SZ}-3"] == second
    assert writer(repository).name_anew(below, first) == f"{below}{MOMENT:%Y%m%dT%H%M%SZ}"


def test_names_that_git_has_no_place_for_are_told(repository: Path) -> None:
    writing = writer(repository)
    (oid,) = writing.blobs([repository / "a"])
    bad = [".git/x", "a/.GIT", ".g\u200cit/x", "git~1", ".git.", "x/../y", "x//y", "/x", "back\\.git"]
    good = ["x/y", "\udcff", "new\nline", "-rf", " ", "A", "a"]
    written = writing.tree({path: Row("100644", oid) for path in (*bad, *good)})
    assert sorted(written.left_out) == sorted(bad)
    assert sorted(tree(repository, written.oid)) == sorted(good)
    link = writing.tree({".gitmodules": Row("120000", oid)})
    assert link.left_out == (".gitmodules",)
    fsck(repository)


def test_damaged_blobs_are_found(repository: Path) -> None:
    writing = writer(repository)
    names = ["one", "two", "three", "four"]
    write(repository.parent / "files", {name: name * 1000 for name in names})
    ids = writing.blobs([repository.parent / "files" / name for name in names])
    objects = repository / ".git" / "objects"
    for at, content in ((1, b"no object"), (2, (objects / ids[0][:2] / ids[0][2:]).read_bytes())):
        path = objects / ids[at][:2] / ids[at][2:]
        path.chmod(0o644)
        path.write_bytes(content)
    absent = "12" * (len(ids[0]) // 2)
    assert writing.damaged({*ids, absent}) == {ids[1], ids[2], absent}
    assert writing.damaged(set()) == set()


LIMITED = """
import resource, signal, sys
from pathlib import Path
from driftaudit.errors import RepositoryError
from driftaudit.plumbing.writing import ObjectWriter
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    ObjectWriter(Path(sys.argv[1]), sys.argv[2]).blobs([Path(sys.argv[3])])
except RepositoryError as error:
    print(error.message, "|", error.advice)
"""


def test_a_file_that_the_disk_does_not_take(repository: Path) -> None:
    large = repository.parent / "large"
    large.write_bytes(random.Random(1).randbytes(400_000))
    before = untouched(repository)
    form = git(repository, "rev-parse", "--show-object-format")
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(repository), form, str(large)], capture_output=True, text=True
    )
    assert done.stdout.startswith("git hash-object failed: ")
    assert "room" in done.stdout
    assert (done.stderr, untouched(repository)) == ("", before)
    fsck(repository)


def test_errors_of_git_have_the_exit_code_of_a_wrong_repository(repository: Path) -> None:
    with pytest.raises(RepositoryError) as caught:
        writer(repository).tree({"x": Row("100644", "12" * 20)})
    assert caught.value.exit_code is ExitCode.USAGE


def test_a_large_file_is_streamed(tmp_path: Path) -> None:
    folder = new_repository(tmp_path / "repository")
    large = tmp_path / "large"
    digest = hashlib.sha1(b"blob %d\0" % (LARGE << 20))
    with large.open("wb") as stream:
        for number in range(LARGE):
            piece = random.Random(number).randbytes(1 << 20)
            stream.write(piece)
            digest.update(piece)
    # In a process of its own: a child begins with as much memory as the process that forks it has.
    done = subprocess.run(
        [sys.executable, "-c", WRITING, str(folder), str(large)], capture_output=True, text=True, check=True
    )
    oid, peak = done.stdout.split()
    assert oid == digest.hexdigest()
    assert int(peak) <= 150_000  # kilobytes, of the largest process


BAD_MODULES = '[submodule "x"]\n\tpath = x\n\turl = -upload-pack=evil\n'
GOOD_MODULES = '[submodule "x"]\n\tpath = x\n\turl = ../x.git\n'


@pytest.mark.parametrize(
    ("name", "content", "is_taken"),
    [
        (".gitmodules", BAD_MODULES, False),
        ("sub/.gitmodules", BAD_MODULES, False),
        (".GitModules", BAD_MODULES, False),
        ("gitmod~1", BAD_MODULES, False),
        (".git\u200cmodules", BAD_MODULES, False),
        (".gitmodules", GOOD_MODULES, True),
        (".gitmodules", "x" * 2_000_000, False),
        (".gitattributes", "*.txt text\n", True),
        (".gitattributes", "*.txt " + "a" * 5000 + "\n", False),
        ("gitmodules", BAD_MODULES, True),
    ],
)
def test_files_of_git_are_taken_only_as_git_takes_them(
    repository: Path, name: str, content: str, is_taken: bool
) -> None:
    write(repository.parent / "files", {"x": content})
    writing = writer(repository)
    (oid,) = writing.blobs([repository.parent / "files" / "x"])
    written = writing.tree({name: Row("100644", oid), "other": Row("100644", oid)})
    assert written.left_out == (() if is_taken else (name,))
    writing.point(REF, writing.commit(CommitObject(written.oid, (), "x"), MOMENT), None)
    git(repository, "fsck", "--full")
