"""A folder or an archive on a host that is reached over SSH: one connection, nothing written there."""

from contextlib import closing
from dataclasses import dataclass, field, replace

from driftaudit.config.access import Access
from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.archive import archive_format
from driftaudit.sources.base import Progress, ScanRequest, no_progress
from driftaudit.sources.method import Place
from driftaudit.sources.methods import read_host
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.opening import Opening
from driftaudit.sources.ssh.time_limit import ended_after
from driftaudit.sources.ssh.transports import open_transport
from driftaudit.sources.transport import Transport


@dataclass(frozen=True, slots=True)
class SSHSource:
    """Reads the tree in the first way that the host can do: by agent, by shell tools, or over SFTP."""

    address: SSHAddress
    access: Access = field(default_factory=Access)
    opening: Opening | None = field(default=None, compare=False)

    def snapshot(self, request: ScanRequest, progress: Progress = no_progress) -> Snapshot:
        """Read the tree. Raises SourceError where the host or the tree cannot be had."""
        place = Place(self.address.url, self.address.root, self.access.become)
        wanted = replace(
            request,
            archive=archive_format(self.address.root),
            rate_limit=request.rate_limit or self.access.rate_limit,
        )
        with (
            closing(self._transport()) as transport,
            ended_after(self.access.timeouts.scan, transport, place.url),
        ):
            return read_host(transport, place, wanted, progress, self.access.method)

    def _transport(self) -> Transport:
        begun = self.opening.take() if self.opening else None
        return begun or open_transport(self.address, self.access)
