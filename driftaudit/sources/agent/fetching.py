"""Contents by the program: a request with the paths, and what comes of it to the intake."""

import json
import zlib
from collections.abc import Sequence
from typing import Any

from driftaudit.errors import SourceError
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.problem import ProblemKind
from driftaudit.sources.agent import program_parts
from driftaudit.sources.agent.answer import error_told
from driftaudit.sources.agent.local import LocalChannel
from driftaudit.sources.agent.protocol import Frames, joined_parts, new_marker, parse, remote_command
from driftaudit.sources.agent.reading import SENSELESS
from driftaudit.sources.archive import archive_format
from driftaudit.sources.base import Fetched, FetchRequest, Progress
from driftaudit.sources.intake import Incoming, Intake, fetched
from driftaudit.sources.method import Place
from driftaudit.sources.transport import Channel, Transport


def fetch_here(
    root: str, request: FetchRequest, progress: Progress, *, shown: str, archive: str | None = None
) -> Fetched:
    """Fetch from a folder or an archive of this machine. `shown` stands in messages."""

    def bring(entries: Sequence[Entry], intake: Intake) -> None:
        fetch_over(LocalChannel(), root, entries, intake, host=shown, archive=archive, nice=0)

    return fetched(request, progress, shown, bring)


def fetch_by_agent(transport: Transport, place: Place, entries: Sequence[Entry], intake: Intake) -> None:
    """Fetch with one exec, whatever the number of files. Implements `FetchMethod`."""
    channel = transport.run(remote_command(place.become))
    archive = archive_format(place.root)
    fetch_over(channel, place.root, entries, intake, host=place.url, archive=archive)


def fetch_over(
    channel: Channel,
    root: str,
    entries: Sequence[Entry],
    intake: Intake,
    *,
    host: str,
    archive: str | None,
    nice: int = 10,
) -> None:
    """Send the program, hand its answer to the intake, and close the channel. Raises SourceError."""
    marker = new_marker()
    answer = _Answer(host, entries, intake)
    try:
        channel.send(_request_bytes(root, entries, intake, marker, archive, nice))
        for kind, payload in Frames(channel, marker, host):
            answer.take(kind, payload)
        answer.conclude()
    except SENSELESS as error:
        raise SourceError(f"{host}: the answer makes no sense: {error!r}", "Run it again.") from error
    finally:
        channel.close()


def _request_bytes(
    root: str, entries: Sequence[Entry], intake: Intake, marker: str, archive: str | None, nice: int
) -> bytes:
    wanted = [_row(entry) for entry in entries]
    body = {
        "wanted": wanted,
        "marker": marker,
        "root": root,
        "object_format": intake.request.object_format,
        "max_file_bytes": intake.request.max_file_bytes,
        "rate": (intake.request.rate_limit or 0) * 1e6,
        "archive": archive,
        "nice": nice,
    }
    program = program_parts(for_archives=archive is not None, for_contents=True)
    return joined_parts(*program, zlib.compress(json.dumps(body).encode("ascii"), 1), b"")


def _row(entry: Entry) -> list[Any]:
    is_link = entry.kind is Kind.SYMLINK
    return [entry.path, None if is_link else entry.size, entry.digest, is_link]


class _Answer:
    """Takes the frames: each content that was asked for comes once, or is refused."""

    def __init__(self, host: str, entries: Sequence[Entry], intake: Intake) -> None:
        self._host = host
        self._waiting = dict(enumerate(entries))
        self._intake = intake
        self._coming: tuple[int, Entry, Incoming] | None = None

    def take(self, kind: bytes, payload: bytes) -> None:
        """Take a frame. Raises ValueError and the like where it makes no sense."""
        if kind == b"C":
            self._begin(*parse(payload, self._host))
        elif kind == b"B":
            self._piece(payload)
        elif kind == b"X":
            self._refuse(*parse(payload, self._host))
        elif kind == b"E":
            raise error_told(self._host, *parse(payload, self._host))

    def conclude(self) -> None:
        """Raise ValueError where something is still to come."""
        if self._waiting or self._coming:
            raise ValueError("not all that was asked for was answered")

    def _begin(self, number: Any, size: Any) -> None:
        if self._coming or not isinstance(size, int):
            raise ValueError("a content amid another, or one without a size")
        entry = self._waiting.pop(number)
        self._coming = number, entry, self._intake.begin(entry, size)
        self._piece(b"")

    def _piece(self, piece: bytes) -> None:
        if self._coming is None:
            raise ValueError("bytes of no content")
        incoming = self._coming[2]
        incoming.write(piece)
        if not incoming.left:
            self._coming = None
            incoming.finish()

    def _refuse(self, number: Any, kind: Any, detail: Any) -> None:
        if self._coming and self._coming[0] == number:
            _number, entry, incoming = self._coming
            self._coming = None
            incoming.give_up()
        else:
            entry = self._waiting.pop(number)
        self._intake.problem(entry, ProblemKind(kind), str(detail))
