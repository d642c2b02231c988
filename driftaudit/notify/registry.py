"""Every kind of notifier by its name in `notify: to:`. A new one is one file and one line here."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from driftaudit.config.reporting import NotifierSettings
from driftaudit.errors import DriftauditError
from driftaudit.notify.apprise_notifier import AppriseNotifier
from driftaudit.notify.base import Notice, Notifier, Pause
from driftaudit.notify.webhook import Webhook

NOTIFIERS: Mapping[str, Callable[[NotifierSettings], Notifier]] = {
    "apprise": AppriseNotifier.of,
    "webhook": Webhook.of,
}


def notify_all(
    settings: Sequence[NotifierSettings], notice: Notice, pause: Pause = time.sleep
) -> Iterator[tuple[NotifierSettings, DriftauditError]]:
    """Tell everybody, and yield those who could not be told, and why: one does not stop the others."""
    for each in settings:
        try:
            NOTIFIERS[each.kind](each)(notice, pause)
        except DriftauditError as error:
            yield each, error
