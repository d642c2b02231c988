"""Starts one command, waits for its end, and writes what it took as JSON: `launch.py RESULT COMMAND...`

A program of its own: Linux counts the memory of whoever started a process as part of that process's peak, so
nothing smaller than the whole benchmark could be seen if the benchmark started it itself.
"""

import json
import os
import sys
import time


def main() -> None:
    result, *command = sys.argv[1:]
    started = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ)
    _pid, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - started
    unit = 1 if sys.platform == "darwin" else 1024  # bytes of one ru_maxrss
    took = {"seconds": seconds, "peak": usage.ru_maxrss * unit, "code": os.waitstatus_to_exitcode(status)}
    with open(result, "w") as file:  # noqa: PTH123 (pathlib would be half of this process)
        json.dump(took, file)


main()
