"""What the login may not read is never taken for clean, nor for gone.

AIDE 0.18 prints "Looks okay" when a changed file is made unreadable. That is the test to pass.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.cli import check
from tests.support.git import commit
from tests.support.site import Site, problems

METHODS = [
    [],
    ["--deploy", "replace"],
    ["--deploy", "replace:src"],
    ["--deploy", "overlay"],
    ["--deploy", "mirror"],
]
METHODS += [["--deploy", "release"]]


@contextmanager
def closed(path: Path) -> Iterator[None]:
    """Take all permissions from a file or folder, and give them back so that it can be removed."""
    mode = path.stat().st_mode & 0o777
    path.chmod(0)
    try:
        yield
    finally:
        path.chmod(mode)


@pytest.mark.parametrize("words", METHODS, ids=lambda words: "-".join(words) or "worst")
def test_an_edited_file_that_is_then_made_unreadable_never_passes(strict: Site, words: list[str]) -> None:
    path = strict.production / "src" / "app.txt"
    path.write_text("edited by hand\n")
    with closed(path):
        outcome = check(strict.repository, strict.url, *words)
    assert (outcome.code, outcome.report["verdict"]) == (4, "incomplete")
    assert problems(outcome) == {"src/app.txt": "unreadable"}


def test_an_unreadable_file_that_is_not_desired_but_would_be_deleted(strict: Site) -> None:
    path = strict.production / "src" / "notes.txt"
    path.write_text("only here\n")
    with closed(path):
        outcome = strict.check()
        text = strict.text()
    assert outcome.code == 4
    assert problems(outcome) == {"src/notes.txt": "unreadable"}
    assert outcome.report["problems"][0]["detail"] == "Permission denied"
    assert text.code == outcome.code
    assert "src/notes.txt" in text.out
    assert "Permission denied" in text.out


def test_an_unreadable_file_that_the_deploy_leaves_alone_is_only_listed(strict: Site) -> None:
    path = strict.production / "notes.txt"
    path.write_text("not deployed\n")
    with closed(path):
        outcome = strict.check()
        assert (outcome.code, problems(outcome)) == (0, {"notes.txt": "unreadable"})
        (strict.production / "src" / "app.txt").write_text("edited\n")
        outcome = strict.check()
        assert (outcome.code, problems(outcome)) == (3, {"notes.txt": "unreadable"})


def test_blocked_and_incomplete_at_once_is_blocked_and_names_both(strict: Site) -> None:
    (strict.production / "src" / "lib" / "one.txt").write_text("edited\n")
    with closed(strict.production / "src" / "app.txt"):
        outcome = strict.check()
        text = strict.text()
    assert (outcome.code, outcome.report["verdict"]) == (3, "blocked")
    assert outcome.blocking() == {"src/lib/one.txt": "core/only-copy"}
    assert problems(outcome) == {"src/app.txt": "unreadable"}
    assert text.out.rstrip().splitlines()[-1].startswith("BLOCKED")
    assert "src/app.txt" in text.out


@pytest.mark.parametrize("words", METHODS, ids=lambda words: "-".join(words) or "worst")
def test_files_in_an_unreadable_folder_are_neither_missing_nor_removed(
    strict: Site, words: list[str]
) -> None:
    with closed(strict.production / "src" / "lib"):
        outcome = check(strict.repository, strict.url, *words)
    assert (outcome.code, outcome.report["verdict"]) == (4, "incomplete")
    assert problems(outcome) == {"src/lib": "unreadable"}
    assert not [path for path in outcome.origins() if path.startswith("src/lib/")]


def test_a_file_that_was_never_there_is_not_told_of_an_unreadable_folder(strict: Site) -> None:
    commit(strict.repository, {"src/lib/three.txt": "three\n", "src/new.txt": "new\n"})
    with closed(strict.production / "src" / "lib"):
        outcome = strict.check()
    assert outcome.code == 4
    assert outcome.origins() == {"src/new.txt": "missing"}


def test_a_folder_that_can_be_listed_but_not_entered(strict: Site) -> None:
    folder = strict.production / "src" / "lib"
    folder.chmod(0o444)
    try:
        outcome = strict.check()
    finally:
        folder.chmod(0o755)
    assert outcome.code == 4
    assert "unreadable" in problems(outcome).values()
    assert not [path for path in outcome.origins() if path.startswith("src/lib/")]


def test_an_unreadable_folder_that_nothing_touches_is_only_listed(strict: Site) -> None:
    folder = strict.production / "private"
    folder.mkdir()
    with closed(folder):
        outcome = strict.check()
    assert (outcome.code, problems(outcome)) == (0, {"private": "unreadable"})


def test_an_unreadable_folder_that_is_not_desired_but_would_be_deleted(strict: Site) -> None:
    folder = strict.production / "src" / "private"
    folder.mkdir()
    (folder / "file").write_text("only here\n")
    with closed(folder):
        outcome = strict.check()
    assert outcome.code == 4
    assert problems(outcome) == {"src/private": "unreadable"}


@pytest.mark.parametrize(("name", "code"), [(".env", 3), ("app.log", 3), ("node_modules/x", 4)])
def test_a_label_does_not_make_an_unreadable_desired_file_clean(strict: Site, name: str, code: int) -> None:
    commit(strict.repository, {f"src/{name}": "committed\n"})
    path = strict.production / "src" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("edited\n")
    with closed(path):
        outcome = strict.check()
    assert outcome.code == code
    assert problems(outcome) == {f"src/{name}": "unreadable"}
