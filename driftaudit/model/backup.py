"""Backups, and what each has of a tree."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from driftaudit.errors import ExitCode


class DatedBy(StrEnum):
    """What says when a backup was made."""

    NAME = "name"  # of the file; taken for UTC
    FILE_TIME = "file-time"
    SAVED = "saved"  # a saved snapshot holds its own moment


@dataclass(frozen=True, slots=True)
class Dated:
    """A moment, and what says so."""

    at: datetime
    by: DatedBy


class Holding(StrEnum):
    """What a backup has of an entry."""

    SAME = "same"
    OLDER = "older"  # another version: an older one, as far as a backup goes
    UNREAD = "unread"  # it has the path, but one of the contents was not read
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class BackupFacts:
    """One backup. `name` is its path or URL, fit to be read by `driftaudit compare`.

    `fault` is why nothing of it can be used, "" where it can; `gaps` counts what in it could not be read.
    `strip` is the folder of the archive that lies at the folder `under` of the root, "" being the top of
    either. A `fingerprint` is a saved snapshot: it proves what was there, and has no contents.
    """

    name: str
    dated: Dated | None
    size: int = 0  # bytes
    files: int = 0
    strip: str = ""
    under: str = ""
    gaps: int = 0
    fault: str = ""
    is_fingerprint: bool = False


@dataclass(frozen=True, slots=True)
class Cover:
    """What the backups have of one entry. `holdings` are by backup, in the order of the report.

    `best` is the best of those that have contents, and `newest` the number of the newest backup with it.
    `is_read` tells whether any backup that has the path gave its content.
    """

    path: str
    holdings: tuple[Holding, ...]
    best: Holding
    newest: int | None
    is_read: bool = True


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What backups cover of a deployed tree. The newest backup comes first, those of no use last.

    `counts` are by backup, `unseen` what could not be read of the deployed tree, `generated` the paths that
    can be rebuilt and do not count.
    """

    target: str
    url: str
    started_at: datetime
    backups: tuple[BackupFacts, ...]
    covers: tuple[Cover, ...]
    counts: tuple[Mapping[Holding, int], ...]
    unseen: tuple[tuple[str, str], ...] = ()
    generated: int = 0
    notes: tuple[str, ...] = ()
    secrets: frozenset[str] = field(default_factory=frozenset)

    @property
    def union(self) -> Mapping[Holding, int]:
        """How many entries have which holding as their best."""
        found = [cover.best for cover in self.covers]
        return {holding: found.count(holding) for holding in Holding}

    @property
    def unread(self) -> tuple[Cover, ...]:
        """What backups have, and none of them gave the content of: nobody knows what that is."""
        return tuple(cover for cover in self.covers if cover.best is Holding.UNREAD and not cover.is_read)

    @property
    def exit_code(self) -> ExitCode:
        """Blocked where something is covered by no backup as it is, incomplete where that cannot be told."""
        union = self.union
        if union[Holding.OLDER] or union[Holding.ABSENT]:
            return ExitCode.BLOCKED
        is_unclear = self.unseen or self.unread or any(backup.fault for backup in self.backups)
        return ExitCode.INCOMPLETE if is_unclear else ExitCode.PASS
