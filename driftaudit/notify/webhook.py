"""One plain webhook: a POST of JSON, signed where a secret is configured."""

import hashlib
import hmac
import http.client
import json
import secrets
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import IO
from urllib.parse import urlsplit

from driftaudit import __version__
from driftaudit.config.reporting import NotifierSettings, from_environment
from driftaudit.notify.base import KEPT, Notice, NotifyError, Pause, back_off, within

SIGNATURE = "X-Driftaudit-Signature"
TIMESTAMP = "X-Driftaudit-Timestamp"
DELIVERY = "X-Driftaudit-Delivery"
_SAME_METHOD = (307, 308)  # redirects that are followed with what was posted
_BUSY = (408, 425, 429)


@dataclass(frozen=True, slots=True, repr=False)
class Webhook:
    """Posts to one address. Address and secret are shown nowhere."""

    name: str
    url: str
    secret: str | None
    timeout: float
    attempts: int

    @classmethod
    def of(cls, settings: NotifierSettings) -> "Webhook":
        """Return the notifier. Raises ConfigError where a variable is not set, NotifyError for no address."""
        url = from_environment(settings.address, "webhook")
        secret = from_environment(settings.secret, "secret of the webhook") if settings.secret else None
        name = settings.address if url != settings.address else f"to {urlsplit(url).hostname}"
        hook = cls(f"webhook {name}", url, secret, settings.timeout, settings.attempts)
        if _place(url) is None:
            raise NotifyError(f"{hook.name}: that is no address", "It begins with https:// or http://")
        return hook

    def __call__(self, notice: Notice, pause: Pause) -> None:
        """Post it, again after a while where the receiver does not answer or is busy. Raises NotifyError."""
        body = json.dumps({**notice.document, "text": notice.text, "link": notice.link or None}).encode(
            "ascii"
        )
        delivery = secrets.token_hex(8)  # by which a receiver knows a second try for what it is
        for attempt in range(1, self.attempts + 1):
            why, may_help = self._post(body, delivery)
            if not why:
                return
            if not may_help or attempt == self.attempts:
                tries = f" ({attempt} tries)" if attempt > 1 else ""
                raise NotifyError(f"{self.name}: {why}{tries}", KEPT)
            pause(back_off(attempt))

    def _post(self, body: bytes, delivery: str) -> tuple[str, bool]:
        """Return why it was not taken, "" where it was, and whether another try may help."""
        request = urllib.request.Request(  # noqa: S310 - the scheme is http or https: see `of`
            self.url, data=body, headers=self._headers(body, delivery), method="POST"
        )
        opener = urllib.request.build_opener(_Redirects())
        try:
            within(self.timeout, lambda: opener.open(request, timeout=self.timeout).close())
        except urllib.error.HTTPError as error:
            error.close()
            detail = "" if error.code >= 400 else ", which leads elsewhere and is not followed"
            return f"it answers {error.code}{detail}", error.code >= 500 or error.code in _BUSY
        except TimeoutError:
            return self._late, True
        except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            if isinstance(reason, TimeoutError):
                return self._late, True
            said = reason.strerror if isinstance(reason, OSError) else None
            return f"it cannot be reached: {said or type(reason).__name__}", True
        else:
            return "", False

    @property
    def _late(self) -> str:
        return f"it has not answered in {self.timeout:g} seconds"

    def _headers(self, body: bytes, delivery: str) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"driftaudit/{__version__}",
            DELIVERY: delivery,
        }
        if self.secret:
            moment = str(int(time.time()))
            headers |= {TIMESTAMP: moment, SIGNATURE: signature(self.secret, moment, body)}
        return headers


def signature(secret: str, moment: str, body: bytes) -> str:
    """Return what proves that a body was posted at a moment by one who knows the secret."""
    signed = moment.encode("ascii") + b"." + body
    return "sha256=" + hmac.new(secret.encode("utf-8"), signed, hashlib.sha256).hexdigest()


def _place(url: str) -> tuple[str, str, int | None] | None:
    """Return scheme, host and port of an address, None where it is none."""
    try:
        parts = urlsplit(url)
        found = (parts.scheme, parts.hostname or "", parts.port)
    except ValueError:
        return None
    return found if found[0] in ("http", "https") and found[1] else None


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to the very same server, and only one that keeps what was posted."""

    max_redirections = 3

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],  # noqa: ARG002 - urllib's signature
        code: int,
        msg: str,  # noqa: ARG002
        headers: http.client.HTTPMessage,  # noqa: ARG002
        newurl: str,
    ) -> urllib.request.Request | None:
        """Return the request to the new address, None where it is not followed."""
        if code not in _SAME_METHOD or _place(newurl) != _place(req.full_url):
            return None
        return urllib.request.Request(  # noqa: S310 - the same scheme as before
            newurl, data=req.data, headers=dict(req.header_items()), method="POST"
        )
