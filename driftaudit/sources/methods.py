"""All ways to read a host, in the order in which they are tried. A new one is one file and its line here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from driftaudit.config.access import MethodName
from driftaudit.model.entry import Entry
from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.agent.method import read_by_agent
from driftaudit.sources.base import Fetched, FetchRequest, Progress, ScanRequest
from driftaudit.sources.method import FetchMethod, Method, MethodUnavailableError, Place
from driftaudit.sources.transport import Transport

if TYPE_CHECKING:
    from driftaudit.sources.intake import Intake

M = TypeVar("M")
T = TypeVar("T")


def _by_shell(transport: Transport, place: Place, request: ScanRequest, progress: Progress) -> Snapshot:
    from driftaudit.sources.shell.method import read_by_shell  # needed for few hosts

    return read_by_shell(transport, place, request, progress)


def _by_sftp(transport: Transport, place: Place, request: ScanRequest, progress: Progress) -> Snapshot:
    from driftaudit.sources.sftp.method import read_by_sftp  # for fewer still

    return read_by_sftp(transport, place, request, progress)


def _fetch_by_agent(transport: Transport, place: Place, entries: Sequence[Entry], intake: "Intake") -> None:
    from driftaudit.sources.agent.fetching import fetch_by_agent  # most runs fetch nothing

    fetch_by_agent(transport, place, entries, intake)


def _fetch_by_shell(transport: Transport, place: Place, entries: Sequence[Entry], intake: "Intake") -> None:
    from driftaudit.sources.shell.fetching import fetch_by_shell

    fetch_by_shell(transport, place, entries, intake)


def _fetch_by_sftp(transport: Transport, place: Place, entries: Sequence[Entry], intake: "Intake") -> None:
    from driftaudit.sources.sftp.fetching import fetch_by_sftp

    fetch_by_sftp(transport, place, entries, intake)


METHODS: Mapping[MethodName, Method] = {"agent": read_by_agent, "shell": _by_shell, "sftp": _by_sftp}
FETCHES: Mapping[MethodName, FetchMethod] = {
    "agent": _fetch_by_agent,
    "shell": _fetch_by_shell,
    "sftp": _fetch_by_sftp,
}


def read_host(
    transport: Transport, place: Place, request: ScanRequest, progress: Progress, forced: MethodName | None
) -> Snapshot:
    """Read a tree in the first way that the host can do, or in the forced one alone.

    A note says why the ways before it were not taken. Raises SourceError where there is none left.
    """
    snapshot, refused = _first(
        METHODS, place, forced, lambda method: method(transport, place, request, progress)
    )
    notes = [f"not read by {other}: {error.message}" for other, error in refused.items()]
    return replace(snapshot, notes=(*snapshot.notes, *notes))


def fetch_from_host(
    transport: Transport, place: Place, request: FetchRequest, progress: Progress, forced: MethodName | None
) -> Fetched:
    """Bring contents in the first way that the host can do, or in the forced one alone.

    Raises SourceError where there is none left, UsageError where they cannot be kept here.
    """
    from driftaudit.sources.intake import fetched

    def bring(entries: Sequence[Entry], intake: "Intake") -> None:
        _first(FETCHES, place, forced, lambda method: method(transport, place, entries, intake))

    return fetched(request, progress, place.url, bring)


def _first(
    ways: Mapping[MethodName, M], place: Place, forced: MethodName | None, take: Callable[[M], T]
) -> tuple[T, dict[str, MethodUnavailableError]]:
    """Return what comes of the first way that can be taken, and why those before it could not."""
    refused: dict[str, MethodUnavailableError] = {}
    for name in [forced] if forced else ways:
        try:
            return take(ways[name]), refused
        except MethodUnavailableError as error:
            refused[name] = error
    raise none_left(place, refused)


def none_left(place: Place, refused: Mapping[str, MethodUnavailableError]) -> MethodUnavailableError:
    """Return the error for a place where each way was refused."""
    if len(refused) == 1:
        return next(iter(refused.values()))
    ways = "; ".join(f"{name}: {error.message}" for name, error in refused.items())
    return MethodUnavailableError(
        f"{place.url} can be read in no way: {ways}",
        "Python 3.6 or newer on the host is best; a POSIX shell with find, or sftp, will do.",
    )
