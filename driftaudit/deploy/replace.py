"""`rm -rf PATHS`, then the desired content is put there: what is not desired goes, all else comes anew.

Without paths it is the worst case: all of the root that is not desired is deleted.
"""

from collections.abc import Sequence

from driftaudit.deploy.base import Intent, brought, make_plan, reaches_any, within_any
from driftaudit.model.change import Change
from driftaudit.model.finding import Action
from driftaudit.model.plan import Plan


def replace(intent: Intent, changes: Sequence[Change]) -> Plan:
    """Plan a removal of the paths and a new copy of each."""

    def effect(change: Change) -> Action:
        if not within_any(change.path, intent.paths):
            return Action.KEEP
        return brought(change) or Action.DELETE

    return make_plan(intent, changes, effect, lambda path: reaches_any(path, intent.paths))
