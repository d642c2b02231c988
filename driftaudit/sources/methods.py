"""All ways to read a host, in the order in which they are tried. A new one is one file and its line here."""

from collections.abc import Mapping
from dataclasses import replace

from driftaudit.config.access import MethodName
from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.agent.method import read_by_agent
from driftaudit.sources.base import Progress, ScanRequest
from driftaudit.sources.method import Method, MethodUnavailableError, Place
from driftaudit.sources.transport import Transport


def _by_shell(transport: Transport, place: Place, request: ScanRequest, progress: Progress) -> Snapshot:
    from driftaudit.sources.shell.method import read_by_shell  # needed for few hosts

    return read_by_shell(transport, place, request, progress)


def _by_sftp(transport: Transport, place: Place, request: ScanRequest, progress: Progress) -> Snapshot:
    from driftaudit.sources.sftp.method import read_by_sftp  # for fewer still

    return read_by_sftp(transport, place, request, progress)


METHODS: Mapping[MethodName, Method] = {"agent": read_by_agent, "shell": _by_shell, "sftp": _by_sftp}


def read_host(
    transport: Transport, place: Place, request: ScanRequest, progress: Progress, forced: MethodName | None
) -> Snapshot:
    """Read a tree in the first way that the host can do, or in the forced one alone.

    A note says why the ways before it were not taken. Raises SourceError where there is none left.
    """
    refused: dict[str, MethodUnavailableError] = {}
    for name in [forced] if forced else METHODS:
        try:
            snapshot = METHODS[name](transport, place, request, progress)
        except MethodUnavailableError as error:
            refused[name] = error
            continue
        notes = [f"not read by {other}: {error.message}" for other, error in refused.items()]
        return replace(snapshot, notes=(*snapshot.notes, *notes))
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
