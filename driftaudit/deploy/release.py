"""A new release folder and a switched link: what only the old release has is left behind."""

from collections.abc import Sequence

from driftaudit.deploy.base import Intent, brought, make_plan
from driftaudit.model.change import Change
from driftaudit.model.finding import Action
from driftaudit.model.mapping import is_within
from driftaudit.model.plan import Plan


def release(intent: Intent, changes: Sequence[Change]) -> Plan:
    """Plan a new release: shared paths are linked into it, everything else comes from the desired tree."""

    def is_shared(path: str) -> bool:
        return any(is_within(path, shared) for shared in intent.shared)

    def effect(change: Change) -> Action:
        if is_shared(change.path):
            return Action.KEEP
        return brought(change) or Action.ABANDON

    return make_plan(intent, changes, effect, lambda path: not is_shared(path))
