"""`http`: what a GET is answered with. Bounded in time, size and redirects, whatever the server does."""

import http.client
import ssl
import time
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from driftaudit.config.settings import ProbeSettings
from driftaudit.probes.base import Answer, Host
from driftaudit.probes.places import place_of
from driftaudit.probes.wire import Deadline, Wire
from driftaudit.probes.wording import has_match, shortened
from driftaudit.sources.transport import NotConnectedError

MOST_BYTES = 1 << 20  # of a body
MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_SHOWN = 60  # characters of what a server says
_WELL = range(200, 300)


@dataclass(frozen=True, slots=True)
class _Got:
    """What one request was answered with. `is_whole` false: the body has more than anybody reads."""

    status: int
    location: str | None
    body: bytes
    is_whole: bool
    length: int | None  # of the body, as the server said


def ask_http(asked: ProbeSettings, host: Host) -> Answer:
    """Return whether the URL is answered with the right status, and a body that fits. Implements `Probe`."""
    started = time.monotonic()
    try:
        return _judged(asked, *_followed(asked, host), started)
    except TimeoutError:
        return Answer(ok=False, detail=f"no whole answer within {asked.within:g} seconds")
    except NotConnectedError as error:
        return Answer(ok=False, detail=error.message)
    except ssl.SSLCertVerificationError as error:
        return Answer(
            ok=False, detail=f"its certificate does not hold: {error.verify_message or error.reason}"
        )
    except ssl.SSLError as error:
        return Answer(ok=False, detail=f"it does not speak TLS as it should: {_reason(error)}")
    except http.client.BadStatusLine as error:
        return Answer(ok=False, detail=_no_http(error))
    except (http.client.HTTPException, ValueError) as error:
        return Answer(ok=False, detail=f"its answer is no HTTP that can be read: {type(error).__name__}")
    except OSError as error:
        return Answer(ok=False, detail=f"it ended the connection: {error.strerror or error}")


def _followed(asked: ProbeSettings, host: Host) -> tuple[_Got, str | None]:
    """Return the last answer, and why the way to it ended where it should not have.

    A redirect is followed on the same server alone: what an application says must not let us ask others.
    """
    url = urlsplit(asked.subject)
    deadline: Deadline | None = None
    for _number in range(MOST_REDIRECTS + 1):
        got, deadline = _got(asked, host, url, deadline)
        if asked.status or got.status not in _REDIRECTS or not got.location:
            return got, None
        try:
            target = urlsplit(urljoin(url.geturl(), got.location))
            is_same = (target.scheme, target.netloc) == (url.scheme, url.netloc)
        except ValueError:
            return got, "it redirects to what is no URL"
        if not is_same:
            where = _shown(target.netloc.rpartition("@")[2])
            return got, f"it redirects to another server, which is not asked: {where}"
        url = target
    return got, f"it redirects more than {MOST_REDIRECTS} times: a loop, or near to one"


def _got(
    asked: ProbeSettings, host: Host, url: SplitResult, deadline: Deadline | None
) -> tuple[_Got, Deadline]:
    """Ask once. The time for all answers begins when the first connection stands."""
    place = place_of(asked)
    stream = host.stream(place.host, place.port, deadline.left if deadline else asked.within)
    deadline = deadline or Deadline(asked.within)
    wire = Wire(stream, deadline)
    try:
        name = asked.host or url.netloc
        if url.scheme == "https":
            wire.secure((asked.host and urlsplit(f"//{asked.host}").hostname) or place.host)
        connection = http.client.HTTPConnection(place.host, place.port)
        connection.sock = wire  # as much of a socket as it uses
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        headers = {"Host": name, "User-Agent": "driftaudit", "Accept": "*/*", "Connection": "close"}
        connection.request("GET", path, headers=headers)
        with connection.getresponse() as response:
            return _read(response), deadline
    finally:
        wire.end()


def _read(response: http.client.HTTPResponse) -> _Got:
    parts: list[bytes] = []
    size = 0
    declared = response.length
    while size <= MOST_BYTES and (data := response.read1(1 << 16)):
        parts.append(data)
        size += len(data)
    body = b"".join(parts)
    is_whole = size <= MOST_BYTES
    if is_whole and declared is not None and size < declared:
        raise http.client.IncompleteRead(b"", declared - size)
    return _Got(response.status, response.getheader("Location"), body[:MOST_BYTES], is_whole, declared)


def _judged(asked: ProbeSettings, got: _Got, fault: str | None, started: float) -> Answer:
    status = f"status {got.status}"
    if fault:
        return Answer(ok=False, detail=f"{status}: {fault}")
    if got.status not in (asked.status or _WELL):
        wanted = ", ".join(map(str, asked.status)) or "one from 200 to 299"
        return Answer(ok=False, detail=f"{status}, where {wanted} is well")
    if not got.is_whole and got.length is None:
        return Answer(ok=False, detail=f"{status}, and a body without end: more than {MOST_BYTES >> 20} MiB")
    seconds = f"within {time.monotonic() - started:.2f} seconds"
    if asked.body is None:
        return Answer(ok=True, detail=f"{status} {seconds}")
    return _matched(asked.body, got, f"{status} {seconds}")


def _matched(pattern: str, got: _Got, said: str) -> Answer:
    shown = shortened(pattern)
    if has_match(pattern, got.body):
        return Answer(ok=True, detail=f"{said}, and {shown} in its body")
    where = "its body" if got.is_whole else f"the first {MOST_BYTES >> 20} MiB of its body"
    return Answer(ok=False, detail=f"{said}, but nothing like {shown} in {where}")


def _no_http(error: http.client.BadStatusLine) -> str:
    if isinstance(error, http.client.RemoteDisconnected):
        return "it ended the connection without an answer"
    return f"it does not speak HTTP: it said {_shown(str(error).strip())}"


def _shown(text: str) -> str:
    return ascii(text[:_SHOWN])


def _reason(error: ssl.SSLError) -> str:
    return (error.reason or str(error)).replace("_", " ").lower()
