"""`driftaudit check` against `rsync -n -r -l -i -c --delete`, over one sshd on loopback, in turn.

    python -m benchmarks.gate                    a tree of 80,000 files, 1.3 GB
    python -m benchmarks.gate --tree FOLDER      a tree of your own (it is copied, and not changed)

Both read every byte of both sides' content or its id, and both name what differs. Prints the seconds of each
pair, the ratio, and the peak memory of either client.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.trees import drift, make_repository, make_tree
from tests.support.sshd import SSHServer, make_client_home, make_key, running_sshd


@dataclass(frozen=True)
class Run:
    """One run: seconds on the clock, the client's peak in MB, and how many paths it named."""

    seconds: float
    peak: float
    named: int


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(dir=options.work, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        repository, live = folder / "repository", folder / "live"
        if options.tree:
            shutil.copytree(options.tree, repository, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        else:
            make_tree(repository, options.files, options.folders, options.megabytes * 1_000_000)
        shutil.copytree(repository, live, symlinks=True)
        make_repository(repository)
        drift(live, options.drift)
        files = sum(path.is_file() for path in live.rglob("*"))
        size = sum(path.stat().st_size for path in live.rglob("*") if path.is_file())
        print(
            f"{files:,} files, {size / 1e9:.2f} GB, {options.drift} edited; {os.cpu_count()} cores",
            flush=True,
        )
        for key in ("host", "client"):
            make_key(folder / key)
        home = make_client_home(folder / "home", folder / "client")
        with running_sshd(folder / "sshd", home, folder / "host") as server:
            _in_turn(server, repository, live, options.rounds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tree", type=Path)
    parser.add_argument("--files", type=int, default=80_000)
    parser.add_argument("--folders", type=int, default=5_000)
    parser.add_argument("--megabytes", type=int, default=1_300)
    parser.add_argument("--drift", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", type=Path, help="where to make the trees; about three times their size")
    return parser.parse_args()


def _in_turn(server: SSHServer, repository: Path, live: Path, rounds: int) -> None:
    commands = {"rsync": _rsync(server, repository, live), "check": _check(server, live)}
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for command in commands.values():
        _run(command, repository, server)  # once unmeasured, so that both find the files in memory
    print("\n| pair | rsync | check | ratio |\n|---|---|---|---|")
    for pair in range(1, rounds + 1):
        for name, command in commands.items():
            runs[name].append(_run(command, repository, server))
        rsync, check = runs["rsync"][-1], runs["check"][-1]
        print(
            f"| {pair} | {rsync.seconds:.2f} s | {check.seconds:.2f} s"
            f" | {check.seconds / rsync.seconds:.2f} |",
            flush=True,
        )
    ratios = [c.seconds / r.seconds for c, r in zip(runs["check"], runs["rsync"], strict=True)]
    medians = {name: statistics.median(run.seconds for run in done) for name, done in runs.items()}
    print(
        f"| median | {medians['rsync']:.2f} s | {medians['check']:.2f} s | {statistics.median(ratios):.2f} |"
    )
    peaks = {name: max(run.peak for run in done) for name, done in runs.items()}
    print(f"\nPeak memory of the client: rsync {peaks['rsync']:.0f} MB, check {peaks['check']:.0f} MB")
    print(f"Paths named: rsync {runs['rsync'][-1].named}, check {runs['check'][-1].named}")


def _rsync(server: SSHServer, repository: Path, live: Path) -> list[str]:
    home = server.client.ssh
    ssh = f"ssh -F none -p {server.port} -i {home}/id_ed25519 -o UserKnownHostsFile={home}/known_hosts"
    options = ["-n", "-r", "-l", "-i", "-c", "--delete", "--exclude=/.git", "-e", ssh]
    return ["rsync", *options, f"{repository}/", f"{server.user}@127.0.0.1:{live}/"]


def _check(server: SSHServer, live: Path) -> list[str]:
    paths = ["--deploy", "mirror", "--format", "json"]
    return [sys.executable, "-m", "driftaudit", "check", server.url(live), *paths]


def _run(command: Sequence[str], folder: Path, server: SSHServer) -> Run:
    environment = {**os.environ, "HOME": str(server.client.path)}
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=output, env=environment)
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 3):
            raise SystemExit(f"{command[0]} ended with {process.returncode}")
        output.seek(0)
        text = output.read()
    named = (
        text.count(b'"path": ')
        if b'"schema"' in text
        else sum(b"/ " not in line for line in text.splitlines())
    )
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(seconds, usage.ru_maxrss * unit / 1e6, named)


if __name__ == "__main__":
    main()
