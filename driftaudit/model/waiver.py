"""A difference that somebody has accepted, and what has become of that."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

WAIVER = "waiver"  # what stands in the place of a rule's id where a waiver decides


@dataclass(frozen=True, slots=True)
class Waiver:
    """A path whose live content is accepted: that content and no other.

    `content` is what Entry.contents begins with: a git blob id, a link's with "link " in front. `expires` is
    the last day on which it holds, in UTC; None for ever. `targets` are the names of those that it holds for,
    empty for all. `where` is `file:line`.
    """

    path: str
    content: str
    reason: str
    owner: str
    expires: date | None
    permits_destroy: bool = False
    targets: tuple[str, ...] = ()
    where: str = field(default="", compare=False)

    def fits(self, target: str) -> bool:
        """Whether it holds for the target of that name."""
        return not self.targets or target in self.targets


class WaiverState(StrEnum):
    """What a waiver does in one audit. Only one that is active does anything."""

    ACTIVE = "active"
    OVERRULED = "overruled"  # it would hold, but says nothing of destruction, and that is at stake
    CHANGED = "changed"  # other content is live
    EXPIRED = "expired"
    OBSOLETE = "obsolete"  # the path is gone, or as it is desired
    UNSEEN = "unseen"  # the live content could not be seen
    SECRET = "secret"  # noqa: S105 - the path is one, and no digest of it may be written down


@dataclass(frozen=True, slots=True)
class WaiverUse:
    """A waiver, and what it did."""

    waiver: Waiver
    state: WaiverState
