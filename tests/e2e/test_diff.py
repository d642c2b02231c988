"""`driftaudit diff` from the command line: the patch, the other formats, and the exit code."""

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import Outcome, driftaudit
from tests.support.git import commit, git, write
from tests.support.lfs import lfs_repository, stored
from tests.support.programs import program
from tests.support.schemas import conform
from tests.support.site import Site, refusal

SECRET = "hunter2-the-secret"
HAS: dict[str, str | bytes | None] = {
    "src/app.txt": "app\n",
    "src/a b é.txt": "a\nb\nc\n",
    "src/gone.txt": "gone\n",
    "src/win.bat": "one\r\ntwo\r\n",
    "src/run.sh": "#!/bin/sh\n",
    "src/end.txt": "no end",
    "src/logo.png": b"\x89PNG\0\1",
    "package.json": '{"scripts": {"build": "a"}, "version": "1"}\n',
    "conf.yml": "port: 1\npassword: old-secret-value\n",
    "src/old.txt": "first\n",
}
LIVE: dict[str, str | bytes | None] = {
    "src/app.txt": "app\nmine\n",
    "src/a b é.txt": "a\nB\nc\n",
    "src/gone.txt": None,
    "src/win.bat": "one\r\nTWO\r\n",
    "src/end.txt": "no end\n",
    "src/only.txt": "only here\n",
    "package.json": '{"version": "1", "scripts": {"build": "b"}}\n',
}


@pytest.fixture
def edited(site: Site) -> Site:
    """A site whose production was edited in each way that a patch can hold."""
    commit(site.repository, HAS)
    write(site.production, HAS)
    write(site.production, LIVE)
    (site.production / "src/run.sh").chmod(0o755)
    return site


def diff(site: Site, *words: str, **environment: str) -> Outcome:
    return driftaudit(site.repository, "diff", site.url, *words, powerless=False, **environment)


def report(site: Site, *words: str) -> dict[str, Any]:
    outcome = diff(site, *words, "--format", "json")
    value: dict[str, Any] = json.loads(outcome.out)
    conform(value, "diff")
    assert value["exit_code"] == outcome.code
    return value


def states(value: dict[str, Any]) -> dict[str, str]:
    return {each["path"]: each["state"] for each in value["differences"]}


def test_nothing_differs(site: Site) -> None:
    outcome = diff(site)
    assert (outcome.code, outcome.out) == (0, "# no content differs\n")


def test_git_takes_the_patch_and_then_nothing_differs(edited: Site) -> None:
    outcome = diff(edited)
    assert outcome.code == 3
    assert "--- live/src/app.txt\n+++ desired/src/app.txt\n@@ -1,2 +1 @@\n app\n-mine\n" in outcome.out
    git(edited.production, "apply", "-", stdin=outcome.out.encode())
    assert diff(edited).code == 0


def test_patch_takes_it_too(edited: Site) -> None:
    outcome = diff(edited)
    words = [program("patch"), "-p1", "--batch"]
    subprocess.run(words, cwd=edited.production, input=outcome.out.encode(), capture_output=True, check=True)
    rest = {each["path"] for each in report(edited)["differences"]}
    assert rest <= {"src/run.sh"}  # some versions of patch leave modes as they are


def test_a_path_is_a_file_or_a_folder(edited: Site) -> None:
    assert states(report(edited, "src/app.txt")) == {"src/app.txt": "text"}
    assert set(states(report(edited, "./src/"))) == {
        path for path in (*LIVE, "src/run.sh") if path.startswith("src/")
    }
    value = report(edited, "src/logo.png", "src/app.txt")
    assert [each["path"] for each in value["same"]] == ["src/logo.png"]
    assert "# src/logo.png is the same on both sides" in diff(edited, "src/logo.png").out
    assert diff(edited, "src/logo.png").code == 0


