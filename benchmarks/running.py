"""Runs one contender once, and says what it took."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.host import Host
from benchmarks.memory import sampled_peak
from benchmarks.peers import Contender, Place
from benchmarks.results import Run

_LAUNCH = [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py"))]
_AGENT = "python"  # what the names of the product's processes on the host begin with


def run(contender: Contender, place: Place, host: Host, patience: float) -> Run | None:
    """Run a contender. None if it was not done after `patience` seconds.

    Raises SystemExit where it fails: a figure of a run that failed would be none.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        result = host.folder / "result.json"
        result.unlink(missing_ok=True)  # that of the run before
        command = [*_LAUNCH, str(result), *contender.command(place)]
        with (
            sampled_peak(host.pid, _AGENT) as peak,
            subprocess.Popen(
                command,
                cwd=place.repository,
                env=host.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            ) as process,
        ):
            if not _done(process, patience):
                return None
        took: dict[str, Any] = (
            json.loads(result.read_text()) if process.returncode == 0 else {"code": "no start"}
        )
        output.seek(0)
        errors.seek(0)
        if took["code"] not in contender.codes:
            message = errors.read()[-2000:].decode(errors="replace")
            raise SystemExit(f"{contender.name} ended with {took['code']}: {message}")
        return Run(took["seconds"], took["peak"], peak.bytes, contender.answer(output.read()))


def _done(process: subprocess.Popen[bytes], patience: float) -> bool:
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        _end(process, signal.SIGTERM)
        return False
    except KeyboardInterrupt:
        _end(process, signal.SIGTERM)
        raise
    return True


def _end(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """End the command and all that it started: they are a session of their own."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
    process.wait()
