"""The Python versions of this machine that a host might have."""

import os
import shutil
import subprocess
from pathlib import Path

VERSIONS = [f"3.{minor}" for minor in range(6, 15)]
_PYENV = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")  # its shims alone answer for no version


def interpreter(version: str) -> str | None:
    """Return an interpreter of that version, or None where this machine has none."""
    places = [shutil.which(f"python{version}"), *sorted(_PYENV.glob(f"versions/{version}.*/bin/python"))]
    return next((str(place) for place in places if place and _answers(str(place), version)), None)


def _answers(place: str, version: str) -> bool:
    command = [place, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    return subprocess.run(command, capture_output=True).stdout.decode().strip() == version
