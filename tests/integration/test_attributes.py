"""Git's attributes in an audit: those of the commit that is desired, whatever is checked out."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from driftaudit.repo import Repository
from tests.support.cli import Outcome, check, driftaudit
from tests.support.git import commit, git, new_repository, write

FILES = {"a": "one\n", "docs/x": "x\n", "docs/y": "y\n", "tests/t": "t\n"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    commit(new_repository(tmp_path / "repo"), FILES)
    (tmp_path / "live").mkdir()
    return tmp_path


def audit(folder: Path, live: Mapping[str, str | bytes | None], *words: str) -> Outcome:
    write(folder / "live", live)
    return check(folder / "repo", "../live", "--deploy", "mirror", *words)


def test_what_an_archive_leaves_out_is_not_missing(folder: Path) -> None:
    attributes = "docs/ export-ignore\ntests export-ignore\n"
    commit(folder / "repo", {".gitattributes": attributes})
    found = audit(folder, {"a": "one\n", ".gitattributes": attributes})
    assert (found.code, found.report["findings"]) == (0, [])
    text = driftaudit(folder / "repo", "check", "../live", "--deploy", "mirror").out
    assert "3 desired paths are marked export-ignore and not there" in " ".join(text.split())


def test_what_it_would_leave_out_and_is_there_is_judged_as_always(folder: Path) -> None:
    commit(folder / "repo", {".gitattributes": "docs/ export-ignore\n"})
    found = audit(folder, {"a": "one\n", "docs/x": "x\n", "docs/y": "edited\n", "tests/t": "t\n"})
    assert found.blocking() == {"docs/y": "core/only-copy"}
    assert found.origins() == {".gitattributes": "missing", "docs/y": "hotfix"}


def test_a_mapping_leads_to_what_is_left_out(folder: Path) -> None:
    commit(folder / "repo", {".gitattributes": "docs/x export-ignore\n"})
    found = audit(folder, {}, "--map", "docs:public")
    assert found.origins() == {"public/y": "missing"}


def test_attributes_that_are_only_in_the_working_tree_count_for_nothing(folder: Path) -> None:
    write(folder / "repo", {".gitattributes": "docs/ export-ignore\na text eol=crlf\n"})
    found = audit(folder, {"a": "one\r\n", "tests/t": "t\n"})
    assert found.origins() == {"a": "variant", "docs/x": "missing", "docs/y": "missing"}


def test_attributes_of_another_revision_count_for_it(folder: Path) -> None:
    old = commit(folder / "repo", {".gitattributes": "a text eol=crlf\n"})
    commit(folder / "repo", {".gitattributes": ""})
    live = {**FILES, "a": "one\r\n", ".gitattributes": "a text eol=crlf\n"}
    assert audit(folder, live, "--desired", old).report["findings"] == []
    assert audit(folder, {}).origins() == {".gitattributes": "stale", "a": "variant"}


def test_place_holders_that_an_archive_fills_in_are_no_difference(folder: Path) -> None:
    files = {"version": "$Format:%H$\n", "other": "$Format:%H$\n", ".gitattributes": "version export-subst\n"}
    made = commit(folder / "repo", files)
    found = audit(folder, {**FILES, **files, "version": f"{made}\n", "other": f"{made}\n"})
    assert found.origins() == {"other": "hotfix"}


def test_a_signature_is_not_looked_at_for_a_place_holder(folder: Path) -> None:
    started = folder / "started"
    program = folder / "gpg"
    program.write_text(f"#!/bin/sh\ntouch {started}\nexit 1\n")
    program.chmod(0o755)
    for name in ("gpg.program", "gpg.ssh.program", "gpg.x509.program", "gpg.openpgp.program"):
        git(folder / "repo", "config", name, str(program))
    files = {"version": "$Format:%G?$\n", ".gitattributes": "version export-subst\n"}
    commit(folder / "repo", files)
    tree = git(folder / "repo", "rev-parse", "HEAD^{tree}")
    text = f"tree {tree}\nauthor A <a@b> 0 +0000\ncommitter A <a@b> 0 +0000\n"
    text += "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\nsigned\n"
    signed = git(folder / "repo", "hash-object", "-t", "commit", "-w", "--stdin", stdin=text.encode())
    git(folder / "repo", "reset", "--quiet", "--hard", signed)
    git(folder / "repo", "log", "-1", "--format=%G?")
    assert started.exists()  # so git does start it; since version 2.40 an archive does as well
    started.unlink()
    assert audit(folder, {**FILES, **files, "version": "edited\n"}).code == 3
    assert not started.exists()


def test_no_filter_and_no_hook_is_run_and_the_repository_is_left_as_it_is(folder: Path) -> None:
    repository, started = folder / "repo", folder / "started"
    attributes = "a export-subst filter=evil\ndocs/x text eol=crlf filter=evil\ntests/ export-ignore\n"
    commit(repository, {".gitattributes": attributes})
    for name in ("clean", "smudge", "process"):
        git(repository, "config", f"filter.evil.{name}", f"touch {started}; cat")
    git(repository, "config", "core.splitIndex", "true")
    git(repository, "config", "core.fsmonitor", f"touch {started}")
    for hook in ("post-index-change", "post-checkout"):
        path = repository / ".git" / "hooks" / hook
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\ntouch {started}\n")
        path.chmod(0o755)
    before = state_of(repository / ".git")
    audit(folder, {"a": "edited\n", "docs/x": "x\r\n"})
    assert not started.exists()
    assert state_of(repository / ".git") == before


def state_of(folder: Path) -> dict[str, tuple[int, int]]:
    found = {}
    for name, _folders, files in os.walk(folder):
        for file in files:
            state = Path(name, file).stat()
            found[f"{name}/{file}"] = (state.st_size, state.st_mtime_ns)
    return found


def test_a_linked_working_tree_is_asked_as_well(folder: Path) -> None:
    commit(folder / "repo", {".gitattributes": "docs/ export-ignore\n"})
    git(folder / "repo", "worktree", "add", "--quiet", "../linked")
    opened = Repository.containing(folder / "linked")
    assert opened.attributes(opened.commit("HEAD")).left_out_of_archives(["docs/x", "a"]) == {"docs/x"}


@pytest.mark.parametrize("mapped", [(), ("--map", "docs:public")])
def test_a_file_of_attributes_counts_wherever_it_came_from(folder: Path, mapped: tuple[str, ...]) -> None:
    """Also where a merge alone brought it, and where the history that names it is remembered."""
    repository = folder / "repo"
    for name in ("side", "main"):
        git(repository, "switch", "--quiet", *(["-c"] if name == "side" else []), name)
        commit(repository, {name: "1\n"})
    git(repository, "merge", "--quiet", "--no-commit", "side")
    commit(repository, {"docs/.gitattributes": "x export-ignore\nmore.gitattributes -x\n"})
    for _again in range(2):
        assert not [path for path in audit(folder, {}, *mapped).origins() if path.endswith("/x")]
        assert [path for path in audit(folder, {}, *mapped).origins() if path.endswith("/y")]


def test_names_of_any_bytes_are_asked_for(folder: Path) -> None:
    odd = ["new\nline", "tab\t", 'quo"te', "\udcff", " x "]
    commit(folder / "repo", {**dict.fromkeys(odd, "x\n"), ".gitattributes": "* export-ignore\n"})
    opened = Repository.containing(folder / "repo")
    assert opened.attributes(opened.commit("HEAD")).left_out_of_archives(odd) == set(odd)
