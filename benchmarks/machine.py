"""The machine and the programs that figures come from; nothing that says whose or where."""

import os
import platform
import re
import subprocess

_VERSIONS = {
    "rsync": ["rsync", "--version"],
    "git": ["git", "--version"],
    "OpenSSH": ["ssh", "-V"],
    "find": ["find", "--version"],
    "hashdeep": ["hashdeep", "-V"],
    "rclone": ["rclone", "version"],
    "Python on the host": ["/usr/bin/python3", "--version"],
}


def machine() -> dict[str, str]:
    """Return what stands beside the figures, by name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    known = {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": str(os.cpu_count()),
        "memory": f"{memory / 1e9:.0f} GB",
        "Python": platform.python_version(),
    }
    versions = {name: version(command) for name, command in _VERSIONS.items()}
    return known | {name: found for name, found in versions.items() if found}


def load() -> str:
    """Return how busy the machine is, as the average number of processes in the last minute."""
    return f"{os.getloadavg()[0]:.1f}"


def version(command: list[str]) -> str | None:
    """Return the first number with a dot that a program says of itself."""
    try:
        answer = subprocess.run(command, check=False, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    found = re.search(r"\d+(?:\.\d+)+\w*", answer.stdout + answer.stderr)
    return found[0] if found else None
