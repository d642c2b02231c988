"""Whatever apprise knows: Slack, Teams, e-mail and many more, each by an address of apprise's own."""

import contextlib
import logging
from dataclasses import dataclass
from functools import partial

from driftaudit.config.reporting import NotifierSettings, from_environment
from driftaudit.notify.base import Notice, NotifyError, Pause, back_off, within

_REQUESTS = 3  # that a service may take one after the other for one message


@dataclass(frozen=True, slots=True, repr=False)
class AppriseNotifier:
    """Tells by one address, which is shown nowhere: it has tokens and passwords in it."""

    name: str
    url: str
    timeout: float
    attempts: int

    @classmethod
    def of(cls, settings: NotifierSettings) -> "AppriseNotifier":
        """Return the notifier. Raises ConfigError where the variable is not set."""
        url = from_environment(settings.address, "apprise")
        return cls(f"apprise {settings.address}", url, settings.timeout, settings.attempts)

    def __call__(self, notice: Notice, pause: Pause) -> None:
        """Tell it, again after a while where the service does not take it. Raises NotifyError."""
        try:
            import apprise
        except ImportError as error:
            raise NotifyError(
                f"{self.name}: apprise is not installed", "Install it: pip install 'driftaudit[notify]'"
            ) from error
        logger = logging.getLogger("apprise")  # it would write addresses to standard error
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
        service = apprise.Apprise()
        if not service.add(self._timed()):
            raise NotifyError(
                f"{self.name}: apprise does not know such an address",
                "See the services in apprise's documentation.",
            )
        body = f"{notice.text}\n{notice.link}" if notice.link else notice.text
        plain = apprise.NotifyFormat.TEXT  # names of files are no markup, whatever the service shows
        for attempt in range(1, self.attempts + 1):
            tell = partial(service.notify, title=notice.title, body=body, body_format=plain)
            with contextlib.suppress(TimeoutError):
                if within(self.timeout * _REQUESTS, tell):
                    return
            if attempt < self.attempts:
                pause(back_off(attempt))
        tries = f" ({self.attempts} tries)" if self.attempts > 1 else ""
        raise NotifyError(
            f"{self.name}: the service did not take it{tries}", "The report is kept all the same."
        )

    def _timed(self) -> str:
        """Return the address with our limits, where it does not set its own."""
        if "rto=" in self.url or "cto=" in self.url:
            return self.url
        return f"{self.url}{'&' if '?' in self.url else '?'}cto={self.timeout:g}&rto={self.timeout:g}"
