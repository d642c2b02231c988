"""What many findings have in common, written once: findings name it by its number."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from driftaudit.model.commit import CommitFacts
from driftaudit.render.printable import printable

Value = TypeVar("Value", bound=Hashable)

_DIGITS = 12  # of a commit's id


@dataclass(slots=True)
class Table(Generic[Value]):
    """Values in the order in which they were first asked for."""

    size: int = 0  # bytes, about
    _numbers: dict[Value, int] = field(default_factory=dict)

    def number(self, value: Value) -> int:
        """Return the number of a value, which has a place in the table from then on."""
        found = self._numbers.get(value)
        if found is None:
            found = self._numbers[value] = len(self._numbers)
            self.size += len(repr(value).encode("utf-8", "backslashreplace"))
        return found

    @property
    def values(self) -> list[Value]:
        """All values; each is at its number."""
        return list(self._numbers)


@dataclass(slots=True)
class Tables:
    """The texts and the commits of one page."""

    texts: Table[str] = field(default_factory=Table)
    commits: Table[tuple[str, str, str, str]] = field(default_factory=Table)

    @property
    def size(self) -> int:
        """How many bytes all of them take, about."""
        return self.texts.size + self.commits.size

    def text(self, text: str) -> int:
        """Return the number of a text, made printable."""
        return self.texts.number(printable(text))

    def commit(self, commit: CommitFacts) -> int:
        """Return the number of a commit: its id, its day, its subject and its author."""
        day = f"{commit.committed_at:%Y-%m-%d}"
        return self.commits.number(
            (commit.oid[:_DIGITS], day, printable(commit.subject), printable(commit.author))
        )
