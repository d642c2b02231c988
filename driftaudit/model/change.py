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


@dataclass(frozen=True, slots=True)
class Change:
    """A path, what is desired there and what is deployed there; None where there is nothing.

    No aspects on a path that both sides have means: it could not be told whether they differ.
    """

    path: str
    desired: Entry | None
    deployed: Entry | None
    aspects: tuple[Aspect, ...] = ()
