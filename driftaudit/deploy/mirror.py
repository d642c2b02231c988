"""`rsync -a --delete`: the paths become what is desired; what the patterns exclude is left alone."""

from collections.abc import Sequence

from driftaudit.deploy.base import Intent, brought, burial, make_plan, reaches_any, within_any
from driftaudit.deploy.rsync_patterns import Excludes
from driftaudit.model.change import Change
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.finding import Action
from driftaudit.model.plan import Plan


def mirror(intent: Intent, changes: Sequence[Change]) -> Plan:
    """Plan an exact copy. Raises UsageError where an exclude pattern is not one that rsync has."""
    excluded = Excludes(intent.exclude)
    is_buried = burial(changes)

    def effect(change: Change) -> Action:
        if not within_any(change.path, intent.paths):
            return Action.KEEP
        is_sent = change.desired is not None and not _is_excluded(excluded, change.desired)
        action = brought(change) if is_sent else None
        if action or change.deployed is None:
            return action or Action.KEEP
        is_spared = _is_excluded(excluded, change.deployed) and not is_buried(change.path)
        return Action.KEEP if is_spared else Action.DELETE

    def touches(path: str) -> bool:
        return reaches_any(path, intent.paths) and not excluded.match(path, is_directory=True)

    return make_plan(intent, changes, effect, touches)


def _is_excluded(excludes: Excludes, entry: Entry) -> bool:
    return excludes.match(entry.path, is_directory=entry.kind is Kind.DIRECTORY)
