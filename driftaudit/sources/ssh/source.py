"""A folder or an archive on a host, reached over SSH: one connection, one exec, nothing written there."""

from dataclasses import dataclass, replace

from driftaudit.model.snapshot import Snapshot, SourceFacts
from driftaudit.sources.agent.protocol import REMOTE_COMMAND
from driftaudit.sources.agent.reading import read_tree
from driftaudit.sources.archive import archive_format
from driftaudit.sources.base import Progress, ScanRequest, no_progress
from driftaudit.sources.ssh.address import SSHAddress


@dataclass(frozen=True, slots=True)
class SSHSource:
    """Sends the agent to the host and reads its answer."""

    address: SSHAddress

    def snapshot(self, request: ScanRequest, progress: Progress = no_progress) -> Snapshot:
        """Read the tree. Raises SourceError where the host or the tree cannot be had."""
        from driftaudit.sources.ssh.connection import connect

        request = replace(request, archive=archive_format(self.address.root))
        transport = connect(self.address)
        try:
            facts = SourceFacts("ssh", self.address.url, "agent")
            channel = transport.run(REMOTE_COMMAND)
            return read_tree(channel, facts, self.address.root, request, progress, host=self.address.url)
        finally:
            transport.close()
