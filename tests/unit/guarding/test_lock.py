"""The lock of a target on a disk that is full."""

import errno
import fcntl
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from driftaudit.errors import UsageError
from driftaudit.guarding.lock import Lock, held
from driftaudit.guarding.running import run_command
from driftaudit.guarding.signals import taken_signals


@contextmanager
def full_after(size: int) -> Iterator[None]:
    """Let no file grow beyond so many bytes: what a full disk does, on any file system."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("room", [0, 10])
def test_a_lock_that_cannot_say_who_holds_it_is_none(tmp_path: Path, room: int) -> None:
    with full_after(room), pytest.raises(UsageError) as raised, held(tmp_path, "/srv/app", {"who": "ana"}, 0):
        pytest.fail("it was not to be held")
    assert raised.value.message.startswith(f"the lock {tmp_path}/srv-app-")
    assert "cannot be made" in raised.value.message


def test_a_file_system_without_locks_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_here(_file: int, _how: int) -> None:  # as some network mounts do, which no test can have
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none_here)
    with pytest.raises(UsageError, match="cannot be made: No locks available"), held(tmp_path, "a", {}, 0):
        pytest.fail("it was not to be held")


def test_no_command_runs_that_the_lock_does_not_name(tmp_path: Path) -> None:
    def claim(lock: Lock) -> None:
        with full_after(os.fstat(lock.file).st_size + 3):
            lock.claim()

    with held(tmp_path, "/srv/app", {"who": "ana"}, 0) as lock, taken_signals() as signals:
        result = run_command(["touch", str(tmp_path / "ran")], {}, lambda: claim(lock), signals)
    assert result.error == "the lock cannot be told that it runs; is the disk full?"
    assert not (tmp_path / "ran").exists()
