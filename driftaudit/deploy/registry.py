"""All deploy methods by name. A new one is one file and one line here."""

from collections.abc import Mapping, Sequence

from driftaudit.deploy.base import DeployMethod, Intent, Trees
from driftaudit.deploy.mirror import mirror
from driftaudit.deploy.overlay import overlay
from driftaudit.deploy.paths import check_paths
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


def plan_deploy(
    intent: Intent,
    changes: Sequence[Change],
    trees: Trees | None = None,
) -> Plan:
    """Return what the deploy does to the tree. Raises UsageError for a method that is not there.

    The changes hold nothing that both trees have alike: with the trees themselves the paths of the intent
    are checked too, and UsageError raised for one that is nowhere, or below a live link.
    """
    method = METHODS.get(intent.method)
    if method is None:
        known = ", ".join(name for name in METHODS if name != WORST_CASE)
        raise UsageError(f"there is no deploy method {intent.method!r}", f"Use one of {known}.")
    if trees:
        check_paths(intent, trees)
    return method(intent, changes)
