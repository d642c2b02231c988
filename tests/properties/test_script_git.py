"""What the simulator says of git commands covers what git does, on random checkouts.

More, and others:

    DRIFTAUDIT_CHECKOUTS=500 DRIFTAUDIT_SEED=7 python -m pytest tests/properties/test_script_git.py
"""

import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

import pytest

from driftaudit.deploy.script.call import is_below
from driftaudit.deploy.script.differences import Differences
from driftaudit.deploy.script.session import Setting
from driftaudit.deploy.script.simulation import Outcome, simulate
from driftaudit.deploy.script.tree import Editor, Folder
from tests.properties.test_script_oracle import SEED, is_unsure
from tests.support.checkouts import Checkout, archived, cleaned, git, lay_checkout, reset, revision
from tests.support.shell_sandbox import Sandbox, below, real_effect, seen

pytestmark = pytest.mark.timeout(3600)

CHECKOUTS = int(os.environ.get("DRIFTAUDIT_CHECKOUTS", "15"))


def test_what_is_cleaned_was_said_and_nothing_else_but_tracked_files() -> None:
    counted: Counter[bool] = Counter()
    for number in range(CHECKOUTS):
        checkout = cleaned(SEED, number)
        with _on_target(checkout) as (sandbox, setting, before):
            tracked = set(git(sandbox.remote, "ls-files", "-z").split("\0"))
            outcome, real = _both(sandbox, setting, f"ssh host '{checkout.command}'", before)
            predicted = below(outcome.effects["there"], sandbox.remote)
            told = f"{SEED}/{number} {checkout}\nreal {real}\npredicted {predicted}"
            assert real.deleted <= predicted.deleted, told
            assert not real.overwritten, told
            files = {path for path in predicted.deleted - real.deleted if before[path] is not None}
            flags = checkout.command.partition("clean")[2]
            if "d" in flags and "X" not in flags:  # else what stays is untracked, or not ignored: not known
                assert files <= tracked, told
            counted[bool(real.deleted)] += 1
    assert counted[True] > CHECKOUTS / 4, counted


def test_what_a_reset_loses_was_said() -> None:
    counted: Counter[bool] = Counter()
    for number in range(CHECKOUTS):
        checkout = reset(SEED, number)
        with _on_target(checkout) as (sandbox, setting, before):
            outcome, real = _both(sandbox, setting, f"ssh host '{checkout.command}'", before)
            predicted = below(outcome.effects["there"], sandbox.remote)
            told = f"{SEED}/{number} {checkout}\nreal {real}\npredicted {predicted}"
            changed = {path for path in real.overwritten if isinstance(before[path], bytes)}
            assert changed <= predicted.overwritten | predicted.deleted, told
            assert any(problem.may_touch and problem.line == 1 for problem in outcome.problems), told
            counted[bool(changed)] += 1
    assert counted[True] > CHECKOUTS / 4, counted


def test_what_a_revision_brings_is_known() -> None:
    counted: Counter[str] = Counter()
    for number in range(CHECKOUTS):
        checkout = archived(SEED, number)
        with _sandbox() as sandbox:
            sandbox.fill({}, checkout.tree)
            lay_checkout(sandbox.local, checkout)
            setting = _with_git(sandbox.setting(), sandbox.local, "here")
            before = {host: seen(folder) for host, folder in sandbox.roots.items()}
            outcome = simulate(checkout.command, setting)
            done = sandbox.run(checkout.command)
            for host, folder in sandbox.roots.items():
                real = real_effect(before[host], seen(folder))
                told = f"{SEED}/{number} {host} {checkout}\nreal {real}\n{done.stderr.decode()}"
                if not is_unsure(outcome):
                    assert below(outcome.effects[host], folder) == real, told
            counted["unsure" if is_unsure(outcome) else "compared"] += 1
    assert counted["compared"] > CHECKOUTS * 0.7, counted


@contextmanager
def _sandbox() -> Iterator[Sandbox]:
    base = Path(mkdtemp(prefix="driftaudit-"))
    try:
        yield Sandbox(base)
    finally:
        subprocess.run(["rm", "-rf", str(base)], check=True)


@contextmanager
def _on_target(checkout: Checkout) -> Iterator[tuple[Sandbox, Setting, dict[str, bytes | str | None]]]:
    with _sandbox() as sandbox:
        sandbox.fill({}, {})
        lay_checkout(sandbox.remote, checkout)
        committed = set(git(sandbox.remote, "ls-tree", "-r", "--name-only", "-z", "HEAD").split("\0"))
        setting = replace(
            _with_git(sandbox.setting(), sandbox.remote, "there"), is_desired=committed.__contains__
        )
        yield sandbox, setting, _without_git(seen(sandbox.remote))


def _both(
    sandbox: Sandbox, setting: Setting, script: str, before: dict[str, bytes | str | None]
) -> tuple[Outcome, Differences]:
    outcome = simulate(script, setting)
    sandbox.run(script)
    return outcome, real_effect(before, _without_git(seen(sandbox.remote)))


def _without_git(tree: dict[str, bytes | str | None]) -> dict[str, bytes | str | None]:
    return {path: text for path, text in tree.items() if not is_below(tuple(path.split("/")), (".git",))}


def _with_git(setting: Setting, folder: Path, host: str) -> Setting:
    """Return a setting in which of a folder's `.git` no more is known than that it is there."""
    editor = Editor(setting.trees[host])
    editor.put((*folder.parts[1:], ".git"), Folder(is_open=True))
    reader = replace(setting.reader, revision=lambda name: revision(folder, name))
    work_tree = folder.parts[1:] if host == "here" else None
    return replace(setting, trees={**setting.trees, host: editor.root}, reader=reader, work_tree=work_tree)
