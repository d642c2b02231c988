"""What a configuration says of the nightly run: what is remembered of it, and who is told."""

import os
from dataclasses import dataclass, field
from typing import Literal

from driftaudit.errors import ConfigError
from driftaudit.model.history import Keep

ENVIRONMENT = "env:"

NotifierKind = Literal["apprise", "webhook"]


@dataclass(frozen=True, slots=True)
class HistorySettings:
    """`history:`. `database` is an absolute path, a URL, or env:NAME; None for a file of the user's."""

    database: str | None = None
    project: str | None = None
    keep: Keep = field(default_factory=Keep)


@dataclass(frozen=True, slots=True)
class NotifierSettings:
    """One that is told. `address` and `secret` may be env:NAME.

    `timeout` is in seconds, `required` says whether it fails the run where it cannot be told.
    """

    kind: NotifierKind
    address: str
    secret: str | None = None
    timeout: float = 10.0
    attempts: int = 3
    required: bool = False


@dataclass(frozen=True, slots=True)
class NotifySettings:
    """`notify:`. `link` is where the written pages can be looked at, "" where nowhere."""

    link: str = ""
    to: tuple[NotifierSettings, ...] = ()


def from_environment(text: str, what: str) -> str:
    """Return a text, or what the variable has that it names. Raises ConfigError where that is not set."""
    if not text.startswith(ENVIRONMENT):
        return text
    name = text.removeprefix(ENVIRONMENT)
    value = os.environ.get(name)
    if not value:
        raise ConfigError(
            f"{what}: the environment has no {name}", f"Set it where this is run: export {name}=…"
        )
    return value
