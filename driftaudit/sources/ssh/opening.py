"""A connection that is made while other things are done."""

import threading
from concurrent.futures import Future
from contextlib import suppress

from driftaudit.config.access import Access
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.transports import open_transport
from driftaudit.sources.transport import Transport


class Opening:
    """Begins to log in at once. Whoever takes the connection closes it."""

    def __init__(self, address: SSHAddress, access: Access) -> None:
        self._made: Future[Transport] = Future()
        self._is_wanted = True
        self._lock = threading.Lock()
        # A daemon: where the run ends for another reason, nobody waits for a host that does not answer.
        threading.Thread(target=self._make, args=(address, access), daemon=True).start()

    def take(self) -> Transport | None:
        """Return the connection, None where it was taken before. Raises what made it impossible."""
        with self._lock:
            is_first, self._is_wanted = self._is_wanted, False
        return self._made.result() if is_first else None

    def give_up(self) -> None:
        """Close the connection if nobody took it."""
        with self._lock:
            is_first, self._is_wanted = self._is_wanted, False
        if is_first:
            self._made.add_done_callback(_close)

    def _make(self, address: SSHAddress, access: Access) -> None:
        try:
            self._made.set_result(open_transport(address, access))
        except BaseException as error:  # it is told where the connection is asked for
            self._made.set_exception(error)


def _close(made: Future[Transport]) -> None:
    with suppress(Exception):
        made.result().close()
