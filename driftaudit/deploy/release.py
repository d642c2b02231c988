"""A new release folder and a switched link: what only the old release has is left behind."""

from collections.abc import Sequence

from driftaudit.deploy.base import Intent, brought, make_plan
from driftaudit.model.change import Change
from driftaudit.model.entry import Kind
from driftaudit.model.finding import Action
from driftaudit.model.mapping import is_within
from driftaudit.model.plan import Plan


def release(intent: Intent, changes: Sequence[Change]) -> Plan:
    """Plan a new release: shared paths are linked into it, everything else comes from the desired tree.

    What lies in the old release itself at a shared path, and not behind a link, is left behind with it.
    """
    links = {change.path for change in changes if change.deployed and change.deployed.kind is Kind.SYMLINK}
    linked = links.intersection(intent.shared)

    def effect(change: Change) -> Action:
        if any(is_within(change.path, shared) for shared in intent.shared):
            is_kept = change.deployed is None or change.path in linked
            return Action.KEEP if is_kept else Action.ABANDON
        return brought(change) or Action.ABANDON

    def touches(path: str) -> bool:
        return not any(is_within(path, link) for link in linked)

    return make_plan(intent, changes, effect, touches)
