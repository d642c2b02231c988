"""What a script does to the target, as the plan of a deploy."""

from collections.abc import Iterable, Mapping

from driftaudit.deploy.script.parameters import path_text
from driftaudit.deploy.script.session import Setting
from driftaudit.deploy.script.simulation import Outcome
from driftaudit.deploy.script.tree import File, Folder, Parts, node_at, walk
from driftaudit.model.finding import Action
from driftaudit.model.mapping import is_within
from driftaudit.model.plan import Plan


def script_plan(outcome: Outcome, setting: Setting) -> Plan:
    """Return the plan: what is destroyed at any end counts, and what is brought at any end.

    What a path loses while the same content stays elsewhere on the target is left behind, not deleted. Where
    a problem says that the script may touch the root, the plan touches every path.
    """
    effect = outcome.effects[setting.there.name]
    behind = left_behind(outcome, setting)
    actions: dict[str, Action] = {}
    for path in _under(effect.created, setting.root):
        actions[path] = Action.CREATE
    for path in _under(effect.overwritten, setting.root):
        actions[path] = Action.OVERWRITE
    for path in _under(effect.deleted, setting.root):
        actions[path] = Action.ABANDON if path in behind else Action.DELETE
    touched = {
        *(path for path, action in actions.items() if action is not Action.CREATE),
        *_under(effect.unseen, setting.root),
    }
    above = {start for path in touched for start in _starts(path)}
    is_open = any(problem.may_touch for problem in outcome.problems)

    def touches(path: str) -> bool:
        return is_open or path in above or any(start in touched for start in _starts(path))

    return Plan("script", (), actions, touches)


def left_behind(outcome: Outcome, setting: Setting) -> Mapping[str, str]:
    """Return, by path under the root, where on the target the content of a destroyed file is at every end."""
    host = setting.there.name
    effect = outcome.effects[host]
    before = setting.trees[host]
    lost = {}
    for path in _under(effect.deleted | effect.overwritten, setting.root):
        node = node_at(before, (*setting.root, *path.split("/")))
        if isinstance(node, File):
            lost[path] = node.content
    wanted = set(lost.values())
    found = [_places(end[host], wanted) for end in outcome.ends] if wanted else []
    return {
        path: found[0][content]
        for path, content in lost.items()
        if found and all(content in each for each in found)
    }


def _places(tree: Folder, wanted: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path, node in walk(tree):
        if isinstance(node, File) and node.content in wanted:
            found.setdefault(node.content, "/" + path)
    return found


def _under(paths: Iterable[str], root: Parts) -> list[str]:
    """Return the paths below the root, as they are called from there; "" is the root itself."""
    start = path_text(root)[1:]
    return sorted(path[len(start) :].lstrip("/") for path in paths if is_within(path, start))


def _starts(path: str) -> Iterable[str]:
    """Yield a path and all that lead to it, the root included."""
    while path:
        yield path
        path = path.rpartition("/")[0]
    yield ""
