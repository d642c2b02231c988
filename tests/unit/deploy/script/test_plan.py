"""The plan that a script comes to, from a listing to actions."""

from driftaudit.deploy.script.hosts import host_tree
from driftaudit.deploy.script.plan import left_behind, script_plan
from driftaudit.deploy.script.session import Setting
from driftaudit.deploy.script.simulation import simulate
from driftaudit.deploy.script.world import Host
from driftaudit.model.entry import MODE_DIRECTORY, MODE_FILE, MODE_SYMLINK, Entry, Kind
from driftaudit.model.finding import Action
from driftaudit.model.listing import listing_of
from driftaudit.model.plan import Plan

ROOT = ("srv", "app")


def entry(path: str, digest: str | None) -> Entry:
    return Entry(path, Kind.FILE, MODE_FILE, None, digest)


LOCAL = listing_of([entry("src/a", "1" * 40), entry("src/new", "2" * 40)])
LIVE = listing_of(
    [
        Entry("src", Kind.DIRECTORY, MODE_DIRECTORY),
        entry("src/a", "0" * 40),
        entry("src/only", "3" * 40),
        entry("src/unread", None),
        entry("index.js", "4" * 40),
        Entry("current", Kind.SYMLINK, MODE_SYMLINK, None, "5" * 40),
    ]
)


def planned(script: str, *, unseen: tuple[str, ...] = ()) -> tuple[Plan, Setting]:
    here, there = Host("here", ("work",)), Host("there", ("srv",))
    trees = {
        "here": host_tree(("work",), LOCAL),
        "there": host_tree(ROOT, LIVE, unseen, {"current": "src"}.get),
    }
    setting = Setting(here, there, trees, ROOT, ("work",))
    return script_plan(simulate(script, setting), setting), setting


def test_actions_by_path() -> None:
    plan, _setting = planned("ssh host rm -rf app/src && scp -r src host:app/")
    assert plan.actions == {
        "src/a": Action.OVERWRITE,
        "src/only": Action.DELETE,
        "src/unread": Action.DELETE,
        "src/new": Action.CREATE,
    }


def test_what_is_moved_away_is_left_behind() -> None:
    script = "ssh host 'cd app && mv src src.old'"
    plan, setting = planned(script)
    assert plan.action("src/only") is Action.ABANDON
    assert left_behind(simulate(script, setting), setting)["src/only"] == "/srv/app/src.old/only"


def test_a_link_is_followed_where_its_target_is_known() -> None:
    assert planned("ssh host 'rm -f app/current/only'")[0].actions == {"src/only": Action.DELETE}


def test_what_may_be_destroyed_unseen_is_touched() -> None:
    plan, _setting = planned("ssh host 'rm -rf app/src'", unseen=("src",))
    assert plan.touches("src/anything/below")
    assert plan.touches("")
    assert not plan.touches("index.js")


def test_a_problem_that_may_touch_the_root_touches_all() -> None:
    assert planned("ssh host ./unknown")[0].touches("index.js")
    assert not planned("ssh host pm2 restart app")[0].touches("index.js")


def test_the_deploy_of_the_same_is_no_change() -> None:
    plan, _setting = planned("ssh host 'cd app && tar cf /tmp/x src && rm -rf src && tar xf /tmp/x'")
    assert not plan.actions
