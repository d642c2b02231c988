"""One guard at a time for a target: a lock that ends with whoever holds it."""

import contextlib
import errno
import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from driftaudit.errors import UsageError
from driftaudit.model.own_refs import slug_of

_PAUSE = 0.1  # seconds between two tries
_LONGEST = 1_000_000  # bytes of what a holder says of itself
_PROCESS = "process"
_SELF = "/proc/self/stat"


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock that is held. What is said of its holder is for those who find it taken."""

    file: int
    holder: Mapping[str, str]

    def write(self) -> None:
        """Say who holds it. Raises OSError where there is no room for that."""
        os.ftruncate(self.file, 0)
        _written(self.file, json.dumps(self.holder).encode() + b"\n", 0)

    def claim(self) -> None:
        """Say that this process is the command, which may outlive a guard that is killed.

        It is called between fork and exec: in plain system calls alone, and no command starts unclaimed.
        """
        claim = b"%d" % os.getpid()
        if os.path.exists(_SELF):  # noqa: PTH110 - no more than a system call
            stat = os.open(_SELF, os.O_RDONLY)
            claim = os.read(stat, 4096)
            os.close(stat)
        _written(self.file, claim, os.fstat(self.file).st_size)


def _written(file: int, content: bytes, at: int) -> None:
    """Write all of it, or raise OSError: half a claim would be one of another process."""
    if os.pwrite(file, content, at) != len(content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextlib.contextmanager
def held(folder: Path, name: str, holder: Mapping[str, str], wait: float) -> Iterator[Lock]:
    """Hold the lock of a target by that name; wait for it for so many seconds.

    Raises UsageError where somebody else holds it, or it cannot be made. The system frees the lock of a
    process that is killed; the file stays, and means nothing by itself.
    """
    path = folder / f"{slug_of(name)}.lock"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise _not_made(path, error) from error
    try:
        lock = Lock(file, holder)
        try:
            _acquire(file, path, time.monotonic() + wait)
            lock.write()
        except OSError as error:
            raise _not_made(path, error) from error
        yield lock
        os.ftruncate(file, 0)
    finally:
        os.close(file)


def _not_made(path: Path, error: OSError) -> UsageError:
    return UsageError(
        f"the lock {path} cannot be made: {error.strerror}",
        "Without one nothing is run. Let XDG_STATE_HOME name a folder of yours with room.",
    )


def _acquire(file: int, path: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            is_ours = False
        else:
            is_ours = True
            if not _is_running(_said(file).get(_PROCESS)):
                return
            fcntl.flock(file, fcntl.LOCK_UN)
        if time.monotonic() >= deadline:
            raise _taken(_said(file), path, is_orphan=is_ours)
        time.sleep(_PAUSE)


def _said(file: int) -> dict[str, Any]:
    """Return what the holder says of itself, nothing where it has not yet."""
    holder, _newline, claim = os.pread(file, _LONGEST, 0).partition(b"\n")
    try:
        said = json.loads(holder)
    except ValueError:
        said = None
    return {**(said if isinstance(said, dict) else {}), _PROCESS: claim.decode(errors="replace")}


def _is_running(claim: str | None) -> bool:
    """Whether the process that claimed to be the command is still there, and no other one of its number."""
    number = (claim or "").partition(" ")[0].strip()
    if not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # it is there, and belongs to somebody else
    try:
        now = Path(f"/proc/{number}/stat").read_text(errors="replace")
    except OSError:
        return claim == number  # where there is no /proc, the number is all that is known
    return _state(now) != "Z" and _start(now) == _start(claim or "")


def _state(stat: str) -> str:
    """Return the state of a process, by its line in /proc: Z where it is over, and nobody has asked yet."""
    return stat.rpartition(")")[2].split()[0]


def _start(stat: str) -> str:
    """Return when a process was started, in ticks since the system was."""
    return "".join(stat.rpartition(")")[2].split()[19:20])


def _taken(said: Mapping[str, Any], path: Path, *, is_orphan: bool) -> UsageError:
    who = ", ".join(f"{key} {said[key]}" for key in ("who", "since", "command") if said.get(key))
    what = f"the command of a guard that was killed still runs (process {said[_PROCESS].partition(' ')[0]})"
    message = what if is_orphan else "another guard is at work on this target"
    advice = (
        "See to that process first"
        if is_orphan
        else "Run it again once that is done, or let it --wait SECONDS"
    )
    return UsageError(f"{message}: {who or path}", f"{advice}.")