def test_an_unknown_path_names_what_may_be_meant(edited: Site) -> None:
    assert "Did you mean src/app.txt?" in refusal(diff(edited, "app.txt"), 2)
    assert "Did you mean src/app.txt or " in refusal(diff(edited, "src/ap.txt"), 2)
    assert "is absolute" in refusal(diff(edited, "/x"), 2)
    assert "'..'" in refusal(diff(edited, "../x"), 2)


def test_documents_are_compared_by_key(edited: Site) -> None:
    (difference,) = report(edited, "package.json")["differences"]
    assert difference["document"] == "json"
    assert difference["keys"] == [
        {"keys": ["scripts", "build"], "change": "changed", "live": '"b"', "desired": '"a"', "hidden": False}
    ]
    assert '#   changed  scripts.build  "b" -> "a"' in diff(edited, "package.json").out


def test_secrets_are_in_no_format(edited: Site) -> None:
    write(
        edited.production,
        {
            ".env": f"A={SECRET}\n",
            "conf.yml": f"port: 2\npassword: {SECRET}\n",
            "src/key": f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----\n",
            "src/app.txt": f"url = postgres://me:{SECRET}@db/x\n",
        },
    )
    commit(edited.repository, {"conf.env.txt": "x\n"})
    seen = report(edited)
    assert states(seen)[".env"] == "secret"
    assert (
        next(each for each in seen["differences"] if each["path"] == ".env")["live"]["size"]
        == len(SECRET) + 3
    )
    told = [
        diff(edited, *words) for words in ([], ["--stat"], ["--format", "json"], ["--format", "markdown"])
    ]
    told.append(diff(edited, ".env", "conf.yml", FORCE_COLOR="1"))
    for outcome in told:
        assert SECRET not in outcome.out + outcome.err
        assert "old-secret-value" not in outcome.out
        digest = git(edited.repository, "hash-object", str(edited.production / ".env"))
        assert digest not in outcome.out
    assert "secret: content not shown" in told[0].out


@pytest.mark.parametrize("path", [".env", "conf.yml", "new.yml", "esc.txt"])
def test_no_program_takes_a_patch_with_something_hidden(edited: Site, path: str) -> None:
    commit(edited.repository, {"new.yml": f"password: {SECRET}\n"})
    write(
        edited.production,
        {".env": "A=1\n", "conf.yml": "port: 1\npassword: x\n", "esc.txt": "\x1b[31m\n"},
    )
    outcome = diff(edited, path)
    assert outcome.code == 3
    for words in (["git", "apply", "-"], [program("patch"), "-p1", "--batch", "--dry-run"]):
        done = subprocess.run(words, cwd=edited.production, input=outcome.out.encode(), capture_output=True)
        assert done.returncode != 0, outcome.out
    assert not (edited.production / "new.yml").exists()


def test_what_a_file_holds_does_not_reach_the_terminal(edited: Site) -> None:
    write(edited.production, {"src/app.txt": "\x1b]0;owned\x07 \u202e a\rb\n", "src/x\x1b[31m": "x\n"})
    for environment in ({}, {"FORCE_COLOR": "1"}):
        told = diff(edited, "--format", "text", **environment).out
        assert "\x1b]0" not in told
        assert "\u202e" not in told
        assert "\\x1b]0;owned\\x07" in re.sub(r"\x1b\[[0-9;]*m", "", told)
        assert "src/x\x1b" not in told


def test_a_patch_in_a_file_holds_bytes_that_are_no_utf_8(edited: Site) -> None:
    commit(edited.repository, {"latin.txt": b"caf\xe9\n"})
    write(edited.production, {"latin.txt": b"caf\xe9 au lait\n"})
    outcome = diff(edited, "latin.txt", "--output", "../x.patch", "--format", "text")
    assert (outcome.code, outcome.out) == (3, "")
    patch = (edited.folder / "x.patch").read_bytes()
    git(edited.production, "apply", "-", stdin=patch)
    assert (edited.production / "latin.txt").read_bytes() == b"caf\xe9\n"


