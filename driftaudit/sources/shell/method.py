"""The second way to read a host: by the shell tools that it has."""

import secrets
import time

from driftaudit.model.problem import Problem
from driftaudit.model.snapshot import GitDirectory, ScanFacts, Snapshot, SourceFacts
from driftaudit.sources.base import Progress, ScanRequest
from driftaudit.sources.method import Place
from driftaudit.sources.shell.contents import SMALL, Contents
from driftaudit.sources.shell.conversation import Conversation, Hello
from driftaudit.sources.shell.frames import remote_command
from driftaudit.sources.shell.survey import scope_of
from driftaudit.sources.shell.tree import entries
from driftaudit.sources.transport import Channel, Transport

HALF_A_SECOND = 0.5  # a clock of whole seconds lags by as much
NO_LINE_ENDS = (
    f"read by shell: in files of more than {SMALL} bytes, and in smaller ones that had to be read by "
    "themselves, line ends were not compared, so one that differs in them alone counts as edited"
)
WHOLE_SECONDS = (
    "read by shell: the host tells times in whole seconds, so a file that changed within the second in which "
    "it was read may have been taken for steady"
)


def read_by_shell(transport: Transport, place: Place, request: ScanRequest, progress: Progress) -> Snapshot:
    """List and hash the tree with find, stat, cat and sha1sum, or BusyBox. Implements `Method`.

    Files of more than 16 KiB cost two processes each: 200 to 500 of them a second were seen, and some 5,000
    smaller ones.
    """
    channel = transport.run(remote_command(place.become))
    return read_over(channel, place, request, progress, secrets.token_hex(8))


def read_over(
    channel: Channel, place: Place, request: ScanRequest, progress: Progress, mark: str
) -> Snapshot:
    """Read the tree over a channel on which the script is awaited, and close it."""
    started = time.monotonic()
    facts = ScanFacts()
    scope = scope_of(request)
    try:
        talk = Conversation(channel, mark, place.url, request.object_format)
        hello = talk.begin(place.root, request, scope)
        offset = hello.now + HALF_A_SECOND - time.time()
        contents = talk.read(request, scope, progress)
    finally:
        channel.close()
    found = tuple(entries(contents))
    return Snapshot(
        source=_source(place, hello),
        entries=found,
        problems=_problems(contents),
        scan=ScanFacts(
            started_at=facts.started_at,
            duration_seconds=time.monotonic() - started,
            bytes=sum(entry.size or 0 for entry in found if entry.kind == "file"),
            wire_bytes_sent=channel.bytes_sent,
            wire_bytes_received=channel.bytes_received,
            hashed_files=contents.hashed,
            clock_offset=offset,
        ),
        git_directories=tuple(
            GitDirectory(path, tuple(sorted(refs))) for path, refs in contents.refs.items()
        ),
        notes=_notes(contents),
    )


def _source(place: Place, hello: Hello) -> SourceFacts:
    real_root = hello.real_root if hello.real_root != place.root else None
    return SourceFacts("ssh", place.url, "shell", real_root=real_root)


def _problems(contents: Contents) -> tuple[Problem, ...]:
    problems = {*contents.survey.problems, *contents.problems}
    return tuple(sorted(problems, key=lambda problem: (problem.path, problem.kind, problem.detail)))


def _notes(contents: Contents) -> tuple[str, ...]:
    stated = contents.survey.stated.values()
    whole = bool(stated) and all(state.whole_seconds for state in stated)
    return (*([NO_LINE_ENDS] if contents.hashed_there else []), *([WHOLE_SECONDS] if whole else []))
