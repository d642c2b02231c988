"""The first way to read a host: by the program that is sent to its Python."""

from driftaudit.model.snapshot import Snapshot, SourceFacts
from driftaudit.sources.agent.protocol import remote_command
from driftaudit.sources.agent.reading import read_tree
from driftaudit.sources.base import Progress, ScanRequest
from driftaudit.sources.method import Place
from driftaudit.sources.transport import Transport


def read_by_agent(transport: Transport, place: Place, request: ScanRequest, progress: Progress) -> Snapshot:
    """Send the program and read its answer: one exec, one round trip. Implements `Method`."""
    facts = SourceFacts("ssh", place.url, "agent")
    channel = transport.run(remote_command(place.become))
    return read_tree(channel, facts, place.root, request, progress, host=place.url, reader=place.become or "")
