"""What is gathered while a form is read: its problems, and the variables for what is not known."""

from pathlib import Path

from driftaudit.errors import UsageError
from driftaudit.forms.base import FormProblem, FormScript, Passage
from driftaudit.forms.files import MOST_BYTES, shown

PREFIX = "DRIFTAUDIT_"
_MOST_LINES = 10_000


class Draft:
    """A script in the making."""

    def __init__(self) -> None:
        self.problems: list[FormProblem] = []
        self._unknown: dict[str, str] = {}

    def problem(self, where: str, detail: str, *, may_touch: bool = True) -> None:
        """Note what could not be read; the same thing is noted once."""
        found = FormProblem(where, detail, may_touch)
        if found not in self.problems:
            self.problems.append(found)

    def unknown(self, meaning: str) -> str:
        """Return the reference to a variable that is never set: one for each meaning."""
        name = self._unknown.setdefault(meaning, f"{PREFIX}UNKNOWN_{len(self._unknown) + 1}")
        return f"${{{name}}}"

    def script(self, path: Path, folder: Path, text: Passage) -> FormScript:
        """Return the script. Raises UsageError where it has become too long to be looked at."""
        if len(text.places) > _MOST_LINES or len(text.text.encode(errors="surrogateescape")) > MOST_BYTES:
            raise UsageError(
                f"{shown(path)}: what it runs is longer than {_MOST_LINES} lines or {MOST_BYTES >> 20} MiB",
                "Name the part of it that deploys.",
            )
        if "\r" in text.text:
            place = text.places[text.text.count("\n", 0, text.text.index("\r"))]
            self.problem(place, "Windows line ends: the shell takes the carriage return for a part of a word")
        unknown = tuple((name, meaning) for meaning, name in self._unknown.items())
        return FormScript(text.text, text.places, tuple(self.problems), folder, unknown)
