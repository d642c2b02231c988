"""`tar xzf …` or `cp -r` over what is there: desired paths are written, nothing else is removed."""

from collections.abc import Sequence

from driftaudit.deploy.base import Intent, brought, burial, make_plan, within_any
from driftaudit.model.change import Change
from driftaudit.model.finding import Action
from driftaudit.model.mapping import is_within
from driftaudit.model.plan import Plan


def overlay(intent: Intent, changes: Sequence[Change]) -> Plan:
    """Plan a copy over the live tree.

    Where the desired side has a file and the live tree a folder, what is in the folder goes: the worst
    that a copying program may do.
    """
    is_buried = burial(changes)

    def effect(change: Change) -> Action:
        if not within_any(change.path, intent.paths):
            return Action.KEEP
        action = brought(change)
        if action:
            return action
        return Action.DELETE if is_buried(change.path) else Action.KEEP

    written = {change.path for change in changes if brought(change)}

    def touches(path: str) -> bool:
        inside = within_any(path, intent.paths)
        return inside and (
            not path or any(is_within(other, path) or is_within(path, other) for other in written)
        )

    return make_plan(intent, changes, effect, touches)
