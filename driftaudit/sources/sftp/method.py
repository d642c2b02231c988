"""The last way to read a host: one that runs nothing gives out its files, and they are hashed here."""

import time

from driftaudit.model.entry import Kind
from driftaudit.model.snapshot import ScanFacts, Snapshot, SourceFacts
from driftaudit.sources.base import Progress, ScanRequest
from driftaudit.sources.method import MethodUnavailableError, Place
from driftaudit.sources.sftp.client import Client
from driftaudit.sources.sftp.root import find_root
from driftaudit.sources.sftp.scan import Scan
from driftaudit.sources.transport import Channel, Transport

UNPROVEN = (
    "over SFTP times are whole seconds, and files are opened by their paths: whether a link was put in the"
    " way was looked at before and after, and is not ruled out in between"
)


def read_by_sftp(transport: Transport, place: Place, request: ScanRequest, progress: Progress) -> Snapshot:
    """Fetch and hash every file that is to be read: all of them come over the wire. Implements `Method`."""
    require_no_become(place)
    started, facts = time.monotonic(), ScanFacts()
    channel = transport.subsystem("sftp")
    try:
        client = Client(channel, place.url, request.rate_limit)
        client.greet()
        root = find_root(client, place.url, place.root)
        scan = Scan(client, place.url, root, request, progress)
        scan.run()
    finally:
        channel.close()
    shown_root = root.decode("utf-8", "surrogateescape")
    seconds = time.monotonic() - started
    return Snapshot(
        source=SourceFacts(
            "ssh", place.url, "sftp", real_root=None if shown_root == place.root else shown_root
        ),
        entries=tuple(scan.entries),
        problems=tuple(scan.problems),
        scan=ScanFacts(
            started_at=facts.started_at,
            duration_seconds=seconds,
            bytes=sum(entry.size or 0 for entry in scan.entries if entry.kind is Kind.FILE),
            wire_bytes_sent=channel.bytes_sent,
            wire_bytes_received=channel.bytes_received,
            hashed_files=scan.done.files,
        ),
        git_directories=tuple(scan.git_directories),
        notes=(_cost(channel, seconds), UNPROVEN),
    )


def require_no_become(place: Place) -> None:
    """Raise MethodUnavailableError where another user is to read."""
    if place.become:
        raise MethodUnavailableError(
            f"{place.url}: SFTP has no sudo, and {place.become} was asked for",
            "Leave out `become`, or let the login run commands.",
        )


def _cost(channel: Channel, seconds: float) -> str:
    megabytes = channel.bytes_received / 1e6
    return f"read over SFTP: {megabytes:.1f} MB came over the wire in {seconds:.1f} s"
