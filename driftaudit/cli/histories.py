"""Where the history of this place lies, and how it is opened."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from driftaudit.cli.target import Workplace
from driftaudit.config.reporting import HistorySettings, NotifySettings
from driftaudit.config.settings import TargetSettings
from driftaudit.errors import UsageError
from driftaudit.sources.registry import scheme_of
from driftaudit.sources.ssh.address import SSHAddress

if TYPE_CHECKING:
    from driftaudit.history.place import Place
    from driftaudit.history.store import History


def history_settings(workplace: Workplace) -> HistorySettings:
    """Return what is configured of the history."""
    return workplace.settings.history if workplace.settings else HistorySettings()


def notify_settings(workplace: Workplace) -> NotifySettings:
    """Return whom to tell."""
    return workplace.settings.notify if workplace.settings else NotifySettings()


def place_in(workplace: Workplace, named: str | None) -> "Place":
    """Return where the history lies; `named` is what the command line says. Raises ConfigError."""
    from driftaudit.guarding.state import state_folder
    from driftaudit.history.place import place_of

    repository = None if workplace.settings else workplace.repository_if_any()
    folder = repository.top if repository else workplace.folder
    return place_of(named, history_settings(workplace), folder, state_folder())


OpenHistory = Callable[[], "AbstractContextManager[History]"]


def opener(place: "Place") -> OpenHistory:
    """Return what opens the history, as often as it is asked. SQLAlchemy is loaded then, and not before."""

    @contextmanager
    def open_it() -> "Iterator[History]":
        from driftaudit.history.store import opened

        with opened(place.where, place.project) as history:
            yield history

    return open_it


def shown_url(target: TargetSettings) -> str:
    """Return where a target lies, without what may be a password; "" where that is no address at all."""
    if scheme_of(target.url) != "ssh":
        return target.url
    try:
        return SSHAddress.parse(target.url).url
    except UsageError:
        return ""
