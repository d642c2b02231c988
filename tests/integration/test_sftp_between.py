"""What happens between two packets: links put in the way, files that change, answers that make no sense."""

import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from driftaudit.config.access import Access, Timeouts
from driftaudit.errors import SourceError
from driftaudit.model.entry import Entry
from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.base import ScanRequest
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.source import SSHSource
from tests.support import sftp_between
from tests.support.git import commit, new_repository, write
from tests.support.sshd import StartServer

OPEN, CLOSE, READ, OPENDIR, READDIR, REALPATH, READLINK = 3, 4, 5, 11, 12, 16, 19
STATUS, HANDLE, DATA, NAME, ATTRS = 101, 102, 103, 104, 105

Event = dict[str, str | int]
ReadWith = Callable[..., Snapshot]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    write(folder, {"a/file": "the right one\n", "a/other": "other\n", "b/file": "b\n", "c/d/e": "e\n"})
    (folder / "link").symlink_to("a/file")
    write(tmp_path / "outside", {"file": "secret of another\n", "inner/file": "secret\n"})
    return folder


@pytest.fixture
def read_with(start_sshd: StartServer, tmp_path: Path, tree: Path, sftp_server: str) -> ReadWith:
    """Read the tree while these events happen."""

    def read(*events: Event, **request: object) -> Snapshot:
        file = tmp_path / "events.json"
        file.write_text(json.dumps(events))
        words = [sys.executable, sftp_between.__file__, sftp_server, str(file)]
        server = start_sshd(sftp=shlex.join(words))
        access = Access(method="sftp", timeouts=Timeouts(silence=5))
        source = SSHSource(SSHAddress.parse(server.url(tree)), access)
        return source.snapshot(ScanRequest(**request))  # type: ignore[arg-type]

    return read


def before(request: int, holding: str | Path, run: str) -> Event:
    return {"request": request, "holding": str(holding), "run": run}


def problems(snapshot: Snapshot) -> dict[str, str]:
    return {problem.path: problem.kind.value for problem in snapshot.problems}


def by_path(snapshot: Snapshot) -> dict[str, Entry]:
    return {entry.path: entry for entry in snapshot.entries}


def test_nothing_happens_without_events(read_with: ReadWith) -> None:
    found = read_with()
    assert found.complete
    assert len(found.entries) == 9


@pytest.mark.parametrize(
    "run",
    [
        "ln -sfn ../../outside/file {0}",
        "ln -sfn other {0}",
        "echo more >> {0}",
        "echo 'the wrong on' > {0}; touch -d @1 {0}",
        "cp -p {0} {0}.new; chmod 600 {0}.new; mv {0}.new {0}",
        ": > {0}",
        "rm {0}; ln $(dirname {0})/../../outside/file {0}",
    ],
)
@pytest.mark.parametrize("when", [OPEN, READ], ids=["before-open", "before-read"])
def test_a_file_that_is_another_by_then_is_unstable(
    read_with: ReadWith, tree: Path, run: str, when: int
) -> None:
    holding = tree / "a/file" if when == OPEN else ""
    if when == READ:
        (tree / "b/file").unlink()
        (tree / "a/other").unlink()
        (tree / "c/d/e").unlink()
    found = read_with(before(when, holding, run.format(tree / "a/file")))
    assert problems(found) == {"a/file": "unstable"}
    assert by_path(found)["a/file"].digest is None


def test_a_link_that_is_taken_back_before_the_file_is_looked_at_again(
    read_with: ReadWith, tree: Path
) -> None:
    """The open file is the wrong one, the path is right again."""
    (tree / "b/file").unlink()
    (tree / "a/other").unlink()
    (tree / "c/d/e").unlink()
    file = tree / "a/file"
    found = read_with(
        before(OPEN, file, f"mv {file} {file}.kept; ln -s ../../outside/file {file}"),
        before(READ, "", f"mv {file}.kept {file}"),
    )
    assert problems(found) == {"a/file": "unstable"}


def test_a_file_that_vanishes_is_no_entry(read_with: ReadWith, tree: Path) -> None:
    found = read_with(before(OPEN, tree / "a/file", f"rm {tree / 'a/file'}"))
    assert problems(found) == {"a/file": "vanished"}
    assert "a/file" not in by_path(found)


