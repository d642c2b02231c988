"""What could not be kept of a live tree, and why."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Missed:
    """A path ("" for the tree as a whole) whose content is not kept.

    `kind` is that of a problem (see ProblemKind), or `refused-name`: git refuses the path, or the content at
    it, `damaged-object`: the repository has the content damaged, `checkout`: commits of another repository.
    """

    path: str
    kind: str
    detail: str


REFUSED_NAME = "refused-name"
DAMAGED_OBJECT = "damaged-object"
CHECKOUT = "checkout"
