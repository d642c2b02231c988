"""The program that reads a tree where it lies, and the client of what it says."""

from pathlib import Path


def program_source() -> bytes:
    """Return the program as it is sent."""
    return Path(__file__).with_name("program.py").read_bytes()