def test_stat_is_that_of_git(edited: Site, tmp_path: Path) -> None:
    for side, source in (("live", edited.production), ("desired", tmp_path / "desired")):
        if side == "desired":
            source.mkdir()
            git(edited.repository, "--work-tree", str(source), "checkout", "HEAD", "--", ".")
        shutil.copytree(source, tmp_path / "both" / side)
    words = ["diff", "--no-index", "--no-renames", "--stat=80,60", "live", "desired"]
    theirs = git(tmp_path / "both", *words, check=False).splitlines()
    ours = diff(edited, "--stat").out.splitlines()
    assert ours[-1] == f" {theirs[-1].strip()}"
    assert sorted(line.split("|")[1].split() for line in ours[:-1]) == sorted(
        line.split("|")[1].split() for line in theirs[:-1]
    )


def test_binary_large_and_linked_contents(edited: Site) -> None:
    write(edited.production, {"src/logo.png": b"\0other", "src/large.log.txt": b"x\n" * 1_500_000})
    (edited.production / "src/old.txt").unlink()
    (edited.production / "src/old.txt").symlink_to("app.txt")
    value = report(edited, "src")
    found = states(value)
    assert (found["src/logo.png"], found["src/large.log.txt"]) == ("binary", "too-large")
    sides = [
        (each["live"], each["desired"]) for each in value["differences"] if each["path"] == "src/old.txt"
    ]
    assert [(bool(live), bool(desired)) for live, desired in sides] == [(True, False), (False, True)]
    assert (
        "Binary files live/src/logo.png and desired/src/logo.png differ" in diff(edited, "src/logo.png").out
    )


def test_a_file_of_50_megabytes_is_refused_at_once(edited: Site) -> None:
    with (edited.production / "src/app.txt").open("wb") as file:
        file.truncate(50_000_000)
    assert states(report(edited, "src/app.txt")) == {"src/app.txt": "too-large"}


def test_runtime_paths_are_shown_where_they_are_named(edited: Site) -> None:
    edited.configure("version: 1\ntargets: {}\nlabels:\n  runtime: ['/uploads/']\n")
    commit(edited.repository, {"uploads/.htaccess": "Deny\n"})
    write(edited.production, {"uploads/.htaccess": "Allow\n", "uploads/photo.txt": "x\n"})
    value = report(edited)
    assert states(value)["uploads/.htaccess"] == "not-fetched"
    assert "uploads/photo.txt" not in states(value)
    assert value["notes"] == ["1 path that is runtime or generated is not shown: name one to see it."]
    assert states(report(edited, "uploads/.htaccess")) == {"uploads/.htaccess": "text"}


def test_what_cannot_be_read_is_no_clean_result(edited: Site) -> None:
    (edited.production / "src/app.txt").chmod(0)
    words = ("diff", edited.url, "src/app.txt", "--format", "json")
    outcome = driftaudit(edited.repository, *words, powerless=True)
    value = json.loads(outcome.out)
    conform(value, "diff")
    assert outcome.code == value["exit_code"] == 4
    assert [problem["path"] for problem in value["problems"]] == ["src/app.txt"]
    assert value["same"] == []


def test_a_saved_snapshot_has_no_contents_but_git_has_some(edited: Site) -> None:
    commit(edited.repository, {"src/old.txt": "second\n"})
    assert driftaudit(edited.repository, "snapshot", edited.url, "-o", "../live.driftaudit").code == 0
    edited.url = "../live.driftaudit"
    assert states(report(edited, "src/old.txt")) == {"src/old.txt": "text"}
    value = report(edited, "src/app.txt")
    assert (states(value), value["exit_code"]) == ({"src/app.txt": "unread"}, 4)


def test_the_same_over_ssh_and_nothing_is_left_here(edited: Site, sshd: Any, tmp_path: Path) -> None:
    here = diff(edited)
    edited.url = sshd.url(edited.production)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    there = diff(edited, TMPDIR=str(temporary))
    assert (there.code, there.out) == (here.code, here.out)
    assert list(temporary.iterdir()) == []


