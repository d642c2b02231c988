"""One path on which two trees differ."""

from dataclasses import dataclass
from enum import StrEnum

from driftaudit.model.entry import Entry


class Aspect(StrEnum):
    """In what the two sides of a change differ."""

    CONTENT = "content"
    KIND = "kind"
    MODE = "mode"
    LINE_ENDINGS = "line-endings"
    LINK_TARGET = "link-target"
    LFS_POINTER = "lfs-pointer"  # the pointer is live where the content that it stands for should be
    LFS_UNVERIFIED = "lfs-unverified"  # what the pointer stands for is not at hand to compare


@dataclass(frozen=True, slots=True)
class Change:
    """A path, what is desired there and what is deployed there; None where there is nothing.

    No aspects on a path that both sides have means: it could not be told whether they differ.
    """

    path: str
    desired: Entry | None
    deployed: Entry | None
    aspects: tuple[Aspect, ...] = ()
