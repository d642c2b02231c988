"""What `history:` and `notify:` of driftaudit.yml may hold."""

import re
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from driftaudit.config.paths import local_path
from driftaudit.config.reporting import ENVIRONMENT, HistorySettings, NotifierSettings, NotifySettings
from driftaudit.config.schema import Many, Strict, Text, refuse
from driftaudit.model.history import Keep

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SERVERS = ("postgresql", "postgres")


def _named_variable(text: str) -> str:
    """Check the name of a variable, where one is named."""
    if text.startswith(ENVIRONMENT) and not _VARIABLE.fullmatch(text.removeprefix(ENVIRONMENT)):
        refuse("'env:' needs the name of a variable, such as env:DRIFT_WEBHOOK")
    return text


def _only_variable(text: str) -> str:
    if not text.startswith(ENVIRONMENT):
        refuse("this may hold a password: put it into a variable of the environment, and write env:NAME")
    return _named_variable(text)


def _web_address(text: str) -> str:
    if text.startswith(ENVIRONMENT):
        return _named_variable(text)
    try:
        url = urlsplit(text)
        host = url.hostname
    except ValueError:
        refuse("this is no address")
    if url.scheme not in ("http", "https") or not host:
        refuse("an address begins with https:// or http://")
    if url.username or url.password or url.query:
        refuse("this may hold a password: put it into a variable of the environment, and write env:NAME")
    return text


def _database(text: str) -> str:
    if "://" not in text:
        return _named_variable(text)
    try:
        url = urlsplit(text)
        password = url.password
    except ValueError:
        refuse("this is no address of a database")
    if url.scheme not in _SERVERS:
        refuse(f"a history lies in a file or in PostgreSQL, not at {url.scheme}://")
    if password or "password" in url.query:
        refuse("a password has no place here: put the address into the environment, and write env:NAME")
    return text


Count = Annotated[int, Field(ge=1, le=100_000)]  # days of more than that no calendar has


class HistoryModel(Strict):
    """`history:`."""

    database: Annotated[Text, AfterValidator(_database)] | None = None
    project: Text | None = None
    keep_runs: Count = Keep().runs
    keep_days: Count = Keep().days
    keep_snapshots: Count = Keep().snapshots

    def settings(self, folder: Path) -> HistorySettings:
        """Return the values; a file as an absolute path."""
        database = self.database
        if database and "://" not in database and not database.startswith(ENVIRONMENT):
            database = local_path(database, folder)
        return HistorySettings(
            database, self.project, Keep(self.keep_runs, self.keep_days, self.keep_snapshots)
        )


class NotifierModel(Strict):
    """One of `notify: to:`."""

    apprise: Annotated[Text, AfterValidator(_only_variable)] | None = None
    webhook: Annotated[Text, AfterValidator(_web_address)] | None = None
    secret: Annotated[Text, AfterValidator(_only_variable)] | None = None
    timeout: Annotated[int, Field(ge=1, le=600)] = 10
    attempts: Annotated[int, Field(ge=1, le=20)] = 3  # with pauses of up to half a minute
    required: bool = False

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.apprise is None) == (self.webhook is None):
            refuse("exactly one of apprise and webhook is needed")
        if self.secret and not self.webhook:
            refuse("'secret' belongs to a webhook, whose messages it signs", key="secret")
        return self

    def settings(self) -> NotifierSettings:
        """Return the values."""
        return NotifierSettings(
            kind="webhook" if self.webhook else "apprise",
            address=self.webhook or self.apprise or "",
            secret=self.secret,
            timeout=float(self.timeout),
            attempts=self.attempts,
            required=self.required,
        )


class NotifyModel(Strict):
    """`notify:`."""

    link: Annotated[Text, AfterValidator(_web_address)] | None = None
    to: Many[NotifierModel] = ()

    def settings(self) -> NotifySettings:
        """Return the values."""
        return NotifySettings(self.link or "", tuple(each.settings() for each in self.to))
