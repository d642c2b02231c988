"""`driftaudit compare` from the command line: any two sources, the report, and the exit code."""

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from driftaudit.cli.main import run
from tests.support.git import commit, git, new_repository, write
from tests.support.schemas import conform
from tests.support.sshd import SSHServer, StartServer

FILES = {"src/app.js": "app\n", "src/lib/a.js": "a\n", "run.sh": "#!/bin/sh\n"}

Report = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Report:
    """Run `compare --format json` and return the exit code and the report, which must fit the schema."""

    def compared(*words: str) -> tuple[int, dict[str, Any]]:
        code = run(["compare", *words, "--format", "json"])
        document = json.loads(capsys.readouterr().out)
        conform(document, "comparison")
        assert document["exit_code"] == code
        return code, document

    return compared


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = new_repository(tmp_path / "repository")
    commit(folder, FILES)
    monkeypatch.chdir(folder)
    return folder


def states(document: dict[str, Any]) -> dict[str, str]:
    return {change["path"]: change["state"] for change in document["changes"]}


def test_equal_folders_are_the_same(tmp_path: Path, report: Report) -> None:
    write(tmp_path / "a", FILES)
    write(tmp_path / "b", FILES)
    code, document = report(str(tmp_path / "a"), str(tmp_path / "b"))
    assert (code, document["outcome"], document["changes"]) == (0, "same", [])


def test_each_difference_is_told_with_its_side(tmp_path: Path, report: Report) -> None:
    write(tmp_path / "a", {**FILES, "left.js": "", "empty-in-b/x": "x", "link": "x"})
    write(
        tmp_path / "b",
        {**FILES, "right.js": "", "src/app.js": "other\n", "node_modules/x/i.js": "", "link": "x"},
    )
    (tmp_path / "b" / "empty-in-b").mkdir()
    (tmp_path / "b" / "run.sh").chmod(0o755)
    (tmp_path / "b" / "link").unlink()
    (tmp_path / "b" / "link").symlink_to("x")
    code, document = report(str(tmp_path / "a"), str(tmp_path / "b"))
    assert code == 3
    assert states(document) == {
        "empty-in-b/x": "only-left",
        "left.js": "only-left",
        "link": "differ",
        "node_modules/x/i.js": "only-right",  # no label is asked
        "right.js": "only-right",
        "run.sh": "differ",
        "src/app.js": "differ",
    }
    aspects = {change["path"]: change["aspects"] for change in document["changes"] if change["aspects"]}
    assert aspects == {"link": ["kind"], "run.sh": ["mode"], "src/app.js": ["content"]}


def test_the_text_names_the_sides_and_ends_with_the_outcome(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "a", {"x\x1b[31m": "", "same": ""})
    write(tmp_path / "b", {"same": "", **{f"many/{number}": "" for number in range(6)}})
    assert run(["compare", str(tmp_path / "a"), str(tmp_path / "b")]) == 3
    lines = capsys.readouterr().out.splitlines()
    assert "  x\\x1b[31m" in lines
    assert "  many/  6 paths" in lines
    assert lines[-1] == "DIFFERENT  1 only in left, 6 only in right."


def test_quiet_is_the_outcome_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a", FILES)
    assert run(["compare", str(tmp_path / "a"), str(tmp_path / "a"), "--quiet"]) == 0
    assert capsys.readouterr().out == "SAME  5 entries on the left, and the same on the right.\n"


@pytest.mark.parametrize("sides", [("HEAD", "."), (".", "git:HEAD"), ("HEAD", "worktree:"), ("HEAD", "HEAD")])
def test_a_clean_checkout_equals_its_commit(repository: Path, report: Report, sides: tuple[str, str]) -> None:
    (repository / "left-over" / "empty").mkdir(parents=True)  # `git status` is silent about it too
    code, document = report(*sides)
    assert (code, document["outcome"]) == (0, "same")
    if "." in sides:
        side = ("left", "right")[sides.index(".")]
        assert f"Only the {side} side has .git, which is not compared." in document["notes"]
        assert any("left-over/empty" in note for note in document["notes"])


@pytest.mark.parametrize("sides", [("HEAD", "."), (".", "HEAD")])
def test_a_checkout_with_converted_line_ends_equals_its_commit(
    repository: Path, report: Report, sides: tuple[str, str]
) -> None:
    commit(repository, {".gitattributes": "*.bat text eol=crlf\n", "run.bat": "echo\n"})
    git(repository, "rm", "--cached", "--quiet", "run.bat")
    git(repository, "reset", "--hard", "--quiet")
    assert (repository / "run.bat").read_bytes() == b"echo\r\n"
    assert report(*sides)[0] == 0


def test_two_revisions(repository: Path, report: Report) -> None:
    commit(repository, {"src/app.js": "app 2\n", "run.sh": None})
    code, document = report("HEAD~1", "HEAD")
    assert code == 3
    assert states(document) == {"run.sh": "only-left", "src/app.js": "differ"}


def test_the_map_moves_the_side_of_the_repository(tmp_path: Path, repository: Path, report: Report) -> None:
    write(tmp_path / "live", {"code/app.js": "app\n", "code/lib/a.js": "a\n"})
    assert report("HEAD", str(tmp_path / "live"), "--map", "src:code")[0] == 0
    assert report(str(tmp_path / "live"), "HEAD", "--map", "src:code")[0] == 0
    assert report("HEAD", str(tmp_path / "live"))[0] == 3


