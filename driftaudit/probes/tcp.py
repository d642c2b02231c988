"""`tcp`: whether something takes a connection."""

import time

from driftaudit.config.settings import ProbeSettings
from driftaudit.probes.base import Answer, Host
from driftaudit.probes.places import place_of
from driftaudit.sources.transport import NotConnectedError


def ask_tcp(asked: ProbeSettings, host: Host) -> Answer:
    """Connect, and end the connection at once. Implements `Probe`."""
    place = place_of(asked)
    started = time.monotonic()
    try:
        host.stream(place.host, place.port, asked.within).close()
    except TimeoutError:
        return Answer(ok=False, detail=f"no connection within {asked.within:g} seconds")
    except NotConnectedError as error:
        return Answer(ok=False, detail=error.message)
    return Answer(ok=True, detail=f"takes connections, within {time.monotonic() - started:.2f} seconds")
