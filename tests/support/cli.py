"""The command line as a pipeline calls it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support import forking
from tests.support.programs import program
from tests.support.schemas import conform


@dataclass(frozen=True)
class Outcome:
    """What a run printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """The JSON report on standard output, checked against the schema."""
        value: dict[str, Any] = json.loads(self.out)
        conform(value, "report")
        assert value["exit_code"] == self.code
        return value

    def finding(self, path: str) -> dict[str, Any]:
        return next(finding for finding in self.report["findings"] if finding["path"] == path)

    def blocking(self) -> dict[str, str]:
        return {f["path"]: f["rule"] for f in self.report["findings"] if f["severity"] == "block"}

    def breaking(self) -> set[str]:
        """Return the modules whose imports would break."""
        return {row["module"] for row in self.report["structure"] if row["kind"] == "would-break"}

    def origins(self) -> dict[str, str]:
        return {f["path"]: f["origin"] for f in self.report["findings"]}


def driftaudit(folder: Path, *words: str, powerless: bool = False, **environment: str) -> Outcome:
    """Run driftaudit in a folder; `powerless`: file modes bind even root."""
    bound = bind_root() if powerless and os.getuid() == 0 else []
    code, output, errors = _done(bound, words, folder, {**os.environ, **environment})
    out, err = output.decode(), errors.decode()
    assert "Traceback" not in out + err
    return Outcome(code, out, err)


def _done(
    bound: Sequence[str], words: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> tuple[int, bytes, bytes]:
    if not bound and forking.can_fork(environment):
        return forking.run(words, folder, environment)
    command = [*bound, sys.executable, "-m", "driftaudit", *words]
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, env=environment)
    return done.returncode, done.stdout, done.stderr


def bind_root() -> list[str]:
    """Return what goes in front of a command that root is to run with nobody's rights."""
    powers = "-dac_override,-dac_read_search,-sys_ptrace"
    return [program("setpriv"), f"--bounding-set={powers}", f"--inh-caps={powers}"]


def check(folder: Path, *words: str) -> Outcome:
    """Run `driftaudit check` with a JSON report on standard output."""
    return driftaudit(folder, "check", *words, "--format", "json")
