"""The one interface of all ways to read a tree on a host that a transport leads to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from driftaudit.errors import SourceError
from driftaudit.model.entry import Entry
from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.base import Progress, ScanRequest
from driftaudit.sources.transport import Transport

if TYPE_CHECKING:
    from driftaudit.sources.intake import Intake


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


class FetchMethod(Protocol):
    """Brings contents from the place. Writes nothing there."""

    def __call__(
        self, transport: Transport, place: Place, entries: Sequence[Entry], intake: "Intake"
    ) -> None:
        """Begin a content at the intake for each of the entries, or tell it the problem.

        Raises MethodUnavailableError where the host gives nothing in this way, SourceError where the
        connection is lost or the answer makes no sense.
        """
        ...


class MethodUnavailableError(SourceError):
    """The host lacks what this way of reading needs. Nothing was read; another way may do."""
