"""Waiting for the clock of the file system, by which it is told whether a file was touched."""

import os
import tempfile
from pathlib import Path


def let_it_tick(folder: Path) -> None:
    """Return once a change in the folder's file system gets a later time than any before this call."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        first = os.fstat(file.fileno()).st_ctime_ns
        while os.fstat(file.fileno()).st_ctime_ns <= first:
            os.fchmod(file.fileno(), 0o600)
