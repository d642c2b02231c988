"""The one interface of all ways to read a tree on a host that a transport leads to."""

from dataclasses import dataclass
from typing import Protocol

from driftaudit.errors import SourceError
from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.base import Progress, ScanRequest
from driftaudit.sources.transport import Transport


@dataclass(frozen=True, slots=True)
class Place:
    """Where the tree is. `url` is what messages and reports call it.

    `root` is absolute, or relative to the login's home. `become` is the user that `sudo -n` makes of the
    login, None where it stays what it is.
    """

    url: str
    root: str
    become: str | None = None


class Method(Protocol):
    """Reads the tree at a place. Writes nothing there."""

    def __call__(
        self, transport: Transport, place: Place, request: ScanRequest, progress: Progress
    ) -> Snapshot:
        """Return the tree; notes say what this way could not see of it.

        Raises MethodUnavailableError where the host cannot be read in this way, SourceError where there is no
        tree to speak of.
        """
        ...


class MethodUnavailableError(SourceError):
    """The host lacks what this way of reading needs. Nothing was read; another way may do."""