def test_a_build_that_is_no_commit(edited: Site) -> None:
    build = edited.folder / "build"
    write(build, {"src/app.txt": "built\n"})
    outcome = diff(edited, "src/app.txt", "--desired", str(build))
    assert outcome.code == 3
    assert outcome.out.endswith("-app\n-mine\n+built\n")


def test_converted_line_ends_are_no_difference(edited: Site) -> None:
    commit(edited.repository, {".gitattributes": "*.cmd text eol=crlf\n", "x.cmd": "one\ntwo\n"})
    write(edited.production, {".gitattributes": "*.cmd text eol=crlf\n", "x.cmd": "one\r\nTWO\r\n"})
    assert "@@ -1,2 +1,2 @@\n one\r\n-TWO\r\n+two\r\n" in diff(edited, "x.cmd").out


def test_what_git_lfs_keeps_is_compared_not_its_pointer(tmp_path: Path) -> None:
    repository = lfs_repository(tmp_path / "repository")
    commit(repository, {"a.bin": "one\ntwo\n"})
    write(tmp_path / "live", {"a.bin": "one\nTWO\n"})
    site = Site(tmp_path / "site")
    site.repository, site.url = repository, str(tmp_path / "live")
    outcome = diff(site, "a.bin")
    assert outcome.code == 3
    assert outcome.out.endswith("@@ -1,2 +1,2 @@\n one\n-TWO\n+two\n")
    stored(repository, "HEAD:a.bin").unlink()
    value = report(site, "a.bin")
    assert (states(value), value["exit_code"]) == ({"a.bin": "unread"}, 4)


def test_a_folder_without_files_is_not_called_the_same(edited: Site) -> None:
    (edited.production / "src/empty").mkdir()
    outcome = diff(edited, "src/empty")
    assert (outcome.code, outcome.out) == (0, "# src/empty: only folders differ\n# no content differs\n")


def test_a_folder_that_can_be_rebuilt_is_not_looked_into(edited: Site) -> None:
    write(edited.production, {"node_modules/x/index.js": "x\n"})
    assert "can be rebuilt" in refusal(diff(edited, "node_modules/x/index.js"), 2)
    assert "node_modules" not in diff(edited).out


def test_markdown_is_fenced(edited: Site) -> None:
    write(edited.production, {"src/app.txt": "````\n@someone\n"})
    told = diff(edited, "src/app.txt", "--format", "markdown").out
    assert "`````diff\n" in told
    assert told.index("`````diff") < told.index("@someone") < told.rindex("`````")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--format", "json", "--stat"], "--stat is text"),
        (["--output", "x.html"], "diff writes text, json, markdown, not html"),
    ],
)
def test_a_mistake_is_told(edited: Site, words: list[str], said: str) -> None:
    assert said in refusal(diff(edited, *words), 2)


@pytest.mark.parametrize(
    ("words", "environment", "paged"),
    [
        ([], {"PAGER": "sed s/^/PAGED/"}, True),
        (["--no-pager"], {"PAGER": "sed s/^/PAGED/"}, False),
        ([], {"PAGER": "cat"}, False),
        ([], {"PAGER": "/no/such/program"}, False),
    ],
)
def test_a_terminal_gets_a_pager(
    edited: Site, words: list[str], environment: dict[str, str], paged: bool
) -> None:
    code, told = on_terminal(edited, "src/app.txt", *words, **environment)
    assert code == 3
    assert ("PAGED" in told) == paged
    assert "\x1b[32m" in told or "\x1b[31m" in told


def on_terminal(site: Site, *words: str, **environment: str) -> tuple[int, str]:
    """Run `diff` with standard output on a terminal."""
    ours, theirs = pty.openpty()
    variables = {**os.environ, "TERM": "xterm", **environment}
    variables.pop("NO_COLOR", None)
    command = [sys.executable, "-m", "driftaudit", "diff", site.url, *words]
    process = subprocess.Popen(
        command, cwd=site.repository, stdin=subprocess.DEVNULL, stdout=theirs, env=variables
    )
    os.close(theirs)
    told = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        told += piece
    os.close(ours)
    return process.wait(), told.decode()
