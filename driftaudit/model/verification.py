"""A target held against a receipt."""

from dataclasses import dataclass
from datetime import datetime

from driftaudit.errors import ExitCode
from driftaudit.model.aftermath import Aftermath, State


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a target is what a receipt says: as at its check, or `after` the deploy as was planned."""

    target: str
    url: str
    issued_at: datetime
    started_at: datetime
    after: bool
    found: Aftermath

    @property
    def exit_code(self) -> ExitCode:
        """What a pipeline sees."""
        if self.found.state is State.AS_PLANNED:
            return ExitCode.PASS
        return ExitCode.INCOMPLETE if self.found.state is State.UNTOLD else ExitCode.NOT_AS_PLANNED
