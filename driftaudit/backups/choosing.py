"""Which of the holes an archive fills, and with what."""

from collections.abc import Sequence
from dataclasses import dataclass

from driftaudit.model.recovery import Giver, Hole, HoleState


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an archive is to hold besides what is lost and can be had as it was.

    `older`: also what is there in another version. `fill_older`: another version of what is lost, where
    nothing has it as it was. `secrets`: also contents with the label secret.
    """

    older: bool = False
    fill_older: bool = False
    secrets: bool = False


@dataclass(frozen=True, slots=True)
class Filling:
    """A hole, and what may fill it, the best first. `is_older` where that is another version."""

    hole: Hole
    givers: Sequence[Giver]
    is_older: bool = False


def fillings(holes: Sequence[Hole], wishes: Wishes) -> tuple[tuple[Filling, ...], tuple[Hole, ...]]:
    """Return what fills the holes, and the secrets that could be filled if that was wished."""
    found = [filling for hole in holes if (filling := _filling(hole, wishes))]
    kept_out = [] if wishes.secrets else [each.hole for each in found if each.hole.is_secret]
    taken = [each for each in found if wishes.secrets or not each.hole.is_secret]
    return tuple(taken), tuple(kept_out)


def _filling(hole: Hole, wishes: Wishes) -> Filling | None:
    if hole.in_the_way is not None or hole.state is HoleState.UNKNOWN:
        return None
    if hole.state is not HoleState.LOST and (not wishes.older or hole.unsaved):
        return None
    if hole.givers:
        return Filling(hole, hole.givers)
    if hole.state is HoleState.LOST and wishes.fill_older and hole.older:
        return Filling(hole, hole.older, is_older=True)
    return None
