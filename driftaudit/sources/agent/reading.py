"""Runs the agent over a channel and makes a tree of its answer."""

import time
import zlib
from collections.abc import Callable, Iterable

from driftaudit.errors import SourceError
from driftaudit.model.snapshot import ScanFacts, Snapshot, SourceFacts
from driftaudit.sources.agent.answer import Answer, Greeting
from driftaudit.sources.agent.memory import memory_key, recall, remember
from driftaudit.sources.agent.protocol import Asked, Frames, new_marker, request_bytes
from driftaudit.sources.base import Progress, ScanRequest
from driftaudit.sources.transport import Channel

# What comes of an answer that is no answer: a host may say anything.
SENSELESS = (
    AttributeError,
    IndexError,
    KeyError,
    OverflowError,
    RecursionError,
    TypeError,
    ValueError,
    zlib.error,
)


def nobody_greeted(greeting: Greeting) -> None:
    """Hear the greeting, and do nothing."""


def read_tree(
    channel: Channel,
    source: SourceFacts,
    root: str,
    request: ScanRequest,
    progress: Progress,
    *,
    host: str,
    reader: str = "",
    only: Iterable[str] | None = None,
    nice: int = 10,
    greeted: Callable[[Greeting], None] = nobody_greeted,
) -> Snapshot:
    """Send the agent, read its whole answer, and return the tree sorted by path.

    What the cache of the request knows of the place is not read again. `only` limits the scan to these files,
    and then nothing is kept. `host` stands in messages, `reader` is who reads there, if not the login.
    `greeted` hears of the host, also where it then turns out to have no such root. Raises SourceError where
    the root cannot be read, or where the answer is cut off, damaged or missing; AbsentRootError where there
    is none.
    """
    started = time.monotonic()
    facts = ScanFacts()
    key = memory_key(source.url, reader, root, request)
    is_kept = only is None and request.read_contents and request.archive is None
    trees = {} if request.archive else request.trees
    asked = Asked.of(trees, recall(request, key)) if is_kept else Asked.of(trees)
    answer = Answer(host, asked.folders, trees, asked.memory, progress)
    marker = new_marker()
    try:
        files = None if only is None else sorted(only)
        channel.send(request_bytes(root, request, asked, marker, files, nice))
        frames = Frames(channel, marker, host)
        for kind, payload in frames:
            answer.take(kind, payload)
            if kind == b"H":
                greeted(answer.greeting(frames.noise))
        answer.conclude()
        memory, real_root = answer.memory_for_next(), answer.hello["root"]
        if is_kept and memory is not answer.memory:
            remember(request, key, memory)
    except SENSELESS as error:
        raise SourceError(f"{host}: the scan's answer makes no sense: {error!r}", "Run it again.") from error
    finally:
        channel.close()
    answer.entries.sort(key=lambda entry: entry.path)
    answer.problems.sort(key=lambda problem: (problem.path, problem.kind))
    return Snapshot(
        source=SourceFacts(
            source.kind,
            source.url,
            source.method,
            source.revision,
            source.commit,
            real_root if real_root != root else None,
        ),
        entries=tuple(answer.entries),
        problems=tuple(answer.problems),
        scan=ScanFacts(
            started_at=facts.started_at,
            duration_seconds=time.monotonic() - started,
            bytes=answer.size,
            wire_bytes_sent=channel.bytes_sent,
            wire_bytes_received=channel.bytes_received,
            hashed_files=answer.hashed,
            cached_files=answer.cached,
            clock_offset=answer.clock_offset,
        ),
        git_directories=tuple(answer.git_directories),
        equal_folders=tuple(answer.equal),
        notes=(*answer.notes, *(_notes(request, answer) if is_kept else ())),
    )


def _notes(request: ScanRequest, answer: Answer) -> tuple[str, ...]:
    if not answer.unkept_kind or request.cache.folder is None:
        return ()
    kind = answer.unkept_kind
    return (f"nothing is remembered of this tree: its file system ({kind}) may not tell every change",)
