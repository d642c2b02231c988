"""Where the history of a project lies: what is named, what is configured, or a file of the user's own."""

from dataclasses import dataclass
from pathlib import Path

from driftaudit.config.reporting import HistorySettings, from_environment
from driftaudit.history.database import is_url
from driftaudit.model.own_refs import slug_of

_SUFFIX = ".db"


@dataclass(frozen=True, slots=True)
class Place:
    """A file or a URL, and the name of the project in it. It may hold a password: it is not shown."""

    where: str
    project: str

    @property
    def is_there(self) -> bool:
        """Whether there can be anything in it yet."""
        return is_url(self.where) or Path(self.where).exists()


def place_of(named: str | None, settings: HistorySettings, folder: Path, state: Path) -> Place:
    """Return the place of the project whose configuration, or repository, lies in `folder`.

    `named` is what the command line says, `state` the user's folder for such things. Without a word a
    project has a file of its own there. Raises ConfigError where a variable is not set.
    """
    folder = folder.resolve()
    said = named or settings.database
    if said is None:
        return Place(
            str(state / "history" / f"{slug_of(str(folder))}{_SUFFIX}"), settings.project or folder.name
        )
    return Place(from_environment(said, "history"), settings.project or folder.name)
