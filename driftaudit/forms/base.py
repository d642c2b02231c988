"""The one interface of all forms, and the values that pass between them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class FormProblem:
    """What of a form could not be read; `where` is `file:line`.

    With `may_touch` the part that is not known may destroy something on the target.
    """

    where: str
    detail: str
    may_touch: bool = True


@dataclass(frozen=True, slots=True)
class Passage:
    """Some lines of shell. `places` has the `file:line` that each line of the text comes from."""

    text: str
    places: tuple[str, ...]

    @property
    def start(self) -> str:
        """Return where the first line comes from."""
        return self.places[0]

    def replaced(self, start: int, end: int, inner: "Passage") -> "Passage":
        """Return the passage with another in the place of its characters from `start` to `end`."""
        first, last = self.text.count("\n", 0, start), self.text.count("\n", 0, end)
        between = (*inner.places[1:-1], self.places[last]) if len(inner.places) > 1 else ()
        return Passage(
            self.text[:start] + inner.text + self.text[end:],
            (*self.places[: first + 1], *between, *self.places[last + 1 :]),
        )


def passage(text: str, place: str) -> Passage:
    """Return a text all of whose lines come from one place."""
    return Passage(text, (place,) * (text.count("\n") + 1))


def placed(text: str, places: tuple[str, ...]) -> Passage:
    """Return a text with the places of the lines it was made of, the first for all where they do not fit."""
    return Passage(text, places) if len(places) == text.count("\n") + 1 else passage(text, places[0])


def joined(*parts: Passage) -> Passage:
    """Return passages one below the other."""
    return Passage("\n".join(part.text for part in parts), sum((part.places for part in parts), ()))


def in_subshell(*parts: Passage) -> Passage:
    """Return passages in a shell of their own, whatever a comment or a backslash at their end does."""
    body = joined(*parts)
    ends_open = (len(body.text) - len(body.text.rstrip("\\"))) % 2
    tail = "\n)" if ends_open else ")"
    return joined(passage("(", body.start), body, passage(tail, body.places[-1]))


@dataclass(frozen=True, slots=True)
class FormScript:
    """The shell text that a form stands for, to be started in `folder`.

    `places` has, for each line of the text, the `file:line` it comes from. `unknown` are variables that the
    text never sets: for each what it stands for, such as `secrets.HOST`.
    """

    text: str
    places: tuple[str, ...]
    problems: tuple[FormProblem, ...]
    folder: Path
    unknown: tuple[tuple[str, str], ...] = ()


class Form(Protocol):
    """Reads a file of one form. `job` names the part of it, None the one that a deploy is by custom."""

    def __call__(self, path: Path, job: str | None) -> FormScript:
        """Return the script. Raises UsageError, naming file and line, where the file cannot be read so."""
        ...


@dataclass(frozen=True, slots=True)
class FormKind:
    """A form: what it is called, which files have it, and what reads them."""

    title: str
    recognises: Callable[[Path], bool]
    read: Form
