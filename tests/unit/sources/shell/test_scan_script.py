"""The script under every shell at hand."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.base import ScanRequest, no_progress
from driftaudit.sources.method import Place
from driftaudit.sources.shell import conversation
from driftaudit.sources.shell.frames import script
from driftaudit.sources.shell.method import read_over
from tests.support.bare_hosts import busybox_tools, gnu_tools
from tests.support.git import commit, new_repository
from tests.support.local_shell import ShellChannel
from tests.support.programs import program

SHELLS = [
    name for name in ("dash", "bash", "mksh", "ksh93", "yash", "zsh") if shutil.which(name)
]  # besides BusyBox, which is always asked


def read(folder: Path, shell: list[str], path: str) -> Snapshot:
    channel = ShellChannel(shell, path)
    return read_over(channel, Place("here", str(folder)), ScanRequest(), no_progress, "mark")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    repository = new_repository(tmp_path / "tree")
    commit(
        repository, {"a": "1\n", "it's\n": "2\n", "-n": "x" * 20_000, "\udcff\udc81\udc88/b": "3\n", "e": ""}
    )
    (repository / "link\n").symlink_to("to\n")
    return repository


@pytest.fixture(params=[*SHELLS, "busybox"])
def shell(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The words that start a shell, which stands for /bin/sh in the script as well."""
    link = tmp_path / "shell" / ("zsh" if request.param == "zsh" else "sh")
    link.parent.mkdir()
    link.symlink_to(program("busybox") if request.param == "busybox" else shutil.which(request.param) or "")
    if link.name == "zsh":
        link = link.parent / "sh"
        link.write_text(f'#!/bin/sh\nexec {shutil.which("zsh")} --emulate sh "$@"\n')
        link.chmod(0o755)
    changed = script().replace(b"/bin/sh", os.fsencode(link))
    monkeypatch.setattr(conversation, "script", lambda: changed)
    return [str(link)]


@pytest.mark.parametrize("tools", [gnu_tools, busybox_tools], ids=["gnu", "busybox"])
def test_shells_see_the_same(
    folder: Path, tmp_path: Path, shell: list[str], tools: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = tools
    assert callable(make)
    found = read(folder, shell, make(tmp_path / "tools"))
    monkeypatch.undo()
    usual = read(folder, ["/bin/sh"], os.environ["PATH"])
    assert found.entries == usual.entries
    assert found.git_directories == usual.git_directories
    assert (found.problems, usual.problems) == ((), ())
    assert len(found.entries) == 8
    assert found.git_directories[0].refs


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_it_ends_when_nobody_asks_any_more(folder: Path) -> None:
    channel = ShellChannel(["/bin/sh"], os.environ["PATH"])
    channel.send(b"%d\n%b" % (len(script()), script()))
    channel.close()
    assert channel.process.returncode == 1
