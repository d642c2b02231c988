"""A folder of a live tree that somebody has accepted as an earlier build of ours."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class AcceptedBuild:
    """A folder under the root ("" is all of it), and the commit that keeps what was in it.

    The commit has the files at their places under the root; a ref of `rescue` holds it. `targets` are the
    names of those that it was live on, empty for all. `where` is `file:line`.
    """

    path: str
    commit: str
    reason: str
    owner: str
    accepted: date
    targets: tuple[str, ...] = ()
    where: str = field(default="", compare=False)

    def fits(self, target: str) -> bool:
        """Whether it counts for the target of that name."""
        return not self.targets or target in self.targets
