"""Which backups a command reads: those that are configured, and those that it names."""

from collections.abc import Sequence
from pathlib import Path

from driftaudit.backup_reading.places import BackupPlace, named_places
from driftaudit.cli.target import Workplace, backup_places, target_host
from driftaudit.config.settings import TargetSettings
from driftaudit.errors import UsageError


def places_of_backups(
    workplace: Workplace, target: TargetSettings, words: Sequence[str], *, may_be_none: bool = False
) -> tuple[BackupPlace, ...]:
    """Return the places of both. Raises UsageError where there is none at all, or one is no place."""
    named = named_places(words, target_host(target), Path.cwd())
    places = (*backup_places(workplace, target), *named)
    if not places and not may_be_none:
        raise UsageError(
            f"no backup of {target.name} is named",
            "Name an archive, or say in driftaudit.yml where they lie: backups: [/backups/site-*.tar.gz]",
        )
    return places
