"""A mirror's plan is what the real rsync would do, excludes and all."""

import subprocess
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from driftaudit.compare.trees import compare
from driftaudit.deploy.base import Intent
from driftaudit.deploy.registry import plan_deploy
from driftaudit.model.entry import Entry
from driftaudit.model.finding import Action
from driftaudit.sources.base import ScanRequest
from driftaudit.sources.directory import DirectorySource
from tests.support.programs import program

NAMES = ["a", "b.log", "logs", "ab"]
paths = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map("/".join)
trees = st.dictionaries(paths, st.sampled_from(["1", "22"]), max_size=8)
patterns = st.builds(
    lambda lead, body, tail: lead + body + tail,
    st.sampled_from(["", "/"]),
    st.sampled_from([*NAMES, "*.log", "a*", "logs/a", "?b", "[ab]", "a/**", "**/a", "logs/*"]),
    st.sampled_from(["", "/", "/***"]),
)


def write(folder: Path, tree: dict[str, str]) -> None:
    folder.mkdir()
    for path, content in sorted(tree.items()):
        file = folder / path
        if all(not parent.is_file() for parent in file.parents) and not file.is_dir():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)


def by_rsync(desired: Path, deployed: Path, excludes: list[str]) -> tuple[set[str], set[str]]:
    """Return the files that rsync would delete, and those that it would write."""
    options = [f"--exclude={pattern}" for pattern in excludes]
    words = ["-n", "-r", "-l", "-i", "-c", "--delete", *options, f"{desired}/", f"{deployed}/"]
    done = subprocess.run([program("rsync"), *words], capture_output=True, text=True)
    assert done.returncode in (0, 23), done.stderr  # 23: it could not make way for a file
    deleted: set[str] = set()
    written: set[str] = set()
    for line in done.stdout.splitlines():
        what, _space, path = line.partition(" ")
        path = path.strip()
        if path.endswith("/") or what == "cannot":  # a folder, or one that is kept for what is spared in it
            continue
        (deleted if what == "*deleting" else written).add(path)
    return deleted, written


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees, trees, st.lists(patterns, max_size=2))
def test_a_mirror_does_what_rsync_does(
    desired: dict[str, str], deployed: dict[str, str], excludes: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "desired", desired)
        write(folder / "deployed", deployed)
        expected = by_rsync(folder / "desired", folder / "deployed", excludes)
        sides = [
            DirectorySource(folder / side).snapshot(ScanRequest()).entries for side in ("desired", "deployed")
        ]
        plan = plan_deploy(Intent("mirror", exclude=tuple(excludes)), compare(sides[0], sides[1]))
        planned = {action: {p for p, a in plan.actions.items() if a is action} for action in Action}
        deleted = planned[Action.DELETE] - folders(sides[1])
        written = (planned[Action.CREATE] | planned[Action.OVERWRITE]) - folders(sides[0])
    if not made_way_for(sides):
        assert (deleted, written) == expected
    else:
        # A file takes a folder's place: rsync may refuse half-way, so the plan may fear more, and never less.
        assert expected[0] <= deleted
        assert expected[1] <= written


def folders(side: tuple[Entry, ...]) -> set[str]:
    return {entry.path for entry in side if entry.kind == "directory"}


def made_way_for(sides: list[tuple[Entry, ...]]) -> bool:
    kinds = {entry.path: entry.kind for entry in sides[0]}
    return any(kinds.get(entry.path, entry.kind) != entry.kind for entry in sides[1])
