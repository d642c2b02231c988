"""A real PostgreSQL of the tests' own: its data, and its socket, in a temporary folder."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.programs import program

_NOBODY = "65534"  # PostgreSQL refuses to be run by root
_PATIENCE = 30.0  # seconds


def postgres_program(name: str) -> str:
    """Return the path of a program of the server, which Debian keeps out of the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    path = str(found[-1]) if found else shutil.which(name)
    if not path:
        pytest.fail(f"{name} is needed for this test: apt-get install postgresql (or: make test-programs)")
    return path


@contextmanager
def running_postgres() -> Iterator[str]:
    """Yield the URL of an empty database."""
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as name:  # the path of a socket must be short
        folder = Path(name)
        as_nobody = []
        if os.getuid() == 0:
            as_nobody = [program("setpriv"), f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"]
            os.chown(folder, int(_NOBODY), int(_NOBODY))
        data = str(folder / "data")
        made = [postgres_program("initdb"), "-D", data, "-U", "tests", "-A", "trust", "-N", "-E", "UTF8"]
        subprocess.run([*as_nobody, *made], check=True, capture_output=True, cwd="/")
        settings = [f"unix_socket_directories={folder}", "listen_addresses=", "fsync=off"]
        words = [word for setting in settings for word in ("-c", setting)]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [*as_nobody, postgres_program("postgres"), "-D", data, *words],
                stdout=log,
                stderr=log,
                cwd="/",
            )
        try:
            _wait(folder, server)
            yield f"postgresql://tests@/postgres?host={folder}"
        finally:
            server.terminate()
            server.wait()


def _wait(folder: Path, server: "subprocess.Popen[bytes]") -> None:
    ready = [postgres_program("pg_isready"), "-q", "-h", str(folder)]
    deadline = time.monotonic() + _PATIENCE
    while subprocess.run(ready).returncode:
        assert server.poll() is None, (folder / "log").read_text()
        assert time.monotonic() < deadline, (folder / "log").read_text()
