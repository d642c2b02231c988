"""The one interface of all deploy methods, and what they share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from driftaudit.model.change import Change
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.finding import Action
from driftaudit.model.listing import Listing
from driftaudit.model.mapping import is_within
from driftaudit.model.plan import Plan
from driftaudit.model.script import DeployScript
from driftaudit.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Intent:
    """How a target is deployed. `paths` are folders or files under the root, empty for all of it.

    `exclude` are rsync patterns that a mirror leaves alone, relative to each of the paths that it copies;
    `shared` the paths that every release links. `script` is what deploys where the method is that.
    """

    method: str
    paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    script: DeployScript | None = None


@dataclass(frozen=True)
class Trees:
    """Both trees whole, and what the scan said of the deployed one.

    At and below the paths `unseen` there may be more than they show.
    """

    desired: Listing
    deployed: Listing
    seen: Snapshot
    unseen: frozenset[str] = frozenset()

    @cached_property
    def _listed(self) -> dict[str, Entry]:
        return {entry.path: entry for entry in self.seen.entries}

    def live(self, path: str) -> Entry | None:
        """Return what lies at a path of the deployed tree, None where nothing does."""
        return self._listed.get(path) or self.deployed.get(path)


class DeployMethod(Protocol):
    """Turns an intent and the changes of a tree into what the deploy does to each path."""

    def __call__(self, intent: Intent, changes: Sequence[Change]) -> Plan:
        """Return the plan. Raises UsageError where the intent makes no sense."""
        ...


Effect = Callable[[Change], Action]


def make_plan(
    intent: Intent, changes: Sequence[Change], effect: Effect, touches: Callable[[str], bool]
) -> Plan:
    """Return the plan of a method whose effect on each change is independent of the others."""
    actions = {change.path: action for change in changes if (action := effect(change)) is not Action.KEEP}
    return Plan(intent.method, intent.paths, actions, touches)


def brought(change: Change) -> Action | None:
    """Return what bringing the desired side does, or None where there is nothing to bring."""
    if change.desired is None:
        return None
    return Action.CREATE if change.deployed is None else Action.OVERWRITE


def burial(changes: Sequence[Change]) -> Callable[[str], bool]:
    """Return whether a path lies in a live folder whose place a file takes: no method spares that."""
    folders = [
        change.path
        for change in changes
        if change.desired
        and change.deployed
        and change.deployed.kind is Kind.DIRECTORY
        and change.desired.kind is not Kind.DIRECTORY
    ]
    return lambda path: any(is_within(path, folder) for folder in folders)


def within_any(path: str, folders: Sequence[str]) -> bool:
    """Whether a path is one of the folders or lies below one; no folders at all means everywhere."""
    return not folders or any(is_within(path, folder) for folder in folders)


def reaches_any(path: str, folders: Sequence[str]) -> bool:
    """Whether something at or below a path may lie in one of the folders."""
    return within_any(path, folders) or any(is_within(folder, path) for folder in folders)


def totals(plan: Plan) -> Mapping[Action, int]:
    """Return how many paths each action of the plan concerns."""
    found = list(plan.actions.values())
    return {action: found.count(action) for action in Action}
