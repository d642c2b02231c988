"""What each way to deploy does to a tree."""

import pytest

from driftaudit.compare.trees import compare
from driftaudit.deploy.base import Intent
from driftaudit.deploy.registry import WORST_CASE, plan_deploy
from driftaudit.errors import UsageError
from driftaudit.model.change import Change
from driftaudit.model.entry import MODE_DIRECTORY, MODE_FILE, MODE_SYMLINK, Entry, Kind
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


def link(path: str, target: str) -> Entry:
    return Entry(path, Kind.SYMLINK, MODE_SYMLINK, digest=target, link_target=target)


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
    live = [entry for entry in DEPLOYED if not entry.path.startswith("logs")]
    live.insert(1, link("logs", "../../shared/logs"))
    intent = Intent("release", shared=("logs", "nowhere"))
    assert actions(intent, compare(DESIRED, live)) == {
        "index": "overwrite",
        "src/extra": "abandon",
        "src/new": "create",
        "src/old": "overwrite",
    }
    assert not plan_deploy(intent, compare(DESIRED, live)).touches("logs")


def test_a_shared_path_that_is_no_link_is_left_behind_with_the_old_release() -> None:
    intent = Intent("release", shared=("logs", ".env"))
    live = tree(**{".env": "1", "logs__app": "6", "logs__web": "7"})
    among = compare(tree(logs__web="8", logs__new="9"), live)
    assert actions(intent, among) == {".env": "abandon", "logs/app": "abandon", "logs/web": "abandon"}


def test_the_paths_of_a_plan_are_those_of_the_intent_and_not_what_is_shared() -> None:
    assert plan_deploy(Intent("release", shared=("logs",)), changes()).paths == ()
    assert plan_deploy(Intent("replace", ("src",)), changes()).paths == ("src",)


def test_excludes_start_at_the_top_of_each_copy() -> None:
    among = compare([], tree(a__up__x="1", a__b__up__x="2", up__x="3"))
    assert actions(Intent("mirror", ("a",), ("/up/",)), among) == {"a/b/up/x": "delete"}
    assert actions(Intent("mirror", ("a",), ("/a/up/",)), among) == {"a/up/x": "delete", "a/b/up/x": "delete"}
    assert actions(Intent("mirror", ("a", "a/b"), ("up",)), among) == {}
    assert actions(Intent("mirror", ("a", "a/b"), ("/b/",)), among) == {
        "a/up/x": "delete",
        "a/b/up/x": "delete",
    }
    assert actions(Intent("mirror", ("up",), ("up",)), among) == {"up/x": "delete"}


@pytest.mark.parametrize(
    ("pattern", "spared"),
    [
        ("[[:digit:]]*", {"1a"}),
        ("[![:digit:]]*", {"[x", "a", "b]"}),
        ("[[:alpha:]]", {"a"}),
        ("*[]]", {"b]"}),
        (r"*[\]]", {"b]"}),
        ("[[]*", {"[x"}),
        ("[--a]", {"a"}),
    ],
)
@pytest.mark.filterwarnings("error")
def test_a_set_of_signs_in_an_exclude_is_read_as_rsync_reads_it(pattern: str, spared: set[str]) -> None:
    live = tree(**dict.fromkeys(["1a", "[x", "a", "b]"], "1"))
    assert {entry.path for entry in live} - actions(
        Intent("mirror", exclude=(pattern,)), compare([], live)
    ).keys() == spared


@pytest.mark.parametrize("pattern", ["[abc", "[[:nope:]]", "[z-a]", "[]", "a[!]"])
def test_a_set_of_signs_that_rsync_does_not_know_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError, match=r"its \[...\] is not one that rsync knows"):
        plan_deploy(Intent("mirror", exclude=(pattern,)), changes())


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
        (Intent("mirror", ("src",), ("/locked/",)), "src/locked", False),
        (Intent("mirror", ("src",), ("/src/locked/",)), "src/locked", True),
        (Intent("release", shared=("logs",)), "logs/a", True),
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