def test_the_map_of_the_target_that_is_named_applies(
    tmp_path: Path, repository: Path, report: Report
) -> None:
    write(tmp_path / "live", {"code/app.js": "app\n", "code/lib/a.js": "a\n"})
    settings = "version: 1\ntargets:\n  live: {url: ../live, desired: {revision: HEAD, map: {src: code}}}\n"
    (repository / "driftaudit.yml").write_text(settings)
    code, document = report("live", "HEAD")
    assert code == 0
    assert document["notes"] == ["HEAD is laid out as the `map:` of target live says."]
    assert report("live", "HEAD", "--map", ".:.")[0] == 3


def test_a_submodule_is_no_clean_result(tmp_path: Path, repository: Path, report: Report) -> None:
    other = new_repository(tmp_path / "other")
    commit(other, {"x.js": "x\n"})
    git(repository, "-c", "protocol.file.allow=always", "submodule", "add", "--quiet", str(other), "vendor")
    git(repository, "commit", "--quiet", "--message", "vendor")
    code, document = report("HEAD", ".")
    assert (code, document["outcome"]) == (4, "incomplete")
    assert states(document) == {"vendor/x.js": "untold"}
    assert [(each["side"], each["kind"]) for each in document["problems"]] == [("left", "submodule")]


def test_a_folder_against_a_host(tmp_path: Path, sshd: SSHServer, report: Report) -> None:
    write(tmp_path / "a", FILES)
    write(tmp_path / "b", FILES)
    url = sshd.url(tmp_path / "b")
    code, document = report(str(tmp_path / "a"), url)
    assert (code, document["right"]["source"], document["right"]["url"]) == (0, "ssh", url)
    write(tmp_path / "b", {"src/app.js": "edited\n"})
    assert report(url, str(tmp_path / "a"))[0] == 3


def test_what_cannot_be_read_is_neither_equal_nor_absent(
    tmp_path: Path, start_sshd: StartServer, report: Report
) -> None:
    write(tmp_path / "a", FILES)
    write(tmp_path / "b", FILES)
    (tmp_path / "b" / "run.sh").chmod(0)
    (tmp_path / "b" / "src").chmod(0)
    server = start_sshd(without_root_powers=True)
    url = server.url(tmp_path / "b")
    code, document = report(str(tmp_path / "a"), url)
    assert (code, document["outcome"]) == (4, "incomplete")
    assert set(states(document).values()) == {"untold"}
    assert {each["path"] for each in document["problems"]} == {"run.sh", "src"}
    write(tmp_path / "a", {"new.js": ""})
    code, document = report(url, str(tmp_path / "a"))  # a difference that is certain decides
    assert (code, states(document)["new.js"]) == (3, "only-right")
    assert {each["side"] for each in document["problems"]} == {"left"}


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["HEAD", "absent"], 2, "there is no target 'absent'"),
        (["HEAD", "./absent"], 5, "there is no such folder"),
        (["HEAD", "git:v9"], 2, "there is no revision 'v9'"),
        ([".", "./src", "--map", "src:src"], 2, "--map moves what is read from the repository"),
        (["HEAD", ".", "--map", "api:src"], 2, "there is no 'api' in commit"),
        (["HEAD", ".", "--output", "report.md"], 2, "compare writes text and json, not markdown"),
        (["HEAD"], 2, "Missing argument 'B'"),
    ],
)
def test_a_mistake_is_told(
    repository: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, message: str
) -> None:
    assert run(["compare", *words]) == code
    told = capsys.readouterr()
    assert message in told.err
    assert told.out == ""


def test_a_report_in_a_file_leaves_standard_output_empty(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["compare", "HEAD", ".", "--output", "../report.json"]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "driftaudit: same\n")
    conform(json.loads(Path("../report.json").read_text()), "comparison")


def test_no_digest_is_in_the_report(tmp_path: Path, report: Report) -> None:
    write(tmp_path / "a", {".env": "PASSWORD=1\n"})
    write(tmp_path / "b", {".env": "PASSWORD=2\n"})
    for side in (str(tmp_path / "a"), str(tmp_path / "b")):
        (Path(side) / "link").symlink_to(f"token-{side[-1]}")
    code, document = report(str(tmp_path / "a"), str(tmp_path / "b"))
    assert code == 3
    assert "digest" not in json.dumps(document["changes"])
    assert "token-" not in json.dumps(document["changes"])


def test_a_name_that_is_not_utf_8_is_exact_in_json_and_visible_in_text(
    tmp_path: Path, report: Report, capsys: pytest.CaptureFixture[str]
) -> None:
    for side in ("a", "b"):
        write(tmp_path / side, {"same": ""})
    (tmp_path / "a" / os.fsdecode(b"caf\xe9\n")).touch()
    code, document = report(str(tmp_path / "a"), str(tmp_path / "b"))
    (change,) = document["changes"]
    assert (code, change["path"], change["state"]) == (3, "caf\\xe9\\n", "only-left")
    assert base64.b64decode(change["path_b64"]) == b"caf\xe9\n"
    assert run(["compare", str(tmp_path / "a"), str(tmp_path / "b")]) == 3
    assert "  caf\\xe9\\n\n" in capsys.readouterr().out
