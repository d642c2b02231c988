"""A small repository and what was deployed of it, for tests that spoil one or the other."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.cli import Outcome, check, driftaudit
from tests.support.git import commit, new_repository, write

FILES = {
    "src/app.txt": "app\n",
    "src/lib/one.txt": "one\n",
    "src/lib/two.txt": "two\n",
    "readme.txt": "read me\n",
}


@dataclass
class Site:
    """`production` holds just what `repository` has, until a test changes it. `url` is how it is reached."""

    folder: Path
    url: str = ""
    repository: Path = field(init=False)
    production: Path = field(init=False)

    def __post_init__(self) -> None:
        self.repository = new_repository(self.folder / "repository")
        commit(self.repository, FILES)
        self.production = self.folder / "production"
        write(self.production, FILES)
        self.url = str(self.production)

    def check(self, *words: str) -> Outcome:
        """Check a deploy that replaces src; the report is JSON on standard output."""
        return check(self.repository, self.url, "--deploy", "replace:src", *words)

    def text(self, *words: str) -> Outcome:
        """The same with the report for people."""
        return driftaudit(self.repository, "check", self.url, "--deploy", "replace:src", *words)

    def refused(self, code: int, *words: str) -> str:
        """Check, look at what all refusals have in common, and return what standard error says."""
        return refusal(self.text(*words), code)

    def configure(self, text: str) -> Path:
        """Write driftaudit.yml."""
        path = self.repository / "driftaudit.yml"
        path.write_text(text)
        return path


def refusal(outcome: Outcome, code: int) -> str:
    """Return what standard error says: a message with no report beside it."""
    assert (outcome.code, outcome.out) == (code, ""), outcome.err
    assert outcome.err.startswith(("driftaudit: ", "Usage: ", "Error: "))
    assert "internal error" not in outcome.err
    return outcome.err


def problems(outcome: Outcome) -> dict[str, str]:
    """Return the kind of each problem by its path."""
    return {problem["path"]: problem["kind"] for problem in outcome.report["problems"]}


def is_root() -> bool:
    return os.getuid() == 0
