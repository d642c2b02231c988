"""`tar xzf …` or `cp -r` over what is there: desired paths are written, nothing else is removed."""

from collections.abc import Sequence

from driftaudit.deploy.base import Intent, brought, burial, make_plan, within_any
from driftaudit.errors import UsageError
from driftaudit.model.change import Change
from driftaudit.model.entry import Kind
from driftaudit.model.finding import Action
from driftaudit.model.mapping import is_within
from driftaudit.model.plan import Plan


def overlay(intent: Intent, changes: Sequence[Change]) -> Plan:
    """Plan a copy over the live tree.

    Where the desired side has a file and the live tree a folder, what is in the folder goes: the worst
    that a copying program may do. Raises UsageError where a live link takes the place of a desired folder.
    """
    _refuse_to_write_through(intent, changes)
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


def _refuse_to_write_through(intent: Intent, changes: Sequence[Change]) -> None:
    """Raise UsageError where a copy would follow a live link: what it overwrites there may not be seen."""
    within = [change for change in changes if within_any(change.path, intent.paths)]
    brings = [change.path for change in within if change.desired]
    for change in within:
        if not change.deployed or change.deployed.kind is not Kind.SYMLINK:
            continue
        is_folder = change.desired is not None and change.desired.kind is Kind.DIRECTORY
        if is_folder or any(path != change.path and is_within(path, change.path) for path in brings):
            raise UsageError(
                f"{change.path!r} is a link on the target and a folder in the desired tree: "
                "a copy over it writes to where the link leads",
                "Map the folder to where the link leads (--map FROM:TO), or remove the link first.",
            )
