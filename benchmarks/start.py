"""What a check spends before it asks the host for anything: CPU seconds of an interpreter that loads a part.

    python -m benchmarks.start

Each is a process of its own, the least of several runs, less what an empty one costs. The parts overlap: what
one has loaded the next need not load again.
"""

import os
import subprocess
import sys

RUNS = 7
PARTS = {
    "an empty interpreter": "pass",
    "the command line (click)": "import driftaudit.cli.check",
    "our own modules, and what they need": "import driftaudit.audit, driftaudit.cli.target",
    "the rule packs": "from driftaudit.policy.policy import load_policy; load_policy(None, {}, ())",
    "the checks of driftaudit.yml (pydantic)": "import driftaudit.config.settings_schema",
    "git (GitPython)": "import git",
    "ssh (paramiko, less invoke)": "import sys; sys.modules['invoke'] = None; import paramiko",
    "ssh (paramiko)": "import paramiko",
}


def main() -> None:
    empty = _cpu_seconds("pass")
    print("| part | CPU seconds |\n|---|---|")
    for part, code in PARTS.items():
        seconds = _cpu_seconds(code)
        print(f"| {part} | {seconds if code == 'pass' else seconds - empty:.3f} |")


def _cpu_seconds(code: str) -> float:
    return min(_run(code) for _ in range(RUNS))


def _run(code: str) -> float:
    process = subprocess.Popen([sys.executable, "-c", code])
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{code!r} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
