"""What a rescue kept, where, and what it could not keep."""

from dataclasses import dataclass
from datetime import datetime

from driftaudit.errors import ExitCode
from driftaudit.model.entry import Entry
from driftaudit.model.missed import Missed


@dataclass(frozen=True, slots=True)
class SafeFolder:
    """The folder of this machine that secrets went to, and their paths under the root."""

    folder: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rescue:
    """All that one rescue did.

    `rescued` are the only copies that a ref holds since this run, `held` those that a ref, or the folder for
    secrets, held before. `ref` and `commit` are None where there was nothing new for git, `secrets` where
    there was no new secret. `unread` are paths of the application's own data, which no audit reads.
    """

    target: str
    url: str
    started_at: datetime
    rescued: tuple[Entry, ...]
    held: tuple[str, ...]
    unread: tuple[str, ...]
    missed: tuple[Missed, ...]
    ref: str | None = None
    commit: str | None = None
    secrets: SafeFolder | None = None

    @property
    def exit_code(self) -> ExitCode:
        """Incomplete where something is known not to be kept."""
        return ExitCode.INCOMPLETE if self.missed else ExitCode.PASS
