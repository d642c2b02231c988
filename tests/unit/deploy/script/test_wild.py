"""Deploy scripts as they are found in the wild: what they do is decided, but where nobody can know it."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from driftaudit.deploy.script.rsync_planner import real_rsync
from driftaudit.deploy.script.session import Trouble
from driftaudit.deploy.script.simulation import simulate
from driftaudit.model.script import Environment
from tests.support.shell_models import live_effect, setting

SCRIPTS = Path(__file__).with_name("wild")
LOCAL = {
    "src/a.js": "1",
    "src/b.js": "new",
    "package.json": "{}",
    "dist/index.html": "x",
    "dist/app.js": "y",
    "public/x": "1",
}
LIVE = {
    "src/a.js": "0",
    "src/only.js": "only",
    "current": "-> releases/1",
    "releases/1/a": "1",
    "shared/.env": "S=1",
    "logs/old.log": "l",
    "index.js": "i",
    ".env": "E=1",
    "public/x": "0",
    "public/up.jpg": "u",
    "node_modules/": "",
}


STARTED_WITH = Environment({}, frozenset({"DEPLOY_PASSWORD", "HOME"}))


@dataclass(frozen=True)
class Expected:
    """What a script destroys under the root, and the lines of which it cannot be told."""

    deleted: set[str] = field(default_factory=set)
    overwritten: set[str] = field(default_factory=set)
    unknown: set[tuple[int, Trouble]] = field(default_factory=set)


WILD = {
    "releases": Expected(overwritten={"current"}),
    "rsync-excludes": Expected({"public/x", "public/up.jpg"}),
    "tar-over-ssh": Expected({"public/x", "public/up.jpg"}),
    "dated-backup": Expected({"logs/old.log"}, {"src/a.js"}),
    "getopts": Expected(overwritten={"src/a.js"}),
    "trap": Expected(overwritten={"src/a.js"}),
    "functions": Expected(overwritten={"src/a.js"}),
    "arrays": Expected(overwritten={"src/a.js"}),
    "branch-guard": Expected(),
    "link-swap": Expected(overwritten={"current"}),
    "zip": Expected(),
    "wait-until-up": Expected(overwritten={"src/a.js"}),
    "posix-sh": Expected({"public/up.jpg"}, {"public/x"}),
    "stamped-version": Expected(overwritten={"index.js"}),
    "backup-first": Expected({"src/only.js"}, {"src/a.js"}),
    "password": Expected(overwritten={"src/a.js"}),
    "defaults": Expected({"src/only.js"}, {"src/a.js"}),
    "containers": Expected(overwritten={"src/a.js"}),
    "lock": Expected(overwritten={"src/a.js"}, unknown={(7, Trouble.UNKNOWN_EFFECT)}),
}


def test_each_script_has_its_expectation() -> None:
    assert {path.stem for path in SCRIPTS.glob("*.sh")} == WILD.keys()


@pytest.mark.parametrize("name", sorted(WILD))
def test_what_a_script_does_is_decided(name: str) -> None:
    text = (SCRIPTS / f"{name}.sh").read_text()
    outcome = simulate(text, setting(LOCAL, LIVE, rsync=real_rsync, environment=STARTED_WITH))
    effect, expected = live_effect(outcome), WILD[name]
    unknown = {(problem.line, problem.trouble) for problem in outcome.problems if problem.may_touch}
    assert (effect.deleted, effect.overwritten, unknown) == (
        expected.deleted,
        expected.overwritten,
        expected.unknown,
    )
