"""Odd names, and things in a tree that are neither file nor folder, read over SSH."""

import base64
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import Outcome
from tests.support.git import commit
from tests.support.site import Site, is_root

only_where_bytes_are_names = pytest.mark.skipif(sys.platform == "darwin", reason="names are UTF-8 there")


def by_kind(outcome: Outcome) -> dict[str, tuple[str, str]]:
    """Return the kind of the deployed entry and the severity of each finding."""
    rows: list[dict[str, Any]] = outcome.report["findings"]
    return {row["path"]: (row["deployed"]["kind"], row["severity"]) for row in rows if row["deployed"]}


@only_where_bytes_are_names
def test_a_name_that_is_not_utf_8(remote: Site) -> None:
    name = b"src/caf\xe9.txt"
    with open(os.fsencode(remote.production) + b"/" + name, "wb") as file:  # noqa: PTH123 - bytes are no Path
        file.write(b"only here\n")
    outcome = remote.check()
    assert (outcome.code, outcome.report["verdict"]) == (3, "blocked")
    (finding,) = outcome.report["findings"]
    assert base64.b64decode(finding["path_b64"]) == name
    assert (finding["rule"], finding["action"]) == ("core/only-copy", "delete")
    text = remote.text()
    assert (text.code, text.err) == (3, "")
    assert r"src/caf\xe9.txt" in text.out


@only_where_bytes_are_names
def test_a_name_that_is_not_utf_8_and_is_committed(remote: Site) -> None:
    name = os.fsdecode(b"src/caf\xe9.txt")
    commit(remote.repository, {name: "same\n"})
    (remote.production / name).write_text("same\n")
    outcome = remote.check()
    assert (outcome.code, outcome.report["findings"]) == (0, [])
    (remote.production / name).write_text("edited\n")
    assert list(remote.check().origins().values()) == ["hotfix"]


@pytest.mark.parametrize(
    "name", ["two\nlines", "tab\there", "\x1b[31mred", "back\\slash", "[red]x[bold]", "\u202eevil"]
)
def test_a_name_with_characters_that_would_spoil_the_screen(remote: Site, name: str) -> None:
    (remote.production / "src" / name).write_text("only here\n")
    outcome = remote.check()
    assert outcome.blocking() == {f"src/{name}": "core/only-copy"}
    text = remote.text()
    assert text.code == 3
    told = [line for line in text.out.splitlines() if "core/only-copy" in line and "src/" in line]
    assert len(told) == 1
    assert not any(character in text.out for character in "\t\x1b\u202e")
    if "\n" not in name and name.isprintable() and "\\" not in name:
        assert name in told[0]


@pytest.mark.parametrize(
    "name", ["-rf", " ", "a b", "$(touch x)", "'", '"', "*", "é", "名前", "~", "#", "!x"]
)
def test_a_name_that_a_shell_would_not_leave_alone(remote: Site, name: str) -> None:
    commit(remote.repository, {f"src/{name}": "committed\n"})
    (remote.production / "src" / name).write_text("edited\n")
    outcome = remote.check()
    assert outcome.code == 3
    assert outcome.origins() == {f"src/{name}": "hotfix"}


def test_links_that_go_in_circles(remote: Site) -> None:
    source = remote.production / "src"
    (source / "a").symlink_to("b")
    (source / "b").symlink_to("a")
    (source / "self").symlink_to(".")
    (source / "up").symlink_to("../src/up")
    outcome = remote.check()
    assert by_kind(outcome) == {f"src/{name}": ("symlink", "block") for name in ("a", "b", "self", "up")}
    assert outcome.report["problems"] == []


def test_a_link_that_leaves_the_root_is_not_followed(remote: Site) -> None:
    outside = remote.folder / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("not to be read\n")
    (remote.production / "src" / "out").symlink_to(outside)
    assert by_kind(remote.check()) == {"src/out": ("symlink", "block")}


def bind(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a socket at a path, which may be longer than the address of a socket."""
    with monkeypatch.context() as here, socket.socket(socket.AF_UNIX) as one:
        here.chdir(path.parent)
        one.bind(path.name)


def test_a_fifo_and_a_socket_are_listed_and_not_opened(remote: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    source = remote.production / "src"
    os.mkfifo(source / "fifo")
    bind(source / "socket", monkeypatch)
    os.mkfifo(remote.production / "outside")
    before = (source / "fifo").stat()
    outcome = remote.check()
    paths = ("outside", "src/fifo", "src/socket")
    assert by_kind(outcome) == dict.fromkeys(paths, ("special", "warn"))
    assert outcome.report["problems"] == []
    assert outcome.code == 0
    after = (source / "fifo").stat()
    assert (before.st_atime_ns, before.st_mtime_ns) == (after.st_atime_ns, after.st_mtime_ns)


def test_a_fifo_at_a_desired_path(remote: Site) -> None:
    path = remote.production / "src" / "app.txt"
    path.unlink()
    os.mkfifo(path)
    finding = remote.check().finding("src/app.txt")
    assert finding["aspects"][0] == "kind"
    assert (finding["desired"]["kind"], finding["deployed"]["kind"]) == ("file", "special")


@pytest.mark.skipif(not is_root(), reason="only root can make a device")
def test_a_device_is_listed_and_not_opened(remote: Site) -> None:
    os.mknod(remote.production / "src" / "zero", 0o20600, os.makedev(1, 5))
    outcome = remote.check()
    assert by_kind(outcome)["src/zero"][0] == "special"
    assert outcome.report["problems"] == []


def test_a_folder_where_a_file_is_desired(remote: Site) -> None:
    path = remote.production / "src" / "app.txt"
    path.unlink()
    path.mkdir()
    (path / "inside").write_text("only here\n")
    outcome = remote.check()
    assert outcome.code == 3
    assert outcome.blocking()["src/app.txt/inside"] == "core/only-copy"


def test_a_file_where_a_folder_is_desired(remote: Site) -> None:
    for path in (remote.production / "src" / "lib").iterdir():
        path.unlink()
    (remote.production / "src" / "lib").rmdir()
    (remote.production / "src" / "lib").write_text("only here\n")
    outcome = remote.check()
    assert outcome.code == 3
    assert outcome.blocking() == {"src/lib": "core/only-copy"}
    assert outcome.origins()["src/lib/one.txt"] == "missing"
