"""What a copy destroys behind live links: `cp -r` follows a link that stands where a file comes."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from driftaudit.deploy.base import Intent, within_any
from driftaudit.deploy.live_links import LiveLinks, LiveTree, OutOfSightError
from driftaudit.errors import UsageError
from driftaudit.model.change import Change
from driftaudit.model.entry import Kind
from driftaudit.model.finding import Action
from driftaudit.model.mapping import is_within
from driftaudit.model.plan import Plan


def write_through(plan: Plan, intent: Intent, changes: Sequence[Change], live: LiveTree) -> Plan:
    """Return the plan with what lies behind live links that a file comes upon: it is overwritten too.

    Other methods than an overlay take a link away before they write. Raises UsageError where such a link
    leads out of the root.
    """
    brings = [change for change in changes if change.desired and within_any(change.path, intent.paths)]
    written = [change.path for change in brings if _is_file_upon_link(change)]
    if intent.method != "overlay" or not written:
        return plan
    coming = {change.path: change.desired for change in brings if change.desired}
    links = LiveLinks(live, {path: entry for path, entry in coming.items() if entry.kind is Kind.SYMLINK})
    ends = {end for path in written for end in _ends(links, path)}
    actions = {change.path: Action.OVERWRITE for change in changes if change.deployed and change.path in ends}
    return replace(
        plan,
        actions={**actions, **plan.actions},
        touches=lambda path: plan.touches(path) or _reaches(path, ends),
    )


def _is_file_upon_link(change: Change) -> bool:
    sides = (change.desired, change.deployed)
    return tuple(side and side.kind for side in sides) == (Kind.FILE, Kind.SYMLINK)


def _ends(links: LiveLinks, path: str) -> frozenset[str]:
    try:
        return links.destinations(path)
    except OutOfSightError:
        raise UsageError(
            f"{path!r} is a link on the target and a file in the desired tree: "
            "a copy over it may write to where the link leads, which is not seen",
            "Remove the link first, or let the root of the target hold where it leads as well.",
        ) from None


def _reaches(path: str, ends: Iterable[str]) -> bool:
    return any(is_within(end, path) or is_within(path, end) for end in ends)
