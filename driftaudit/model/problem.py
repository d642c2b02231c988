"""What could not be observed. A problem is a value that travels with the result."""

from dataclasses import dataclass
from enum import StrEnum


class ProblemKind(StrEnum):
    """Why something could not be told."""

    UNREADABLE = "unreadable"
    UNSTABLE = "unstable"  # changed while it was read
    VANISHED = "vanished"  # listed, then gone
    CUT_OFF = "cut-off"  # the connection ended before it came
    TOO_LARGE = "too-large"  # over the limit for reading, and no rule says what it is
    SUBMODULE = "submodule"  # its content is in another repository
    SHALLOW_CLONE = "shallow-clone"  # "never committed" cannot be proven
    PARTIAL_CLONE = "partial-clone"
    LFS_OBJECT_MISSING = "lfs-object-missing"  # the content that a pointer stands for is not at hand
    GIT_DIRECTORY = "git-directory"  # refs of a live checkout that could not be read
    UNSAFE_MEMBER = "unsafe-member"  # of an archive: absolute, with `..`, or written through a link
    MEMBER_CONFLICT = "member-conflict"  # of an archive: a file and a folder in one place
    MISSING_LINK_TARGET = "missing-link-target"  # of an archive: a hard link to what it does not hold
    ENCRYPTED = "encrypted"
    UNSUPPORTED = "unsupported"  # of an archive: a kind of member or compression that is not known
    SCRIPT = "script"  # what a line of the deploy script does is not known
    STRAY_DATA = "stray-data"  # of an archive: data that belong to no member


@dataclass(frozen=True, slots=True)
class Problem:
    """A path ("" for the tree as a whole) of which something is not known, and why."""

    path: str
    kind: ProblemKind
    detail: str
