"""Whether an import resolves in a tree."""

from dataclasses import dataclass
from enum import Enum, auto


class State(Enum):
    """What is known of an import."""

    FOUND = auto()  # at a path of the tree
    GIVEN = auto()  # with the language, or as a package that is declared or installed
    MISSING = auto()
    NOT_INSTALLED = auto()  # declared, and not where packages are installed
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Resolution:
    """The state of an import.

    `path` is the file that was found, or the one that is wanted most where none was. `sure` is false where
    the name may also come from elsewhere. `why` says what cannot be known. `package` is the one that is not
    installed.
    """

    state: State
    path: str | None = None
    why: str = ""
    sure: bool = True
    package: str = ""

    @property
    def is_fine(self) -> bool:
        """Whether the import resolves."""
        return self.state in (State.FOUND, State.GIVEN)


GIVEN = Resolution(State.GIVEN)


def found(path: str, *, sure: bool = True) -> Resolution:
    """Return that a file of the tree is meant."""
    return Resolution(State.FOUND, path, sure=sure)


def missing(wanted: str | None) -> Resolution:
    """Return that there is nothing; `wanted` is the path where it should be."""
    return Resolution(State.MISSING, wanted)


def unknown(why: str, wanted: str | None = None) -> Resolution:
    """Return that it cannot be told."""
    return Resolution(State.UNKNOWN, wanted, why)
