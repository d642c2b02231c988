"""What one deploy does to one deployed tree."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from driftaudit.model.finding import Action


@dataclass(frozen=True, slots=True)
class Plan:
    """The actions of a deploy, for the paths that change; a path that is not listed is kept as it is.

        `paths` are those that its method is about, or the name of its script. `touches` tells whether the
    deploy may destroy something at a path or below it that was not seen.
    """

    method: str
    paths: tuple[str, ...]
    actions: Mapping[str, Action]
    touches: Callable[[str], bool]

    @property
    def scope(self) -> tuple[str, ...]:
        """Return the paths under the root that it is about, none where it may be about any: by a script."""
        return () if self.method == "script" else self.paths

    def action(self, path: str) -> Action:
        """Return what happens to a path."""
        return self.actions.get(path, Action.KEEP)
