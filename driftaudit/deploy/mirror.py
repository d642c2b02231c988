"""`rsync -a --delete`: the paths become what is desired; what the patterns exclude is left alone."""

from collections.abc import Sequence

from driftaudit.deploy.base import Intent, brought, burial, make_plan, reaches_any, within_any
from driftaudit.deploy.rsync_patterns import Excludes
from driftaudit.model.change import Change
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.finding import Action
from driftaudit.model.mapping import is_within
from driftaudit.model.plan import Plan


def mirror(intent: Intent, changes: Sequence[Change]) -> Plan:
    """Plan an exact copy of the root, or of each path by itself: `rsync PATH/ host:root/PATH/`.

    Raises UsageError where an exclude pattern is not one that rsync has.
    """
    excluded = Excludes(intent.exclude)
    is_buried = burial(changes)

    def is_excluded(path: str, *, is_directory: bool) -> bool:
        """Whether every copy that reaches a path excludes it; patterns start at the top of the copy."""
        tops = [top for top in intent.paths or ("",) if is_within(path, top)]
        below = [path.removeprefix(top).lstrip("/") for top in tops]
        return bool(below) and all(rest and excluded.match(rest, is_directory=is_directory) for rest in below)

    def spares(entry: Entry) -> bool:
        return is_excluded(entry.path, is_directory=entry.kind is Kind.DIRECTORY)

    def effect(change: Change) -> Action:
        if not within_any(change.path, intent.paths):
            return Action.KEEP
        is_sent = change.desired is not None and not spares(change.desired)
        action = brought(change) if is_sent else None
        if action or change.deployed is None:
            return action or Action.KEEP
        is_spared = spares(change.deployed) and not is_buried(change.path)
        return Action.KEEP if is_spared else Action.DELETE

    def touches(path: str) -> bool:
        return reaches_any(path, intent.paths) and not is_excluded(path, is_directory=True)

    return make_plan(intent, changes, effect, touches)
