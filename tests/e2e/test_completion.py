"""Completion as the shells do it: each loads what `driftaudit completion` prints, and is asked."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from driftaudit.cli.options import REPORTS
from tests.support.cli import driftaudit
from tests.support.git import new_repository
from tests.support.programs import program

SETTINGS = (
    "version: 1\ntargets:\n  production: {url: /srv/a}\n  preview: {url: /srv/b}\n  staging: {url: /srv/c}\n"
)

# What each shell is told, to print what it would offer behind the words.
ASKING = {
    "bash": """\
eval "$(driftaudit completion bash)"
COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); COMP_LINE={line}; COMP_POINT=${{#COMP_LINE}}
compopt() {{ echo "asks for: $*"; }}
_driftaudit_completion driftaudit
printf '%s\\n' "${{COMPREPLY[@]}}"
""",
    "zsh": """\
autoload -Uz compinit && compinit -u -D
eval "$(driftaudit completion zsh)"
compadd() {{ local a=("${{(@P)@[-1]}}"); print -l -- $a; }}
_describe() {{ local a=("${{(@P)3}}"); print -l -- ${{a%%:*}}; }}
_path_files() {{ print "asks for: default"; }}
words=({words}); CURRENT=${{#words}}
_driftaudit_completion
""",
    "fish": """\
driftaudit completion fish | source
complete --do-complete {line} | string split --fields 1 \\t
""",
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    repository = new_repository(tmp_path / "repository")
    (repository / "driftaudit.yml").write_text(SETTINGS)
    (tmp_path / "bin").mkdir()
    starter = tmp_path / "bin" / "driftaudit"
    starter.write_text(f'#!/bin/sh\nexec {sys.executable} -m driftaudit "$@"\n')
    starter.chmod(0o755)
    return repository


def offered(shell: str, repository: Path, *words: str) -> list[str]:
    """Return what a shell would offer for the last of the words."""
    line = shlex.join(words)[: -2 if not words[-1] else None]
    asking = ASKING[shell].format(words=shlex.join(words), line=shlex.quote(line))
    path = f"{repository.parent / 'bin'}:{os.environ['PATH']}"
    home = {"HOME": str(repository.parent), "PATH": path}
    done = subprocess.run(
        [program(shell), "-c", asking],
        cwd=repository,
        capture_output=True,
        text=True,
        env={**os.environ, **home},
    )
    assert done.stderr == ""
    return done.stdout.split("\n")[:-1]


@pytest.mark.parametrize("shell", ASKING)
def test_a_real_shell_offers_commands_targets_formats_and_packs(shell: str, repository: Path) -> None:
    def found(*words: str) -> set[str]:
        return set(offered(shell, repository, "driftaudit", *words))

    assert found("re") >= {"reconcile", "recover", "rescue"}
    assert found("check", "pr") == {"production", "preview"}
    assert found("explain", "") == {"production", "preview", "staging"}
    assert found("check", "--format", "") == set(REPORTS)
    assert found("check", "--pack", "p") == {"php", "pm2", "python"}
    assert "--deploy-from" in found("check", "--deploy")


@pytest.mark.parametrize(
    "text",
    [
        "targets: [",
        "targets: 3",
        "targets: {a: &x [*x]}",
        "\x00",
        'targets:\n  "a\\nb": {}\n',
        "targets: {a b: {}}",
    ],
)
def test_a_configuration_that_cannot_be_read_offers_nothing(text: str, repository: Path) -> None:
    (repository / "driftaudit.yml").write_text(text)
    assert offered("bash", repository, "driftaudit", "check", "") == [""]


def test_a_configuration_that_is_named_is_the_one(repository: Path) -> None:
    (repository / "other.yml").write_text("version: 1\ntargets: {elsewhere: {url: /srv}}\n")
    words = ("driftaudit", "check", "--config", "other.yml", "")
    assert offered("bash", repository, *words) == ["elsewhere"]


def test_a_shell_that_is_not_known(tmp_path: Path) -> None:
    outcome = driftaudit(tmp_path, "completion", "tcsh")
    assert (outcome.code, outcome.out) == (2, "")
    assert "'tcsh' is not one of 'bash', 'zsh', 'fish'" in outcome.err


def test_completion_loads_no_heavy_library(repository: Path) -> None:
    program_text = (
        "import sys, os\n"
        "os.environ.update(_DRIFTAUDIT_COMPLETE='bash_complete')\n"
        "os.environ.update(COMP_WORDS='driftaudit check ', COMP_CWORD='2')\n"
        "from driftaudit.cli.main import run\n"
        "try: run([])\n"
        "except SystemExit: pass\n"
        "print(sorted({'git', 'paramiko', 'pydantic', 'rich', 'jinja2', 'deepdiff', 'pathspec', 're2'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program_text], cwd=repository, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        *("plain,production", "plain,preview", "plain,staging"),
        "[]",
    ]
