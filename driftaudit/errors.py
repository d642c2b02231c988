"""The errors that a user can meet. Each knows its exit code and what to do about it."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a pipeline sees. Anything but 0 stops it."""

    PASS = 0
    INTERNAL = 1
    USAGE = 2
    BLOCKED = 3
    INCOMPLETE = 4
    SOURCE = 5
    COMMAND_FAILED = 6
    NOT_AS_PLANNED = 7
    INTERRUPTED = 130


class DriftauditError(Exception):
    """Something that the user can mend: a message of one line, and one line of advice."""

    exit_code = ExitCode.INTERNAL

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class UsageError(DriftauditError):
    """The command line asks for something that makes no sense here."""

    exit_code = ExitCode.USAGE


class ConfigError(UsageError):
    """A configuration or rule file is wrong; the message names file, line and column."""


class HistoryError(UsageError):
    """The history of runs cannot be opened, read or written."""


class RepositoryError(UsageError):
    """No repository, no such revision, or git refused to answer."""


class LockedError(RepositoryError):
    """Another git is at work on this very file, or was killed while it was."""


class SourceError(DriftauditError):
    """A tree could not be read: unreachable, refused, absent, or cut off in the scan."""

    exit_code = ExitCode.SOURCE
