"""All deploy methods by name. A new one is one file and one line here."""

from collections.abc import Mapping, Sequence

from driftaudit.deploy.base import DeployMethod, Intent
from driftaudit.deploy.mirror import mirror
from driftaudit.deploy.overlay import overlay
from driftaudit.deploy.release import release
from driftaudit.deploy.replace import replace
from driftaudit.errors import UsageError
from driftaudit.model.change import Change
from driftaudit.model.plan import Plan

WORST_CASE = "worst-case"

METHODS: Mapping[str, DeployMethod] = {
    "replace": replace,
    "overlay": overlay,
    "mirror": mirror,
    "release": release,
    WORST_CASE: replace,
}


def plan_deploy(intent: Intent, changes: Sequence[Change]) -> Plan:
    """Return what the deploy does to the tree. Raises UsageError for a method that is not there."""
    method = METHODS.get(intent.method)
    if method is None:
        known = ", ".join(name for name in METHODS if name != WORST_CASE)
        raise UsageError(f"there is no deploy method {intent.method!r}", f"Use one of {known}.")
    return method(intent, changes)