@pytest.mark.parametrize("run", ["ln -sfn other {0}", "rm {0}; echo file > {0}"])
def test_a_link_that_is_another_by_then(read_with: ReadWith, tree: Path, run: str) -> None:
    found = read_with(before(READLINK, tree / "link", run.format(tree / "link")))
    assert list(problems(found)) == ["link"]
    assert by_path(found)["link"].digest is None


SWAP = "mv {0} {0}.kept; ln -s {1} {0}"


@pytest.mark.parametrize("when", [REALPATH, OPENDIR], ids=["before-realpath", "before-opendir"])
def test_a_folder_that_a_link_replaces_before_it_is_listed(
    read_with: ReadWith, tree: Path, tmp_path: Path, when: int
) -> None:
    found = read_with(before(when, tree / "c", SWAP.format(tree / "c", tmp_path / "outside")))
    assert problems(found) == {"c": "unstable"}
    assert not [path for path in by_path(found) if path.startswith("c/")]


def test_a_folder_above_that_a_link_replaces(read_with: ReadWith, tree: Path, tmp_path: Path) -> None:
    write(tmp_path / "outside", {"d/e": "secret\n"})
    found = read_with(before(OPENDIR, tree / "c/d", SWAP.format(tree / "c", tmp_path / "outside")))
    assert "c/d" in problems(found)
    assert problems(found)["c"] == "unstable"
    assert "c/d/e" not in by_path(found)


def test_a_folder_that_a_link_replaces_before_its_files_are_read(
    read_with: ReadWith, tree: Path, tmp_path: Path
) -> None:
    """The same files behind the link, down to the second: the folder tells."""
    copy = f"cp -a {tree / 'a'} {tmp_path / 'outside/copy'}"
    swap = SWAP.format(tree / "a", tmp_path / "outside/copy")
    found = read_with(before(OPEN, tree / "a/file", f"{copy}; {swap}"))
    assert problems(found)["a"] == "unstable"
    assert {by_path(found)[path].digest for path in ("a/file", "a/other")} == {None}
    assert by_path(found)["b/file"].digest


def test_refs_behind_a_link_that_came_in_between(read_with: ReadWith, tree: Path, tmp_path: Path) -> None:
    commit(new_repository(tree), {"x": "1"})
    heads = tree / ".git/refs/heads"
    found = read_with(before(OPENDIR, heads, SWAP.format(heads, tmp_path / "outside")))
    assert problems(found) == {".git": "git-directory"}


@pytest.mark.parametrize("nth", [8, 9, 12])
def test_a_listing_that_fails_in_the_middle_is_a_problem(read_with: ReadWith, tree: Path, nth: int) -> None:
    for number in range(3000):
        (tree / "c" / f"{number}").touch()
    found = read_with({"answer": NAME, "nth": nth, "do": "failure"}, unread=("*",))
    assert list(problems(found).values()) == ["unreadable"]
    assert "\x1b" not in found.problems[0].detail
    assert len(found.problems[0].detail) <= 200


@pytest.mark.parametrize("kind", [STATUS, HANDLE, DATA, NAME, ATTRS])
@pytest.mark.parametrize(
    "do", ["cut", "longer", "other-number", "twice", "huge", "short", "other-type", "text"]
)
def test_answers_that_make_no_sense_give_no_tree(read_with: ReadWith, kind: int, do: str) -> None:
    if (kind, do) == (HANDLE, "other-type"):  # which is a handle
        do = "no-names"
    nth = 1 if kind == STATUS else 2  # the second says how closing went, which does not matter
    with pytest.raises(SourceError, match=r"makes no sense|cut off|no SFTP server") as caught:
        read_with({"answer": kind, "nth": nth, "do": do})
    assert caught.value.advice


@pytest.mark.parametrize(
    ("kind", "do"), [(NAME, "no-names"), (NAME, "empty-name"), (DATA, "no-data"), (DATA, "too-much")]
)
def test_answers_that_no_server_gives(read_with: ReadWith, kind: int, do: str) -> None:
    with pytest.raises(SourceError, match="makes no sense"):
        read_with({"answer": kind, "nth": 3, "do": do})


def test_a_name_that_leads_out_of_its_folder(read_with: ReadWith) -> None:
    with pytest.raises(SourceError, match="a name that no file can have"):
        read_with({"answer": NAME, "nth": 3, "do": "up"})


def test_a_file_that_ends_before_its_size(read_with: ReadWith) -> None:
    found = read_with({"answer": DATA, "nth": 1, "do": "end"})
    assert list(problems(found).values()) == ["unstable"]
