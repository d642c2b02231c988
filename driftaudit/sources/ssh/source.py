"""A folder or an archive on a host that is reached over SSH: one connection, nothing written there."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace

from driftaudit.config.access import Access
from driftaudit.model.snapshot import Snapshot
from driftaudit.sources.archive import archive_format
from driftaudit.sources.base import Fetched, FetchRequest, Progress, ScanRequest, no_progress
from driftaudit.sources.method import Place
from driftaudit.sources.methods import METHODS, fetch_from_host, read_host
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.opening import Opening
from driftaudit.sources.ssh.time_limit import ended_after
from driftaudit.sources.ssh.transports import open_transport
from driftaudit.sources.transport import Transport


@dataclass(frozen=True, slots=True)
class SSHSource:
    """Reads the tree in the first way that the host can do: by agent, by shell tools, or over SFTP.

    With an `opening` all is asked over its connection, which whoever made it closes; without one each
    snapshot and each fetch logs in by itself.
    """

    address: SSHAddress
    access: Access = field(default_factory=Access)
    opening: Opening | None = field(default=None, compare=False)

    def snapshot(self, request: ScanRequest, progress: Progress = no_progress) -> Snapshot:
        """Read the tree. Raises SourceError where the host or the tree cannot be had."""
        wanted = replace(
            request,
            archive=archive_format(self.address.root),
            rate_limit=request.rate_limit or self.access.rate_limit,
        )
        with self._connection("the scan") as transport:
            found = read_host(transport, self._place, wanted, progress, self.access.method)
        if self.opening:
            self.opening.method = next((name for name in METHODS if name == found.source.method), None)
        return found

    def fetch(self, request: FetchRequest, progress: Progress = no_progress) -> Fetched:
        """Bring contents in the way that the scan took, or else in the first that the host can do.

        Raises as `Source.fetch`.
        """
        wanted = replace(request, rate_limit=request.rate_limit or self.access.rate_limit)
        method = self.access.method or (self.opening.method if self.opening else None)
        with self._connection("the fetching of contents") as transport:
            return fetch_from_host(transport, self._place, wanted, progress, method)

    @property
    def _place(self) -> Place:
        return Place(self.address.url, self.address.root, self.access.become)

    @contextmanager
    def _connection(self, what: str) -> Iterator[Transport]:
        """Yield a connection that ends with the time limit, and where it is our own with the block."""
        seconds = self.access.timeouts.scan
        if self.opening:
            transport = self.opening.transport()
            with ended_after(seconds, transport, self.address.url, what):
                yield transport
            return
        with (
            closing(open_transport(self.address, self.access)) as transport,
            ended_after(seconds, transport, self.address.url, what),
        ):
            yield transport
