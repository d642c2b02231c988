"""A live tree as a commit, and what it says."""

from dataclasses import dataclass
from enum import StrEnum

from driftaudit.errors import ExitCode
from driftaudit.model.missed import Missed

UNMAPPED = ".driftaudit-unmapped"  # the folder of live files that lie at no path of the repository


class Step(StrEnum):
    """What leads from the parent's tree to the live one, by git's own letters."""

    ADDED = "A"
    DELETED = "D"
    MODIFIED = "M"


@dataclass(frozen=True, slots=True)
class LiveTree:
    """A live tree as the repository would have it, seen from a parent commit.

    `steps` are paths of the repository, sorted. `unmapped` are live paths that no mapping leads to: they are
    kept below UNMAPPED. `expected` counts live files that labels call expected, `without_content` sockets and
    the like, `in_submodules` files in the place of a submodule: they are left out.
    """

    steps: tuple[tuple[Step, str], ...]
    unmapped: tuple[str, ...] = ()
    expected: int = 0
    without_content: int = 0
    in_submodules: int = 0


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The commit of a live tree. `is_new` is False where the ref named the same one before.

    `parent` is None where no commit is near to what is live: the commit then stands alone. `base` is the
    desired commit, None where there is none. `kept` is the ref that now holds what the ref named before,
    where nothing else does. `ties` are commits as near as the parent.
    """

    target: str
    slug: str
    ref: str
    commit: str
    tree: str
    parent: str | None
    base: str | None
    live: LiveTree
    missed: tuple[Missed, ...]
    is_new: bool
    kept: str | None = None
    ties: tuple[str, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """Incomplete where something live is known not to be in the commit."""
        return ExitCode.INCOMPLETE if self.missed else ExitCode.PASS
