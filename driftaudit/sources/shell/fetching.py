"""Contents by the shell: small files many to a call, large ones block by block."""

import secrets
from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from driftaudit.model.entry import Entry, Kind
from driftaudit.model.problem import ProblemKind
from driftaudit.sources.agent.program.pace import Pace
from driftaudit.sources.intake import CHANGED, Incoming, Intake
from driftaudit.sources.method import Place
from driftaudit.sources.shell.contents import MOST_NAMES
from driftaudit.sources.shell.conversation import AHEAD, Conversation
from driftaudit.sources.shell.frames import call, encoded, remote_command
from driftaudit.sources.shell.records import Record, Stated
from driftaudit.sources.shell.survey import DENIED
from driftaudit.sources.transport import Channel, Transport

BLOCK = 1 << 20  # bytes
LEAST_BLOCK = 1 << 12  # where a rate limit asks for smaller ones
MOST_FILES = 500  # in one call

_REFUSALS = {
    "V": (ProblemKind.VANISHED, "No such file or directory"),
    "U": (ProblemKind.UNREADABLE, DENIED),
    "O": (ProblemKind.UNSTABLE, "it is of another kind than in the scan"),
}


def fetch_by_shell(transport: Transport, place: Place, entries: Sequence[Entry], intake: Intake) -> None:
    """Fetch with dd, one process for each block of a file. Implements `FetchMethod`."""
    fetch_over(transport.run(remote_command(place.become)), place, entries, intake, secrets.token_hex(8))


def fetch_over(channel: Channel, place: Place, entries: Sequence[Entry], intake: Intake, mark: str) -> None:
    """Fetch over a channel on which the script is awaited, and close it."""
    rate = (intake.request.rate_limit or 0) * 1e6  # bytes a second
    try:
        talk = Conversation(channel, mark, place.url, intake.request.object_format)
        talk.start(place.root, intake.request.object_format)
        fetching = _Fetching(entries, intake, max(LEAST_BLOCK, min(BLOCK, int(rate) or BLOCK)))
        talk.exchange(fetching.calls(), fetching.take, Pace(rate))
    finally:
        channel.close()


class _Asked(NamedTuple):
    """A call: of which entries, and which block of them."""

    entries: tuple[Entry, ...]
    number: int = 0


class _Fetching:
    """Which calls are made, and what their answers mean."""

    def __init__(self, entries: Sequence[Entry], intake: Intake, block: int) -> None:
        self._links = [entry for entry in entries if entry.kind is Kind.SYMLINK]
        self._files = [entry for entry in entries if entry.kind is not Kind.SYMLINK]
        self._sizes = {entry.path: entry.size for entry in self._files}
        self._intake = intake
        self._block = block
        self._asked: deque[_Asked] = deque()
        self._answered = 0  # records of the first call that is not answered to its end
        self._coming: dict[str, Incoming] = {}

    def calls(self) -> Iterator[tuple[bytes, int]]:
        """Yield calls, each with the bytes that it reads, as the answers to earlier ones demand."""
        for portion in self._portions(self._links):
            yield self._call(portion, "links")
        unknown = [entry for entry in self._files if entry.size is None]
        for portion in self._portions(unknown):
            yield self._call((), "stats", *(encoded(entry.path) for entry in portion))
        for _ in range(AHEAD - 1 if unknown else 0):  # whoever goes on has had the answers by then
            yield self._call((), ":")
        small = [entry for entry in self._wanted() if self._size(entry) <= self._block]
        for portion in self._portions(small):
            yield self._give(portion, 0)
        for entry in self._wanted():
            if self._size(entry) > self._block:
                yield from self._blocks(entry)

    def take(self, record: Record) -> None:
        """Take one record of an answer. Raises ValueError where it makes no sense."""
        asked = self._asked[0]
        if record.letter == "B":
            if self._answered != len(asked.entries):
                raise ValueError("another number of files than was asked for")
            self._asked.popleft()
            self._answered = 0
            return
        if not asked.entries:
            self._stated(record)
            return
        entry = asked.entries[self._answered]
        self._answered += 1
        if record.letter in _REFUSALS:
            self._refuse(entry, *_REFUSALS[record.letter])
        elif record.letter == "K":
            self._link(entry, record.text)
        elif record.letter == "C":
            self._piece(entry, record.text, asked.number)
        else:
            raise ValueError(f"a record {record.letter!r} among contents")

    def _stated(self, record: Record) -> None:
        if record.letter == "S":  # what has none is asked for all the same, and refused
            path, state = Stated.parse(record.text)
            self._sizes[path] = state.size

    def _wanted(self) -> list[Entry]:
        """Return the files of which there is still something to be asked."""
        for entry in self._files:
            if self._intake.is_too_large(self._size(entry)):
                self._intake.too_large(entry, self._size(entry))
        return [entry for entry in self._files if not self._intake.is_settled(entry)]

    def _size(self, entry: Entry) -> int:
        return self._sizes[entry.path] or 0

    def _blocks(self, entry: Entry) -> Iterator[tuple[bytes, int]]:
        for number in range(-(-self._size(entry) // self._block)):
            if not self._intake.is_settled(entry):
                yield self._give((entry,), number)

    def _give(self, entries: tuple[Entry, ...], number: int) -> tuple[bytes, int]:
        size = sum(min(self._size(entry), self._block) for entry in entries)
        code, _size = self._call(entries, "give", b"%d" % self._block, b"%d" % number)
        self._asked[-1] = _Asked(entries, number)
        return code, size

    def _call(self, entries: tuple[Entry, ...], function: str, *words: bytes) -> tuple[bytes, int]:
        self._asked.append(_Asked(entries))
        return call(function, *words, *(encoded(entry.path) for entry in entries)), 0

    def _portions(self, entries: Sequence[Entry]) -> Iterator[tuple[Entry, ...]]:
        """Divide entries into as many as go into one call."""
        portion, content, names = list[Entry](), 0, 0
        for entry in entries:
            portion.append(entry)
            content += self._sizes.get(entry.path) or 0
            names += len(entry.path)
            if len(portion) >= MOST_FILES or content >= self._block or names >= MOST_NAMES:
                yield tuple(portion)
                portion, content, names = [], 0, 0
        if portion:
            yield tuple(portion)

    def _link(self, entry: Entry, target: bytes) -> None:
        if not target:
            self._refuse(entry, ProblemKind.UNSTABLE, CHANGED)
            return
        incoming = self._intake.begin(entry, len(target))
        incoming.write(target)
        incoming.finish()

    def _piece(self, entry: Entry, content: bytes, number: int) -> None:
        if self._intake.is_settled(entry):  # a block before this one was refused
            return
        if not number:
            self._coming[entry.path] = self._intake.begin(entry, self._size(entry))
        incoming = self._coming[entry.path]
        if len(content) != min(self._block, incoming.left):
            self._refuse(entry, ProblemKind.UNSTABLE, CHANGED)
            return
        incoming.write(content)
        if not incoming.left:
            self._coming.pop(entry.path).finish()

    def _refuse(self, entry: Entry, kind: ProblemKind, detail: str) -> None:
        if entry.path in self._coming:
            self._coming.pop(entry.path).give_up()
        self._intake.problem(entry, kind, detail)
