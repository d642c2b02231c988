"""What tests ask of a run under guard: its record, its history, and the log of the command."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.cli import Outcome, driftaudit
from tests.support.schemas import conform
from tests.support.site import Site

DEPLOY = "replace:src"


def checked(text: str) -> dict[str, Any]:
    """Return a JSON document that fits its schema."""
    value: dict[str, Any] = json.loads(text)
    conform(value, value["schema"].split("/")[1])
    return value


def state(site: Site) -> Path:
    return site.folder / "state" / "driftaudit"


def guard(site: Site, words: Sequence[str], *command: str) -> Outcome:
    """Run a command under guard, with a record, and a state folder that is the site's own."""
    ours = ["--deploy", DEPLOY, "--record", str(site.folder / "record.json")]
    return driftaudit(site.repository, "guard", site.url, *ours, *words, "--", *command, **environment(site))


def environment(site: Site) -> dict[str, Any]:
    return {"XDG_STATE_HOME": str(site.folder / "state"), "XDG_DATA_HOME": str(site.folder / "data")}


def record(site: Site) -> dict[str, Any]:
    return checked((site.folder / "record.json").read_text())


def history(site: Site) -> list[dict[str, Any]]:
    path = state(site) / "guard.jsonl"
    return [checked(line) for line in path.read_text().splitlines()] if path.exists() else []


def deviations(site: Site) -> dict[str, str]:
    """Return what is not as planned by path."""
    return {each["path"]: each["kind"] for each in record(site)["after"]["deviations"]}


def replacing(site: Site, *before: str) -> tuple[str, ...]:
    """Return a shell command that does what was planned: src comes anew from the repository."""
    there = f"rm -rf '{site.production}/src' && cp -R '{site.repository}/src' '{site.production}/src'"
    return "sh", "-c", " && ".join((*before, there))


@contextmanager
def started(site: Site, words: Sequence[str], *command: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Begin a run under guard in a session of its own."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "driftaudit", "guard", site.url, "--deploy", DEPLOY, *words),
            *("--record", str(site.folder / "record.json"), "--", *command),
        ],
        cwd=site.repository,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, **environment(site)},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
