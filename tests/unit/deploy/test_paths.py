"""The paths of a deploy must be there, and be seen."""

import dataclasses

import pytest

from driftaudit.compare.trees import compare
from driftaudit.deploy.base import Intent, Trees
from driftaudit.deploy.registry import plan_deploy
from driftaudit.errors import UsageError
from driftaudit.model.entry import MODE_DIRECTORY, MODE_FILE, MODE_SYMLINK, Entry, Kind
from driftaudit.model.listing import listing_of
from driftaudit.model.plan import Plan
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.model.snapshot import Snapshot, SourceFacts
from driftaudit.repo import blob_id


def file(path: str) -> Entry:
    return Entry(path, Kind.FILE, MODE_FILE, digest="1" * 40)


def folder(path: str, *, pruned: bool = False) -> Entry:
    return Entry(path, Kind.DIRECTORY, MODE_DIRECTORY, pruned=pruned)


def link(path: str, target: str) -> Entry:
    return Entry(
        path, Kind.SYMLINK, MODE_SYMLINK, digest=blob_id(target.encode(), "sha1"), link_target=target
    )


def snapshot(*entries: Entry) -> Snapshot:
    return Snapshot(SourceFacts("directory", "here"), tuple(sorted(entries, key=lambda entry: entry.path)))


def plan(intent: Intent, desired: Snapshot, deployed: Snapshot) -> Plan:
    changes = compare(desired.entries, deployed.entries, deployed.problems)
    unseen = {entry.path for entry in deployed.entries if entry.pruned}
    unseen |= {problem.path for side in (desired, deployed) for problem in side.problems}
    trees = Trees(listing_of(desired.entries), listing_of(deployed.entries), deployed, frozenset(unseen))
    return plan_deploy(intent, changes, trees)


SRC = (folder("src"), file("src/a"))


@pytest.mark.parametrize("method", ["replace", "overlay", "mirror"])
def test_a_path_below_a_live_link_is_refused_though_both_trees_have_the_link(method: str) -> None:
    live = snapshot(link("current", "releases/1"), folder("releases"))
    for desired in (snapshot(*SRC), snapshot(link("current", "releases/1"), folder("releases"))):
        with pytest.raises(UsageError, match="'current' is a link on the target") as caught:
            plan(Intent(method, ("current/src",)), desired, live)
        assert "make it the root of the target (…/current)" in caught.value.advice


def test_a_path_below_a_live_file_is_refused() -> None:
    desired = snapshot(folder("src"), folder("src/lib"), file("src/lib/a"))
    with pytest.raises(UsageError, match="'src' is no folder on the target"):
        plan(Intent("overlay", ("src/lib",)), desired, snapshot(file("src")))


def test_a_mirror_follows_the_link_that_its_path_is() -> None:
    live = snapshot(link("src", "app"))
    with pytest.raises(UsageError, match="'src' is a link on the target"):
        plan(Intent("mirror", ("src",)), snapshot(*SRC), live)
    assert plan(Intent("replace", ("src",)), snapshot(*SRC), live).action("src") == "overwrite"


@pytest.mark.parametrize("paths", [(), ("src",)])
@pytest.mark.parametrize("desired", [SRC, SRC[1:], SRC[:1]], ids=["folder", "files-alone", "empty"])
def test_an_overlay_of_a_folder_over_a_live_link_is_refused(
    paths: tuple[str, ...], desired: tuple[Entry, ...]
) -> None:
    live = snapshot(link("src", "app"), folder("app"), file("app/a"))
    with pytest.raises(UsageError, match="'src' is a link on the target and a folder in the desired tree"):
        plan(Intent("overlay", paths), snapshot(*desired), live)
    elsewhere = snapshot(*desired, folder("app"))
    assert plan(Intent("overlay", ("app",)), elsewhere, live).action("src") == "keep"


@pytest.mark.parametrize("method", ["replace", "overlay", "mirror"])
@pytest.mark.parametrize(
    ("path", "hint"),
    [("scr", "; did you mean 'src'?"), ("SRC", "; did you mean 'src'?"), ("zzz", ""), ("src/x[1]", "")],
)
def test_a_path_that_is_in_neither_tree_is_refused(method: str, path: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        plan(Intent(method, ("src", path)), snapshot(*SRC), snapshot(*SRC))
    told = f"there is no {path!r} to {method}, neither in the desired tree nor live"
    assert caught.value.message.startswith(told)
    assert hint in caught.value.message


def test_a_path_may_be_in_one_tree_alone() -> None:
    plan(Intent("replace", ("src",)), snapshot(*SRC), snapshot())
    plan(Intent("replace", ("src",)), snapshot(), snapshot(*SRC))
    plan(Intent("replace", ("src",)), snapshot(file("src/a")), snapshot())
    plan(Intent("replace", ("",)), snapshot(), snapshot())
    plan(Intent("release", shared=("uploads",)), snapshot(), snapshot())


def test_what_was_not_looked_at_is_not_said_to_be_nowhere() -> None:
    pruned = snapshot(folder("node_modules", pruned=True))
    assert plan(Intent("replace", ("node_modules/x",)), snapshot(), pruned).touches("node_modules")
    locked = Problem("locked", ProblemKind.UNREADABLE, "Permission denied")
    live = dataclasses.replace(snapshot(folder("locked")), problems=(locked,))
    assert plan(Intent("replace", ("locked/x",)), snapshot(), live).touches("locked")
