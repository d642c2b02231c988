"""Contents over SFTP: many files at a time, each piece by piece into its place."""

import stat as modes
from collections import deque
from collections.abc import Sequence

from driftaudit.model.entry import Entry, Kind
from driftaudit.model.problem import ProblemKind
from driftaudit.sources.intake import CHANGED, Incoming, Intake
from driftaudit.sources.method import Place
from driftaudit.sources.sftp.client import Client, Limits
from driftaudit.sources.sftp.contents import WINDOW, from_open, link_text, window
from driftaudit.sources.sftp.folders import require_no_link
from driftaudit.sources.sftp.method import require_no_become
from driftaudit.sources.sftp.packets import Attributes, lstat, real_path
from driftaudit.sources.sftp.root import below, find_root
from driftaudit.sources.sftp.tasks import Task, Unseen, taken
from driftaudit.sources.transport import Transport

_FILES = Limits(100)  # open at a time, here and there


def fetch_by_sftp(transport: Transport, place: Place, entries: Sequence[Entry], intake: Intake) -> None:
    """Fetch over one channel. Implements `FetchMethod`."""
    require_no_become(place)
    channel = transport.subsystem("sftp")
    try:
        client = Client(channel, place.url, intake.request.rate_limit)
        client.greet()
        root = find_root(client, place.url, place.root)

        def bring(entry: Entry) -> Task[None]:
            path = below(root, entry.path.encode("utf-8", "surrogateescape"))
            return _link(path, entry, intake) if entry.kind is Kind.SYMLINK else _file(path, entry, intake)

        found = client.run(deque(entries), bring, _FILES, lambda entry: min(entry.size or WINDOW, WINDOW))
        for entry, outcome in found:
            if isinstance(outcome, Unseen):
                intake.problem(entry, outcome.kind, outcome.detail)
    finally:
        channel.close()


def _link(path: bytes, entry: Entry, intake: Intake) -> Task[None]:
    listed = taken((yield [lstat(path)])[0], Attributes)
    text = yield from link_text(path, listed)
    incoming = intake.begin(entry, len(text))
    incoming.write(text)
    incoming.finish()


def _file(path: bytes, entry: Entry, intake: Intake) -> Task[None]:
    """Bring a file that lies where its path says, and is as large as it was."""
    real, state = yield [real_path(path), lstat(path)]
    listed = taken(state, Attributes)
    if not modes.S_ISREG(listed.permissions or 0):
        raise Unseen(ProblemKind.UNSTABLE, "it is of another kind than in the scan")
    require_no_link(real, path)
    size = listed.size or 0
    if entry.size not in (None, size):
        raise Unseen(ProblemKind.UNSTABLE, CHANGED)
    if intake.is_too_large(size):
        intake.too_large(entry, size)
        return
    incoming = intake.begin(entry, size)
    try:
        yield from from_open(path, listed, lambda handle, size: _pieces(handle, size, incoming))
        incoming.finish()
    finally:
        incoming.give_up()


def _pieces(handle: bytes, size: int, incoming: Incoming) -> Task[None]:
    for start in range(0, size, WINDOW):
        incoming.write((yield from window(handle, start, min(WINDOW, size - start))))
