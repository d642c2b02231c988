"""How scripts of ours run: framed, and ended in time also where there is no `timeout`."""

import shutil
import time
from pathlib import Path

import pytest

from driftaudit.config.settings import ProbeSettings
from driftaudit.errors import SourceError
from driftaudit.probes.command import ask_command
from driftaudit.probes.hosts import LocalHost
from driftaudit.probes.scripts import framed, unframed

MARKER = b"driftaudit-1"


@pytest.mark.parametrize(
    ("printed", "found"),
    [
        (b"noise\n\ndriftaudit-1\nout\n\ndriftaudit-1 3\n", (3, b"out\n")),
        (b"\ndriftaudit-1\n\ndriftaudit-1 0\nmore noise", (0, b"")),
        (b"\ndriftaudit-1\nout\n", None),
        (b"out\n\ndriftaudit-1 0\n", None),
        (b"\ndriftaudit-1\nout\n\ndriftaudit-1 x\n", None),
        (b"", None),
    ],
)
def test_output_is_told_from_noise(printed: bytes, found: tuple[int, bytes] | None) -> None:
    assert unframed(printed, MARKER) == found


def test_a_script_is_read_as_a_whole_before_it_runs() -> None:
    text, marker = framed("bounded cat", 2)
    assert text.startswith(b"{\n")
    assert text.count(marker) == 2
    assert LocalHost().run("bounded cat; printf done", 2).output == b"done"


@pytest.mark.parametrize("has_timeout", [True, False])
def test_a_command_is_ended_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_timeout: bool
) -> None:
    for name in ("sleep", "sh", *(["timeout"] if has_timeout else [])):
        (tmp_path / name).symlink_to(shutil.which(name) or "")
    monkeypatch.setenv("PATH", str(tmp_path))
    started = time.monotonic()
    answer = ask_command(ProbeSettings("command", "exec sleep 62", within=1), LocalHost())
    assert time.monotonic() - started < 3
    assert (answer.ok, answer.detail) == (False, "it did not end within 1 seconds")
    assert ask_command(ProbeSettings("command", "exit 143", exit_code=143), LocalHost()).ok


def test_a_shell_that_does_not_come_to_the_end_gives_no_answer() -> None:
    with pytest.raises(SourceError, match="ran no script of ours: gone"):
        LocalHost().run("echo gone >&2; exit 1", 2)
