"""The one interface of the programs that run a form from within another."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from driftaudit.forms.draft import Draft
from driftaudit.forms.sequence import Part


@dataclass(frozen=True, slots=True)
class Writing:
    """What a call runs, each part in a shell of its own that starts in `folder`.

    `key` is the same for each call that runs the same thing.
    """

    key: str
    folder: Path
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """A call of the program, whose name is the first word.

    `words` are None where they depend on variables; `sources` are they as they are written. `folder` is
    None where it is not known which one it is.
    """

    words: Sequence[str | None]
    sources: Sequence[str]
    folder: Path | None


class Runner(Protocol):
    """Tells what a call of the program runs."""

    def __call__(self, order: Order, draft: Draft) -> Writing | str | None:
        """Return what is run; None where the call stays as it is; why not, where it cannot be followed.

        Raises UsageError where a file that it reads cannot be read.
        """
        ...
