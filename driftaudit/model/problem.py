"""What could not be observed. A problem is a value that travels with the result."""

from dataclasses import dataclass
from enum import StrEnum


class ProblemKind(StrEnum):
    """Why something could not be told."""

    UNREADABLE = "unreadable"
    UNSTABLE = "unstable"  # changed while it was read
    VANISHED = "vanished"  # listed, then gone
    TOO_LARGE = "too-large"  # over the limit for reading, and no rule says what it is
    SUBMODULE = "submodule"  # its content is in another repository
    SHALLOW_CLONE = "shallow-clone"  # "never committed" cannot be proven
    PARTIAL_CLONE = "partial-clone"
    LFS_OBJECT_MISSING = "lfs-object-missing"  # the content that a pointer stands for is not at hand
    GIT_DIRECTORY = "git-directory"  # refs of a live checkout that could not be read


@dataclass(frozen=True, slots=True)
class Problem:
    """A path ("" for the tree as a whole) of which something is not known, and why."""

    path: str
    kind: ProblemKind
    detail: str
