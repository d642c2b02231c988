"""Forms that a deploy is written in, for tests: written to files, read, and held against bash."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from driftaudit.forms.base import FormScript
from driftaudit.forms.registry import read_form
from driftaudit.forms.shell import parsed
from tests.support.programs import program


def read(folder: Path, name: str, text: str, job: str | None = None) -> FormScript:
    """Write a form, read it, and see that bash and shfmt take what comes of it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    script = read_form(path, job)
    check(script)
    return script


def check(script: FormScript) -> None:
    """Fail unless the script is one for bash and each line has a place."""
    assert len(script.places) == script.text.count("\n") + 1
    assert is_bash(script.text)
    if len(script.text) < 1 << 17:  # the parser takes no more
        parsed(script.text)


def is_bash(text: str) -> bool:
    """Whether bash takes a text for a script, and says nothing against it; it is not run."""
    raw = text.encode("utf-8", "surrogateescape")
    done = subprocess.run([program("bash"), "-n"], input=raw, capture_output=True)
    return done.returncode == 0 and not done.stderr


def commands(script: FormScript) -> list[str]:
    """Return the lines that are not there to hold others."""
    held = ("(", ")", "fi", "set ", "export ", "if [")
    return [
        line.strip() for line in script.text.split("\n") if line.strip() and not line.strip().startswith(held)
    ]


def place_of(script: FormScript, line: str) -> str:
    """Return the place of the line in which a text stands."""
    lines = script.text.split("\n")
    return next(place for text, place in zip(lines, script.places, strict=True) if line in text)


def details(script: FormScript) -> list[tuple[str, str]]:
    """Return the problems as place (without the folder) and what is said."""
    return [(problem.where.rpartition("/")[2], problem.detail) for problem in script.problems]


def run(command: list[str], folder: Path, environment: Mapping[str, str]) -> int:
    """Run a command in a sandbox folder and return its status."""
    done = subprocess.run(
        command, cwd=folder, env=dict(environment), capture_output=True, stdin=subprocess.DEVNULL, timeout=60
    )
    return done.returncode


def files_below(folder: Path) -> dict[str, bytes]:
    """Return the files and folders below one, files with their contents."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"/"
        for path in sorted(folder.rglob("*"))
        if path.suffix != ".tgz"  # it holds the time
    }
