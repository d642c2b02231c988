"""What `cp -r`, `tar x` and `rsync` really destroy, `check` has seen before."""

import json
import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import chdir
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, event, example, given, settings
from hypothesis import strategies as st

from driftaudit.cli.main import run
from tests.support.git import git, new_repository
from tests.support.programs import program

NAMES = ["a", "b", "d", "e"]
TARGETS = [
    *["a", "b", "d", "e", "d/a", "d/b", "e/a", "../a", "../b", "../d/a", ".", ".."],
    *["../live/a", "../../live/b", "ROOT/a", "ROOT/d/b", "../outside/a", "../../outside/a", "no"],
]
paths = st.lists(st.sampled_from(NAMES), min_size=1, max_size=2).map("/".join)
nodes = st.one_of(st.just(""), st.sampled_from(TARGETS), st.sampled_from(TARGETS))
trees = st.dictionaries(paths, nodes, min_size=1, max_size=6)
Tree = dict[str, str]  # path -> the target of a link, or "" for a file


def cp(desired: Path, live: Path) -> None:
    """Copy over what is there; what cp refuses is left as it is."""
    subprocess.run(["cp", "-r", f"{desired}/.", f"{live}/"], capture_output=True)


def cp_by_name(desired: Path, live: Path) -> None:
    """The same in another order than that of the folder."""
    for entry in sorted(desired.iterdir(), reverse=True):
        subprocess.run(["cp", "-r", str(entry), f"{live}/"], capture_output=True)


def cp_each(desired: Path, live: Path) -> None:
    """One command for each file, as a list of single files is copied."""
    for file in sorted(files_of(desired)):
        place = live / file.relative_to(desired)
        subprocess.run(["mkdir", "-p", str(place.parent)], capture_output=True)
        subprocess.run(["cp", str(file), str(place)], capture_output=True)


def tar(desired: Path, live: Path) -> None:
    archive = desired.with_suffix(".tar")
    subprocess.run(["tar", "-C", str(desired), "-cf", str(archive), "."], check=True)
    subprocess.run(["tar", "-C", str(live), "-xf", str(archive)], capture_output=True)


def rsync(desired: Path, live: Path) -> None:
    subprocess.run([program("rsync"), "-a", f"{desired}/", f"{live}/"], capture_output=True)


def mirror(desired: Path, live: Path) -> None:
    subprocess.run([program("rsync"), "-a", "--delete", f"{desired}/", f"{live}/"], capture_output=True)


def replace(desired: Path, live: Path) -> None:
    for entry in live.iterdir():
        subprocess.run(["rm", "-rf", str(entry)], check=True)
    cp(desired, live)


DEPLOYS: dict[Callable[[Path, Path], None], str] = {
    cp: "overlay",
    cp_by_name: "overlay",
    cp_each: "overlay",
    tar: "overlay",
    rsync: "overlay",
    mirror: "mirror",
    replace: "replace",
}


def write(folder: Path, tree: Tree, text: str, root: Path) -> None:
    """Write what fits: below a file or a link nothing can lie."""
    folder.mkdir(exist_ok=True)
    for path, target in sorted(tree.items()):
        place = folder / path
        above = [parent for parent in place.parents if folder in parent.parents]
        if place.is_symlink() or place.exists() or any(p.is_symlink() or p.is_file() for p in above):
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        if target:
            place.symlink_to(target.replace("ROOT", str(root)))
        else:
            place.write_text(f"{text} {path}\n")


def contents(*folders: Path) -> Counter[str]:
    return Counter(file.read_text() for folder in folders for file in files_of(folder))


def files_of(folder: Path) -> Iterator[Path]:
    for name, _folders, files in os.walk(folder):
        yield from (Path(name, file) for file in files if not Path(name, file).is_symlink())


def checked(repository: Path, live: Path, method: str) -> int:
    report = repository.parent / "report.json"
    with chdir(repository):
        code = run(["check", str(live), "--deploy", method, "--output", str(report), "--quiet", "--no-cache"])
    if code == 3:
        rows = json.loads(report.read_text())["findings"]
        assert any(row["severity"] == "block" for row in rows)
    return code


def commit_all(repository: Path) -> None:
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--allow-empty", "--message", "x")


def repository_with(folder: Path, desired: Tree, live: Tree, root: Path) -> Path:
    """HEAD has what is desired; its parent had all links that are live, so that those alone block nothing."""
    made = new_repository(folder / "desired")
    write(made, {path: target for path, target in live.items() if target}, "", root)
    commit_all(made)
    for entry in made.iterdir():
        if entry.name != ".git":
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    write(made, desired, "desired", root)
    commit_all(made)
    return made


@pytest.mark.parametrize("deploy", DEPLOYS, ids=lambda deploy: deploy.__name__)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
@given(desired=trees, live=trees, keep=st.booleans())
@example(desired={"a": ""}, live={"a": "b", "b": ""}, keep=True)
@example(desired={"a": ""}, live={"a": "d/b", "d": "e", "e/b": ""}, keep=True)
@example(desired={"a": "", "d": "e"}, live={"a": "d/b", "d/a": "", "e/b": ""}, keep=True)
@example(desired={"b": "", "a": "e"}, live={"b": "a", "a": "d", "e": ""}, keep=True)
@example(desired={"a": ""}, live={"a": "../outside/a"}, keep=True)
@example(desired={"a": ""}, live={"a": "ROOT/b", "b": ""}, keep=True)
@example(desired={"a": ""}, live={"a": "d", "d/a": ""}, keep=True)
def test_nothing_is_lost_on_a_pass(
    deploy: Callable[[Path, Path], None], desired: Tree, live: Tree, keep: bool
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        root, outside = folder / "live", folder / "outside"
        write(outside, {"a": ""}, "only copy outside", root)
        write(root, live, "only copy", root)
        if keep:  # files that both have are alike, so that the links decide
            for path, target in desired.items():
                place = root / path
                if not target and not place.is_symlink() and place.is_file():
                    place.write_text(f"desired {path}\n")
        repository = repository_with(folder, desired, live, root)
        code = checked(repository, root, DEPLOYS[deploy])
        assert code in (0, 2, 3, 4)
        tree = folder / "tree"
        shutil.copytree(repository, tree, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        before = contents(root, outside)
        deploy(tree, root)
        lost = [text for text in before - contents(root, outside) if text.startswith("only copy")]
        event(f"exit code {code}, lost {bool(lost)}")
        assert code or not lost, lost
