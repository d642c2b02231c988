"""The processes of the agent that scan for this very process."""

from pathlib import Path

from tests.support.processes import children

MEGABYTE = 1_000_000  # bytes


def agents() -> list[int]:
    """Return the process that answers, and after it those that list and hash."""
    by_thread = [path.read_text().split() for path in Path("/proc/self/task").glob("*/children")]
    started = [
        int(pid) for pids in by_thread for pid in pids if b"sys.stdin.buffer" in command_line(int(pid))
    ]
    return [*started, *(pid for agent in started for pid in children(agent))]


def command_line(pid: int) -> bytes:
    """Return what a process was started as; nothing where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def peak_memory(pid: int) -> int:
    """Return the most memory that a process had so far, in bytes; 0 where it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def has_open(pid: int, path: Path) -> bool:
    """Whether a process has a file open."""
    links = Path(f"/proc/{pid}/fd").glob("*")
    try:
        return any(link.readlink() == path for link in links)
    except OSError:  # ended, or closed in between
        return False
