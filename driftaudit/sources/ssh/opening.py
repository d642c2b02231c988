"""A connection that is made while other things are done."""

import threading
from concurrent.futures import Future
from contextlib import suppress

from driftaudit.config.access import Access, MethodName
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.transports import open_transport
from driftaudit.sources.transport import Transport


class Opening:
    """Begins to log in at once, and keeps the connection for whatever is asked over it, until it is closed.

    `method` is the way in which the host was read, None where it was not yet.
    """

    def __init__(self, address: SSHAddress, access: Access) -> None:
        self.method: MethodName | None = None
        self._made: Future[Transport] = Future()
        # A daemon: where the run ends for another reason, nobody waits for a host that does not answer.
        threading.Thread(target=self._make, args=(address, access), daemon=True).start()

    def transport(self) -> Transport:
        """Return the connection, which stays ours. Raises what made it impossible."""
        return self._made.result()

    def close(self) -> None:
        """End the connection, also one that is still being made. Never raises."""
        self._made.add_done_callback(_close)

    def _make(self, address: SSHAddress, access: Access) -> None:
        try:
            self._made.set_result(open_transport(address, access))
        except BaseException as error:  # it is told where the connection is asked for
            self._made.set_exception(error)


def _close(made: Future[Transport]) -> None:
    with suppress(Exception):
        made.result().close()
