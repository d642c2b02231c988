"""A tree after a loss, held against what it was: what is gone, and what each of it can be had back from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from driftaudit.errors import ExitCode
from driftaudit.model.backup import BackupFacts, Holding
from driftaudit.model.entry import Entry


class HoleState(StrEnum):
    """In what a path is not as it was."""

    LOST = "lost"  # nothing is there
    OLDER = "older"  # an older version is there
    CHANGED = "changed"  # other content is there, and nothing shows it to be older; or another mode or kind
    UNKNOWN = "unknown"  # it cannot be told


class GiverKind(StrEnum):
    """What has a content."""

    SNAPSHOT = "snapshot"  # what was saved of a folder, a link, or an empty file is all of it
    COMMIT = "commit"
    RESCUE = "rescue"  # a ref of this product
    BACKUP = "backup"
    LIVE = "live"  # at another path of the live tree


@dataclass(frozen=True, slots=True)
class Giver:
    """A source of a content. `entry` is what it is in the source, by its path there.

    `number` is that of a backup. What `is_proven` has the digest that the snapshot saw; another is what a
    secret of that size and time may have been.
    """

    kind: GiverKind
    where: str
    entry: Entry
    number: int = -1
    is_proven: bool = True


@dataclass(frozen=True, slots=True)
class Hole:
    """A path that is not as it was. `why` says how that is known, "" where nothing need be said.

    `givers` have it as it was, the best first; `older` have another version, the newest first. `in_the_way`
    is the live path of another kind because of which it cannot be unpacked, `unsaved` whether what would be
    overwritten exists nowhere else.
    """

    path: str
    was: Entry
    live: Entry | None
    state: HoleState
    why: str = ""
    givers: tuple[Giver, ...] = ()
    older: tuple[Giver, ...] = ()
    in_the_way: str | None = None
    unsaved: bool = False
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class RecoveryPlan:
    """All that is not as it was, by path, and what is in each backup of it.

    `folders` are lost ones, `expected` counts what the application itself has changed, `unproven` those of
    the `whole` that only size and time say to be as they were: the contents of secrets are in no snapshot.
    """

    holes: tuple[Hole, ...]
    whole: int
    unproven: int = 0
    new: tuple[str, ...] = ()
    folders: tuple[Entry, ...] = ()
    expected: int = 0
    specials: int = 0  # sockets and the like that are gone: the application makes them
    counts: tuple[Mapping[Holding, int], ...] = ()

    def of(self, state: HoleState) -> tuple[Hole, ...]:
        """Return the holes of one state."""
        return tuple(hole for hole in self.holes if hole.state is state)


@dataclass(frozen=True, slots=True)
class Reference:
    """What the tree was: `name` says where that is known from, `is_composed` that nobody saw it like that.

    `is_doubtful` tells that it may have been seen after the loss.
    """

    name: str
    at: datetime | None
    is_composed: bool = False
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class WrittenArchive:
    """The archive that was written, with the paths in it, and the commands that unpack it.

    `older` are those of the paths that come in an older version, `replaced` those that are there now.
    """

    file: str
    paths: tuple[str, ...]
    older: tuple[str, ...]
    replaced: tuple[str, ...]
    commands: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a recovery found and wrote. `failed` are contents that a source had, and did not give.

    `kept_out` are the secrets that were left out for lack of a word. `offered` counts the files, and lost
    folders, that an archive holds, or would.
    """

    target: str
    url: str
    started_at: datetime
    reference: Reference
    plan: RecoveryPlan
    backups: tuple[BackupFacts, ...]
    written: WrittenArchive | None = None
    failed: tuple[tuple[str, str], ...] = ()
    kept_out: tuple[str, ...] = ()
    unseen: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    offered: int = 0

    @property
    def in_the_way(self) -> tuple[Hole, ...]:
        """What could be had back, if something else did not stand there."""
        return tuple(hole for hole in self.plan.holes if hole.givers and hole.in_the_way is not None)

    @property
    def exit_code(self) -> ExitCode:
        """Blocked where something is not as it was, incomplete where that cannot be told.

        Of a tree that nobody saw whole, or perhaps only after the loss, it never can.
        """
        states = {hole.state for hole in self.plan.holes}
        if self.plan.folders or states - {HoleState.UNKNOWN}:
            return ExitCode.BLOCKED
        is_unclear = states or self.unseen or self.reference.is_composed or self.reference.is_doubtful
        return ExitCode.INCOMPLETE if is_unclear else ExitCode.PASS
