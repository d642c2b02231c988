"""What one deploy does to one deployed tree."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from driftaudit.model.finding import Action


@dataclass(frozen=True, slots=True)
class Plan:
    """The actions of a deploy, for the paths that change; a path that is not listed is kept as it is.

    `touches` tells whether the deploy may destroy something at a path or below it that was not seen.
    """

    method: str
    paths: tuple[str, ...]
    actions: Mapping[str, Action]
    touches: Callable[[str], bool]

    def action(self, path: str) -> Action:
        """Return what happens to a path."""
        return self.actions.get(path, Action.KEEP)
