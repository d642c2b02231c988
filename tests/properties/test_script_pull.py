"""What check says of a `git pull` on the target covers what git does there, on random checkouts.

More, and others:

    DRIFTAUDIT_CHECKOUTS=200 DRIFTAUDIT_SEED=7 python -m pytest -s tests/properties/test_script_pull.py
"""

import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from tests.properties.test_script_oracle import SEED
from tests.support.cli import Outcome, check
from tests.support.git import commit, git, new_repository, write
from tests.support.programs import program
from tests.support.shell_sandbox import real_effect, seen

pytestmark = pytest.mark.timeout(3600)

CHECKOUTS = int(os.environ.get("DRIFTAUDIT_CHECKOUTS", "12"))
PATHS = ["a", "b", "c/d", "c/e", "f/g/h", ".env", "log/x"]
PULLS = [
    "git pull",
    "git pull --ff-only",
    "git pull -q origin main",
    "git fetch && git merge --ff-only origin/main",
]
SETTINGS = """
version: 1
targets:
  web:
    url: {live}
    packs: []
"""


def test_what_a_pull_destroys_was_said(tmp_path: Path) -> None:
    counted: Counter[str] = Counter()
    for number in range(CHECKOUTS):
        folder = tmp_path / str(number)
        chance = Random(f"pull {SEED} {number}")
        repository, live = _laid(folder, chance)
        pull = chance.choice(PULLS)
        before = _without_git(live)
        outcome = check(repository, "--deploy-command", f"cd {live} && {pull}")
        done = subprocess.run([program("bash"), "-c", pull], cwd=live, capture_output=True, text=True)
        real = real_effect(before, _without_git(live))
        told = f"{SEED}/{number} {pull} {folder}\n{real}\n{done.stderr}\n{outcome.out}\n{outcome.err}"
        assert outcome.report["problems"] == [], told
        actions = _actions(outcome)
        files = {path for path, text in before.items() if text is not None}
        assert real.deleted & files <= actions["delete"] | actions["overwrite"], told
        assert real.overwritten & files <= actions["overwrite"] | actions["delete"], told
        lost = {path for path in real.deleted | real.overwritten if path in files and _is_own(before[path])}
        assert not lost or outcome.code == 3, told
        if done.returncode == 0 and outcome.code == 0:  # nothing by hand was in the way
            assert real.deleted & files == actions["delete"], told
            assert real.overwritten & files == actions["overwrite"], told
        counted["lost" if lost else "blocked" if outcome.code else "passed"] += 1
        counted["refused"] += done.returncode != 0
        shutil.rmtree(folder)
    print(f"seed {SEED}: {dict(counted)}")  # noqa: T201 # for those who ask with -s
    assert min(counted["passed"], counted["blocked"]) > CHECKOUTS / 10, counted


def _laid(folder: Path, chance: Random) -> tuple[Path, Path]:
    """Lay a remote, a repository that is at its newest commit, and a live clone that was edited by hand."""
    repository = new_repository(folder / "repository")
    live, remote = folder / "live", folder / "remote.git"
    git(repository, "branch", "-M", "main")
    for version in range(chance.randint(2, 4)):
        if version == 1:
            git(folder, "init", "--bare", "--quiet", "-b", "main", str(remote))
            git(repository, "remote", "add", "origin", str(remote))
            git(repository, "push", "--quiet", "-u", "origin", "main")
            git(folder, "clone", "--quiet", str(remote), str(live))
        for path in chance.sample(PATHS, 3):
            if version and chance.random() < 0.4:
                (repository / path).unlink(missing_ok=True)
            else:
                write(repository, {path: f"version {version} of {path}\n"})
        write(repository, {"always": f"{version}\n", ".gitignore": "log\n.env\n" * chance.randrange(2)})
        git(repository, "add", "--all", "--force")
        commit(repository, {}, f"version {version}")
    git(repository, "push", "--quiet")
    for path in chance.sample([*PATHS, "own", "log/own"], chance.randrange(3)):
        write(live, {path: f"own {path}\n"})
    (folder / "repository" / "driftaudit.yml").write_text(SETTINGS.format(live=live))
    return repository, live


def _without_git(live: Path) -> dict[str, bytes | str | None]:
    return {path: text for path, text in seen(live).items() if path.split("/")[0] != ".git"}


def _actions(outcome: Outcome) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {"delete": set(), "overwrite": set()}
    for finding in outcome.report["findings"]:
        found.setdefault(finding["action"], set()).add(finding["path"])
    return found


def _is_own(text: bytes | str | None) -> bool:
    return isinstance(text, bytes) and text.startswith(b"own ")
