"""What tests ask of Linux about processes."""

from pathlib import Path


def children(pid: int) -> list[int]:
    """Return the processes that a process has started and that are there still, as Linux knows them."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
