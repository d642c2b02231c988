"""The talk with the script over a channel: two round trips over one exec, one to list and one to read."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from driftaudit.errors import SourceError
from driftaudit.sources.agent.program.pace import Pace
from driftaudit.sources.agent.program.scope import Scope
from driftaudit.sources.base import Advance, Progress, ScanRequest
from driftaudit.sources.method import MethodUnavailableError
from driftaudit.sources.refusal import root_error
from driftaudit.sources.shell.contents import Contents
from driftaudit.sources.shell.frames import END, TOO_BARE, frame, list_call, script, start_call
from driftaudit.sources.shell.records import (
    CutOffError,
    DamagedError,
    EndlessNoiseError,
    NotStartedError,
    Record,
    Records,
    decoded,
    senseless,
)
from driftaudit.sources.shell.survey import names_not_entered, survey
from driftaudit.sources.transport import Channel

AHEAD = 2  # calls whose answers are still to come: the host need not wait for the next
_REASONS = {
    "No such file or directory": "FileNotFoundError",
    "Not a directory": "NotADirectoryError",
    "Permission denied": "PermissionError",
}


@dataclass(frozen=True, slots=True)
class Hello:
    """What the host says before it looks at the tree."""

    now: int  # seconds since the epoch, by its clock
    real_root: str


class Conversation:
    """Asks, and reads what is answered. `host` stands in messages."""

    def __init__(self, channel: Channel, mark: str, host: str, algorithm: str) -> None:
        self._channel = channel
        self._mark = mark
        self._host = host
        self._records = Records(channel.receive, mark, algorithm)

    def begin(self, root: str, request: ScanRequest, scope: Scope) -> Hello:
        """Send the script, and ask for the listing at once. Raises SourceError, as `Method` says."""
        return self.start(root, request.object_format, list_call(names_not_entered(request, scope)))

    def start(self, root: str, algorithm: str, *calls: bytes) -> Hello:
        """Send the script and the first calls, and go to the root. Raises SourceError, as `Method` says."""
        begun = [script(), start_call(self._mark, algorithm, root), *calls]
        self._channel.send(b"".join(map(frame, begun)))
        with self._sense():
            letter, text = next(self._answers())
            if letter == "N":
                raise self._lacking(text.strip().decode("utf-8", "replace"))
            if letter == "X":
                self._check()
                reason = text.strip().decode("utf-8", "replace")
                raise root_error(self._host, _REASONS.get(reason, "OSError"), reason)
            now, _slash, real_root = text.partition(b"/")
            self._end_of_call()
            return Hello(int(now), decoded(real_root.removesuffix(b"\n/")))

    def read(self, request: ScanRequest, scope: Scope, progress: Progress) -> Contents:
        """Take the listing, ask for what is to be read, and return the whole.

        A rate limit is kept by asking for no more than a second's worth at a time, or one file, and only when
        it is due: over some seconds it holds, and within one the host reads as fast as it can.
        """
        rate = (request.rate_limit or 0) * 1e6  # bytes a second
        with self._sense():
            listing = survey(self._until("B"), scope)
            contents = Contents(listing, request.object_format, int(rate) or 1 << 62)
            total = (len(listing.to_hash), sum(listing.stated[path].size for path in listing.to_hash))
            progress(Advance(0, 0, *total))
            pace = Pace(rate)
            while self._ask(contents, pace):
                while not contents.take(next(self._answers())):
                    continue
                progress(Advance(contents.hashed, contents.size, *total))
            self._finish()
            return contents

    def exchange(
        self, calls: Iterable[tuple[bytes, int]], take: Callable[[Record], None], pace: Pace
    ) -> None:
        """Make calls, each with the bytes of content that it reads, and hand on every record of the answers.

        `take` is given the B records as well, and may raise ValueError. Raises SourceError.
        """
        with self._sense():
            unanswered = 0
            for code, size in calls:
                pace.spent(size)
                self._channel.send(frame(code))
                unanswered += 1
                if unanswered == AHEAD:
                    self._hand_on(take)
                    unanswered -= 1
            for _call in range(unanswered):
                self._hand_on(take)
            self._finish()

    def _hand_on(self, take: Callable[[Record], None]) -> None:
        for record in self._answers():
            take(record)
            if record.letter == "B":
                return

    def _ask(self, contents: Contents, pace: Pace) -> int:
        """Send calls until enough are under way; return how many are."""
        while contents.unanswered < AHEAD and (asked := contents.next_call()):
            code, size = asked
            pace.spent(size)
            self._channel.send(frame(code))
        return contents.unanswered

    def _finish(self) -> None:
        self._channel.send(END)
        self._check()

    def _check(self) -> None:
        """Take the digest of the whole answer, and its end. Until then nothing of it is believed."""
        answers = self._answers()
        digest, last = next(answers), next(answers)
        if (digest.letter, last) != ("D", Record("Z", b"")):
            raise ValueError(f"records {digest.letter!r} and {last.letter!r} at the end")

    def _end_of_call(self) -> None:
        for record in self._until("B"):
            raise ValueError(f"a record {record.letter!r} after the first")

    def _until(self, last: str) -> Iterator[Record]:
        for record in self._answers():
            if record.letter == last:
                return
            yield record

    def _answers(self) -> Iterator[Record]:
        return iter(self._records)

    @contextmanager
    def _sense(self) -> Iterator[None]:
        """Make the errors of the answer those of the product."""
        try:
            yield
        except NotStartedError:
            raise self._not_started() from None
        except CutOffError:
            raise SourceError(
                f"{self._host}: the scan was cut off before it was complete",
                "Nothing is known of the rest, so there is no report. Run it again.",
            ) from None
        except DamagedError:
            raise SourceError(
                f"{self._host}: the answer of the scan was damaged on the way",
                "Nothing of it can be believed, so there is no report. Run it again.",
            ) from None
        except EndlessNoiseError:
            raise SourceError(
                f"{self._host}: the login shell prints without end, and the scan did not start",
                "Let nothing print where the shell is not interactive: see what `ssh HOST true` prints.",
            ) from None
        except (ValueError, KeyError, IndexError) as error:
            raise senseless(self._host, error) from error

    def _lacking(self, tool: str) -> MethodUnavailableError:
        return MethodUnavailableError(
            f"{self._host}: its shell lacks {tool}", "GNU coreutils and findutils, or BusyBox, have it."
        )

    def _not_started(self) -> MethodUnavailableError:
        status, errors = self._channel.finish()
        if status == TOO_BARE:
            return self._lacking("dd or printf")
        last_line = errors.decode("utf-8", "replace").strip().splitlines()[-1:]
        told = f": {last_line[0]}" if last_line else ""
        return MethodUnavailableError(
            f"{self._host}: the scan by shell did not start (exit status {status}){told}",
            "The login shell must be able to run commands: try `ssh HOST true` and `driftaudit doctor`.",
        )
