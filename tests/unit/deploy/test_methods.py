"""What each way to deploy does to a tree."""

import pytest

from driftaudit.compare.trees import compare
from driftaudit.deploy.base import Intent
from driftaudit.deploy.registry import WORST_CASE, plan_deploy
from driftaudit.errors import UsageError
from driftaudit.model.change import Change
from driftaudit.model.entry import MODE_DIRECTORY, MODE_FILE, Entry, Kind
from driftaudit.model.finding import Action


def tree(**digests: str | None) -> list[Entry]:
    """Files with a digest and folders without one; `__` stands for a slash."""
    entries: dict[str, Entry] = {}
    for name, digest in digests.items():
        path = name.replace("__", "/")
        parts = path.split("/")
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            entries[folder] = Entry(folder, Kind.DIRECTORY, MODE_DIRECTORY)
        entries[path] = (
            Entry(path, Kind.FILE, MODE_FILE, digest=digest)
            if digest
            else Entry(path, Kind.DIRECTORY, MODE_DIRECTORY)
        )
    return [entries[path] for path in sorted(entries)]


DESIRED = tree(src__same="1", src__old="2", src__new="3", index="4")
DEPLOYED = tree(src__same="1", src__old="9", src__extra="5", index="8", logs__app="6")


def changes() -> tuple[Change, ...]:
    return compare(DESIRED, DEPLOYED)


def actions(intent: Intent, among: tuple[Change, ...] | None = None) -> dict[str, str]:
    plan = plan_deploy(intent, changes() if among is None else among)
    return {path: action.value for path, action in plan.actions.items()}


def test_replace_deletes_what_is_not_desired_in_its_paths_alone() -> None:
    assert actions(Intent("replace", ("src",))) == {
        "src/extra": "delete",
        "src/new": "create",
        "src/old": "overwrite",
    }


def test_the_worst_case_deletes_everything_that_is_not_desired() -> None:
    assert actions(Intent(WORST_CASE)) == {
        "index": "overwrite",
        "logs/app": "delete",
        "src/extra": "delete",
        "src/new": "create",
        "src/old": "overwrite",
    }


def test_overlay_deletes_nothing() -> None:
    assert actions(Intent("overlay")) == {"index": "overwrite", "src/new": "create", "src/old": "overwrite"}


def test_overlay_within_paths_leaves_the_rest() -> None:
    assert actions(Intent("overlay", ("src",))) == {"src/new": "create", "src/old": "overwrite"}


def test_mirror_deletes_but_for_what_is_excluded() -> None:
    assert actions(Intent("mirror", exclude=("/logs/", "old"))) == {
        "index": "overwrite",
        "src/extra": "delete",
        "src/new": "create",
    }


def test_release_abandons_what_it_lacks_but_for_what_is_shared() -> None:
    assert actions(Intent("release", shared=("logs",))) == {
        "index": "overwrite",
        "src/extra": "abandon",
        "src/new": "create",
        "src/old": "overwrite",
    }


def test_a_path_that_begins_like_a_folder_is_not_in_it() -> None:
    among = compare([], tree(**{"src-old__a": "1", "src__a": "2"}))
    assert actions(Intent("replace", ("src",)), among) == {"src/a": "delete"}


def test_a_file_where_a_folder_is_live_buries_the_folder_even_in_an_overlay() -> None:
    among = compare(tree(data="1"), tree(data__a="2", data__b__c="3"))
    assert actions(Intent("overlay"), among) == {
        "data": "overwrite",
        "data/a": "delete",
        "data/b/c": "delete",
    }


def test_a_folder_where_a_file_is_live_overwrites_the_file() -> None:
    among = compare(tree(data__a="1"), tree(data="2"))
    assert actions(Intent("overlay"), among) == {"data": "overwrite", "data/a": "create"}


@pytest.mark.parametrize(
    ("intent", "path", "touched"),
    [
        (Intent("replace", ("src",)), "src/locked", True),
        (Intent("replace", ("src/lib",)), "src", True),
        (Intent("replace", ("src",)), "logs", False),
        (Intent("replace", ("src",)), "", True),
        (Intent(WORST_CASE), "anything", True),
        (Intent("overlay"), "src", True),
        (Intent("overlay"), "logs", False),
        (Intent("mirror", exclude=("/logs",)), "logs", False),
        (Intent("mirror", exclude=("/logs",)), "src/locked", True),
        (Intent("release", shared=("logs",)), "logs/a", False),
        (Intent("release", shared=("logs",)), "src", True),
    ],
)
def test_a_plan_knows_what_it_may_act_on_unseen(intent: Intent, path: str, touched: bool) -> None:
    assert plan_deploy(intent, changes()).touches(path) is touched


def test_a_path_that_is_in_no_plan_is_kept() -> None:
    assert plan_deploy(Intent("overlay"), changes()).action("logs/app") is Action.KEEP


def test_an_unknown_method_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(UsageError, match="no deploy method 'ftp'") as caught:
        plan_deploy(Intent("ftp"), ())
    assert caught.value.advice == "Use one of replace, overlay, mirror, release."


@pytest.mark.parametrize("pattern", ["", "/", "*", "- *.log", "!"])
def test_an_exclude_that_would_exclude_all_or_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError, match="is no pattern to exclude"):
        plan_deploy(Intent("mirror", exclude=(pattern,)), changes())
