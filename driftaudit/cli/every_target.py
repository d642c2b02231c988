"""`report --all`: one process for each target, so many at a time; what stops one stops no other."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import click

from driftaudit.cli.main import tell
from driftaudit.cli.night import Night
from driftaudit.errors import ExitCode, UsageError

_PATIENCE = 20.0  # seconds for a run to end once it was asked to


@dataclass(frozen=True, slots=True)
class Ended:
    """A run of one target: its exit code, and what it printed."""

    code: int
    out: bytes
    err: str


def report_all(night: Night, jobs: int) -> int:
    """Run all targets, print what each says in the order of the configuration, and return the worst code."""
    from driftaudit.cli.site_files import require_folder
    from driftaudit.nightly.judging import worst

    settings = night.workplace.settings
    if settings is None or not settings.targets:
        raise UsageError("no target is configured", "Name one: driftaudit report user@host:/folder")
    require_folder(night.folder)
    codes = []
    for name, ended in _runs(list(settings.targets), _words(night), jobs):
        tell(*(f"{name}: {line}" for line in ended.err.splitlines()))
        click.echo(ended.out, nl=False)
        codes.append(ended.code)
        if ended.code < 0:
            night.killed(name, -ended.code)
    night.write_index()
    return worst((*codes, ExitCode.USAGE) if night.faults else codes)


def _words(night: Night) -> list[str]:
    """Return the options that hold for every target."""
    wanted = night.wanted
    words = ["--fail-on", night.fail_on, "--output-dir", str(night.folder)]
    named = (("--config", wanted.config), ("--history", night.history), ("--rate-limit", wanted.rate_limit))
    words += [word for name, value in named if value is not None for word in (name, str(value))]
    flags = (
        ("--no-cache", wanted.no_cache),
        ("--rehash", wanted.rehash),
        ("--no-probes", wanted.probes is False),
        ("--quiet", night.quiet),
    )
    return [*words, *(name for name, is_said in flags if is_said)]


def _runs(names: Sequence[str], words: Sequence[str], jobs: int) -> Iterator[tuple[str, Ended]]:
    children = _Children()
    with ThreadPoolExecutor(jobs) as pool:
        try:
            begun = [pool.submit(children.run, name, words) for name in names]
            for name, future in zip(names, begun, strict=True):
                yield name, future.result()
        except BaseException:
            children.end()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@dataclass
class _Children:
    """The processes that are at work. After the end no new one begins."""

    running: set[subprocess.Popen[bytes]] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_over: bool = False

    def run(self, name: str, words: Sequence[str]) -> Ended:
        """Run one target to its end."""
        command = [sys.executable, "-P", "-m", "driftaudit", "report", *words, "--", name]
        with self.lock:
            if self.is_over:
                return Ended(int(ExitCode.INTERRUPTED), b"", "")
            child = subprocess.Popen(  # noqa: S603 - our own program, without a shell
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            self.running.add(child)
        out, err = child.communicate()
        with self.lock:
            self.running.discard(child)
        return Ended(child.returncode, out, err.decode("utf-8", "replace"))

    def end(self) -> None:
        """Ask every process to end, as with Ctrl-C, and wait until each has."""
        with self.lock:
            self.is_over = True
            children = tuple(self.running)
        for child in children:
            child.terminate()
        for child in children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(_PATIENCE)
            child.kill()
