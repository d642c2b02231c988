"""`make -n`, run so that nothing else runs: its shell is one that does not exist."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from driftaudit.errors import DriftauditError, UsageError
from driftaudit.forms.files import named, shown

SHELL = "/nonexistent/driftaudit/sh"
"""What make takes for the shell: a recipe that it means to run in spite of -n cannot start."""

_SECONDS = 10
_MOST_MEMORY = 1 << 30  # bytes
_MOST_OUTPUT = 4 << 20  # bytes
_UNDEFINED = re.compile(r"^.*?:\d+: warning: undefined variable [`'](.+?)'$", re.MULTILINE)
_KEPT = ("PATH", "HOME", "TMPDIR")


@dataclass(frozen=True, slots=True)
class DryRun:
    """What make printed, and the variables that it found undefined."""

    output: str
    undefined: frozenset[str]


def dry_run(path: Path, targets: tuple[str, ...], given: Mapping[str, str]) -> DryRun:
    """Return what `make -n` says of targets, with variables from the environment.

    Raises UsageError with make's own words where it refuses, DriftauditError where there is no make.
    """
    program = shutil.which("make") or shutil.which("gmake")
    if not program:
        raise DriftauditError(
            "make, which reads makefiles, is not installed", "Install it: apt-get install make"
        )
    command = [program, "-n", "--trace", "--no-print-directory", "--warn-undefined-variables", "-j1"]
    command += ["-f", path.name, "-o", path.name, f"SHELL={SHELL}", "--", *targets]
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        status = _ran(command, path, {**kept, "LC_ALL": "C", **given}, (out.fileno(), errors.fileno()))
        out.seek(0)
        errors.seek(0)
        output = out.read(_MOST_OUTPUT + 1).decode("utf-8", "surrogateescape")
        said = errors.read(_MOST_OUTPUT).decode("utf-8", "replace")
    if status is None or len(output) > _MOST_OUTPUT:
        raise UsageError(f"{shown(path)}: make -n does not come to an end", "Name a shell script instead.")
    if status:
        raise _refused(path, targets, said)
    return DryRun(output, frozenset(_UNDEFINED.findall(said)))


def _ran(
    command: list[str], path: Path, environment: Mapping[str, str], outputs: tuple[int, int]
) -> int | None:
    process = subprocess.Popen(  # noqa: S603 # it was looked through before
        command,
        cwd=path.parent,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=outputs[0],
        stderr=outputs[1],
        start_new_session=True,
        preexec_fn=_limit,  # noqa: PLW1509 # no thread of ours holds a lock that it needs
    )
    try:
        return process.wait(timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        return None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _limit() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST_OUTPUT + 1, _MOST_OUTPUT + 1))
    with contextlib.suppress(OSError, ValueError):  # not on every system
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))


_NO_END = "it does not come to an end, or needs more memory than a deploy does"


def _refused(path: Path, targets: tuple[str, ...], said: str) -> UsageError:
    wrong = [line for line in said.splitlines() if "***" in line] or said.splitlines() or [_NO_END]
    if SHELL in said:
        return UsageError(
            f"{shown(path)}: make would run something to tell what {named(' '.join(targets))} does",
            "Name a shell script instead.",
        )
    if "unrecognized option" in said:
        return UsageError("make is too old to read a makefile with", "Install GNU make 4.0 or newer.")
    return UsageError(f"{shown(path)}: {named(wrong[0])}", "See what `make -n` says of the target.")
