"""Git's commands, run without writing, fetching, or starting what its configuration names."""

import contextlib
import fcntl
import os
import re
import signal
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from driftaudit.errors import LockedError, RepositoryError

os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # git is looked for when it is used, not at import

_ENVIRONMENT = {
    "GIT_NO_LAZY_FETCH": "1",  # a missing object is an answer, not a reason to go to the network;
    "GIT_ALLOW_PROTOCOL": "none",  # versions before 2.45 know only this way to stay at home
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",  # asking must not rewrite the index
    "GIT_LITERAL_PATHSPECS": "1",
    "LC_ALL": "C",
}
_GIT = ("git", "-c", "core.fsmonitor=false")  # a hook of the configuration, which is not ours to run
_PIECE = 1 << 18  # bytes read at a time
_PIPE = 1 << 20  # bytes that git may be ahead of us


class Git:
    """Runs git in a folder. The only place that knows GitPython's ways of running it."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        import git

        self.folder = folder
        self._git = git.Git(folder)
        self._environment = {**_ENVIRONMENT, **(environment or {})}

    def run(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        """Return what a git command prints. Raises RepositoryError with git's own words where it fails."""
        import git

        with tempfile.TemporaryFile() as source:
            source.write(stdin or b"")
            source.seek(0)
            try:
                output: bytes = self._git.execute(
                    [*_GIT, *arguments],
                    istream=source,
                    stdout_as_string=False,
                    strip_newline_in_stdout=False,
                    env=self._environment,
                )
            except git.GitCommandError as error:
                raise _refused(arguments, error.stderr or _signal(error.status)) from error
            except git.GitCommandNotFound as error:
                raise RepositoryError("git was not found on this machine", "Install git.") from error
        return output

    def stream(self, *arguments: str, stdin: bytes = b"") -> Iterator[bytes]:
        """Yield the NUL-separated fields that a git command prints, as they come."""
        import git

        with tempfile.TemporaryFile() as source:
            source.write(stdin)
            source.seek(0)
            process = self._git.execute(
                [*_GIT, *arguments], as_process=True, istream=source, env=self._environment
            )
        _widen(process.stdout)
        rest = b""
        while piece := process.stdout.read1(_PIECE):
            *fields, rest = (rest + piece).split(b"\0")
            yield from fields
        if rest:
            yield rest
        try:
            process.wait()
        except git.GitCommandError as error:
            raise _refused(arguments, error.stderr) from error

    def text(self, *arguments: str) -> str:
        """Return what a git command prints, without the space around it."""
        return os.fsdecode(self.run(*arguments)).strip()

    def optional(self, *arguments: str) -> str:
        """Return the same, or "" where git refuses."""
        try:
            return self.text(*arguments)
        except RepositoryError:
            return ""

    def contents(self, oids: Sequence[str]) -> list[bytes]:
        """Return the contents of objects that are there."""
        asked = "".join(f"{oid}\n" for oid in oids).encode("ascii")
        return list(_batch_contents(self.run("cat-file", "--batch", "--buffer", stdin=asked)) if oids else ())

    def pieces(
        self, oids: Sequence[str], settings: Sequence[str] = ()
    ) -> Iterator[tuple[str, int, Iterator[bytes]]]:
        """Yield id, size in bytes and content of objects that are there, none of them as a whole.

        What of a content was not taken is lost once the next is asked for.
        """
        import git

        with tempfile.TemporaryFile() as asked:
            asked.write("".join(f"{oid}\n" for oid in oids).encode("ascii"))
            asked.seek(0)
            words = (*settings, "cat-file", "--batch", "--buffer")
            process = self._git.execute(
                [*_GIT, *words], istream=asked, as_process=True, env=self._environment
            )
            try:
                yield from _objects(process.stdout, len(oids))
                process.wait()
            except git.GitCommandError as error:
                raise _refused(words, error.stderr) from error

    def without_filters(self) -> list[str]:
        """Return the options by which git runs no program of the configuration on contents."""
        names = self.optional(
            "config", "--name-only", "--get-regexp", r"^filter\..*\.(clean|smudge|process|required)$"
        )
        return [word for name in sorted(set(names.splitlines())) for word in ("-c", f"{name}=")]


def _widen(pipe: IO[bytes]) -> None:
    """Let git run ahead of us as far as Linux allows: whenever one waits for the other, time goes by."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with contextlib.suppress(OSError):  # more than this user may have
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)


def _batch_contents(output: bytes) -> Iterator[bytes]:
    """Yield the contents of `cat-file --batch` output, in the order asked for."""
    at = 0
    while at < len(output):
        end = output.index(b"\n", at)
        size = int(output[at:end].rsplit(b" ", 1)[1])
        yield output[end + 1 : end + 1 + size]
        at = end + size + 2


def _objects(stream: IO[bytes], count: int) -> Iterator[tuple[str, int, Iterator[bytes]]]:
    """Yield the same while `cat-file --batch` prints it; fewer where it ends early."""
    for _number in range(count):
        header = stream.readline().decode("ascii", "replace").split()
        if len(header) != 3:  # it has ended, or lost an object since it was looked for
            stream.close()
            return
        oid, size = header[0], int(header[2])
        content = _sized(stream, size)
        yield oid, size, content
        for _piece in content:
            continue
        stream.read(1)  # the line end after it


def _sized(stream: IO[bytes], size: int) -> Iterator[bytes]:
    while size and (piece := stream.read(min(size, _PIECE))):
        size -= len(piece)
        yield piece


def _refused(arguments: Sequence[str], stderr: str | bytes | None) -> RepositoryError:
    told = os.fsdecode(stderr) if isinstance(stderr, bytes) else stderr or ""
    words = re.sub(r"^\s*stderr: '|'\s*$", "", told.strip()).strip().splitlines()
    reason = next(
        (line for line in words if line.startswith(("fatal:", "error:"))),
        words[0] if words else "no reason given",
    )
    advice = "Run `git fsck` in the repository to see whether it is whole."
    if "promisor" in told:
        advice = "The clone is partial and lacks what is needed: clone it without --filter."
    if "dubious ownership" in told:
        advice = "The repository belongs to another user: git config --global --add safe.directory FOLDER"
    kind = RepositoryError
    if ".lock': File exists" in told:
        kind = LockedError
        advice = "Another git is at work there. If none is, remove that file, which one left that was killed."
    if any(word in told for word in _NOT_WRITABLE):
        advice = "Give the repository room, or the right to write to it, and run it again."
    return kind(f"git {_command(arguments)} failed: {reason}", advice)


_NOT_WRITABLE = (
    "No space left",
    "Disk quota",
    "File too large",
    "Read-only file system",
    "Permission denied",
    "insufficient permission",
    "unable to create directory",
    "SIGXFSZ",
)


def _signal(status: object) -> str:
    """Return what ended a git that had no time for words."""
    if not isinstance(status, int) or status >= 0:
        return ""
    try:
        return f"fatal: it was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"fatal: it was ended by signal {-status}"


def _command(arguments: Sequence[str]) -> str:
    """Return the name of the command, which settings (`-c NAME=VALUE`) may stand before."""
    words = list(arguments)
    while words[:1] == ["-c"] and len(words) > 2:
        words = words[2:]
    return words[0]
