"""What is not as it was, and what has it: a tree as it was held against the live one."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from driftaudit.backups.coverage import PlacedBackup, holding
from driftaudit.model.backup import Holding
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.recovery import Giver, GiverKind, Hole, HoleState, RecoveryPlan

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Archived:
    """A backup with contents: where it lies in the tree, and the entries in it by content."""

    name: str
    made_at: datetime
    placed: Mapping[str, Entry]
    by_content: Mapping[str, Entry]
    has_contents: bool = True


@dataclass(frozen=True, slots=True)
class Version:
    """A content that was committed at the path: by which commit first, and when."""

    commit: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sources:
    """All that contents can be had from.

    `backups` come with the newest first. `committed` maps contents that commits hold to where, `rescued` are
    those that only refs of this product hold. `versions` are by path under the root and content.
    """

    backups: Sequence[Archived] = ()
    committed: Mapping[str, str] = field(default_factory=dict)
    rescued: Collection[str] = frozenset()
    versions: Mapping[tuple[str, str], Version] = field(default_factory=dict)


def _no_label(_path: str) -> bool:
    return False


@dataclass(frozen=True)
class TreesOfLoss:
    """The tree as it was at `at`, and as it is; `unseen` are live paths of which something is not known."""

    was: Sequence[Entry]
    live: Sequence[Entry]
    at: datetime | None = None
    unseen: Collection[str] = frozenset()
    is_runtime: Callable[[str], bool] = _no_label
    is_secret: Callable[[str], bool] = _no_label


def recovery_plan(trees: TreesOfLoss, sources: Sources) -> RecoveryPlan:
    """Return what is lost, older or changed, and what has it as it was."""
    planner = _Planner(trees, sources)
    judged = [(entry, planner.hole(entry)) for entry in trees.was if entry.has_content or entry.pruned]
    holes = tuple(hole for _entry, hole in judged if hole)
    known = {entry.path for entry in trees.was}
    unread = {entry.path for entry in trees.was if entry.pruned}
    placed = [PlacedBackup(backup.placed) for backup in sources.backups]
    counts = [Counter(holding(hole.was, backup.entries) for hole in holes) for backup in placed]
    return RecoveryPlan(
        holes=holes,
        whole=len(judged) - len(holes) - planner.expected,
        unproven=planner.unproven,
        new=tuple(
            entry.path
            for entry in trees.live
            if entry.has_content and entry.path not in known and not _is_below(entry.path, unread)
        ),
        folders=tuple(planner.folders()),
        expected=planner.expected,
        specials=planner.specials(),
        counts=tuple({each: count[each] for each in Holding} for count in counts),
    )


class _Planner:
    def __init__(self, trees: TreesOfLoss, sources: Sources) -> None:
        self.expected = self.unproven = 0
        self._trees, self._sources = trees, sources
        self._live = {entry.path: entry for entry in trees.live}
        self._by_content = {entry.contents[0]: entry for entry in trees.live if entry.contents}

    def hole(self, was: Entry) -> Hole | None:
        """Return in what an entry is not as it was, None where it is, or where that is to be expected."""
        live = self._live.get(was.path)
        found = self._state(was, live)
        if found is None:
            self.unproven += was.has_content and (was.digest is None or live is None or live.digest is None)
            return None
        state, why = found
        if live and self._trees.is_runtime(was.path):
            self.expected += 1
            return None
        return Hole(
            path=was.path,
            was=was,
            live=live,
            state=state,
            why=why,
            givers=tuple(self._givers(was)),
            older=tuple(self._older(was)),
            in_the_way=self._in_the_way(was, live),
            unsaved=live is not None and not self._is_saved(was, live),
            is_secret=self._trees.is_secret(was.path),
        )

    def folders(self) -> Iterator[Entry]:
        """Yield the lost folders that can be made."""
        for entry in self._trees.was:
            if entry.kind is Kind.DIRECTORY and not entry.pruned and self._can_be_made(entry):
                yield entry

    def _can_be_made(self, folder: Entry) -> bool:
        is_gone = folder.path not in self._live and not self._is_unseen(folder.path)
        return is_gone and self._in_the_way(folder, None) is None

    def specials(self) -> int:
        """Return how many sockets and the like are gone."""
        was = (entry for entry in self._trees.was if entry.kind is Kind.SPECIAL)
        return sum(entry.path not in self._live for entry in was)

    def _state(self, was: Entry, live: Entry | None) -> tuple[HoleState, str] | None:
        if live is None:
            if self._is_unseen(was.path):
                return HoleState.UNKNOWN, "it could not be seen"
            return HoleState.LOST, "what lay in it was not read" if was.pruned else ""
        if live.kind is not was.kind:
            return HoleState.CHANGED, f"a {live.kind.value} is there"
        if was.pruned:
            return None
        if was.digest is None or live.digest is None:
            return _by_facts(was, live)
        if was.digest == live.digest:
            return None if was.mode == live.mode else (HoleState.CHANGED, "its mode is another")
        older = self._shown_older(was, live)
        return (HoleState.OLDER, older) if older else (HoleState.CHANGED, self._known_as(live))

    def _shown_older(self, was: Entry, live: Entry) -> str:
        """Return what shows that a live version is older than what was there, "" where nothing does."""
        for backup in self._sources.backups:
            is_before = self._trees.at is None or backup.made_at < self._trees.at
            placed = backup.placed.get(was.path)
            if is_before and placed and placed.contents == live.contents:
                return f"it is as in the backup of {backup.made_at:%Y-%m-%d %H:%M}"
        version = self._version(live)
        before = self._version(was)
        moment = before.at if before else _moment(was.modified_ns)
        if version and moment and version.at < moment:
            return f"it is as {version.commit} of {version.at:%Y-%m-%d} brought it"
        if version is None and live.modified_ns and was.modified_ns and live.modified_ns < was.modified_ns:
            return f"it is of {_day(live.modified_ns)}, and what was there of {_day(was.modified_ns)}"
        return ""

    def _known_as(self, live: Entry) -> str:
        version = self._version(live)
        return f"it is as {version.commit} of {version.at:%Y-%m-%d} brought it" if version else ""

    def _version(self, entry: Entry) -> Version | None:
        return self._sources.versions.get((entry.path, entry.contents[0])) if entry.contents else None

    def _givers(self, was: Entry) -> Iterator[Giver]:
        """Yield what has the content, what is quickest to be had first."""
        if was.pruned:
            return
        if was.digest is None:
            yield from self._unproven(was)
            return
        if (was.kind is Kind.SYMLINK and was.link_target is not None) or was.size == 0:
            yield Giver(GiverKind.SNAPSHOT, "the snapshot itself", was)
        content = was.contents[0]
        if content in self._sources.committed:
            yield Giver(GiverKind.COMMIT, self._sources.committed[content], was)
        if content in self._sources.rescued:
            yield Giver(GiverKind.RESCUE, "refs/driftaudit", was)
        for number, backup in enumerate(self._sources.backups):
            placed = backup.by_content.get(content)
            if backup.has_contents and placed:
                yield Giver(GiverKind.BACKUP, backup.name, placed, number)
        if content in self._by_content:
            entry = self._by_content[content]
            yield Giver(GiverKind.LIVE, entry.path, entry)

    def _unproven(self, was: Entry) -> Iterator[Giver]:
        """Yield what has a file of the size and time that one had whose content no snapshot may say."""
        for number, backup in enumerate(self._sources.backups):
            placed = backup.placed.get(was.path)
            if backup.has_contents and placed and placed.digest and _looks_alike(was, placed):
                original = backup.by_content[placed.contents[0]]
                yield Giver(GiverKind.BACKUP, backup.name, original, number, is_proven=False)

    def _older(self, was: Entry) -> Iterator[Giver]:
        for number, backup in enumerate(self._sources.backups):
            placed = backup.placed.get(was.path)
            is_other = placed and placed.digest and placed.kind is was.kind and placed.digest != was.digest
            if placed and is_other and backup.has_contents:
                original = backup.by_content[placed.contents[0]]
                yield Giver(GiverKind.BACKUP, backup.name, original, number)

    def _in_the_way(self, was: Entry, live: Entry | None) -> str | None:
        """Return the live path that is no folder where one was, or another kind of thing than was there."""
        parts = was.path.split("/")
        for depth in range(1, len(parts)):
            above = self._live.get("/".join(parts[:depth]))
            if above and above.kind is not Kind.DIRECTORY:
                return above.path
        replaceable = live is None or live.has_content
        return None if replaceable else was.path

    def _is_saved(self, was: Entry, live: Entry) -> bool:
        """Whether what is live there exists elsewhere, so that it may be overwritten."""
        if not live.contents:
            return False
        content = live.contents[0]
        is_here = content in self._sources.committed or content in self._sources.rescued
        is_backed = any(each.has_contents and content in each.by_content for each in self._sources.backups)
        return is_here or is_backed or (was.kind is live.kind and was.digest == live.digest)

    def _is_unseen(self, path: str) -> bool:
        return _is_below(path, self._trees.unseen)


def _is_below(path: str, tops: Collection[str]) -> bool:
    """Whether a path is one of some others, or lies below one of them."""
    if not tops:
        return False
    parts = path.split("/")
    return any("/".join(parts[:depth]) in tops for depth in range(len(parts) + 1))


def _by_facts(was: Entry, live: Entry) -> tuple[HoleState, str] | None:
    """Judge by size and time what has no digest on one side: a secret, or what could not be read."""
    if was.size is not None and live.size is not None and was.size != live.size:
        return HoleState.CHANGED, "its size is another"
    if _looks_alike(was, live):
        return None
    return HoleState.UNKNOWN, "its content was not saved, and its time is another"


def _looks_alike(was: Entry, other: Entry) -> bool:
    """Whether kind, size and time to the second are those; archives keep no more."""
    if was.kind is not other.kind or was.size != other.size:
        return False
    times = [None if ns is None else ns // 1_000_000_000 for ns in (was.modified_ns, other.modified_ns)]
    return None not in times and times[0] == times[1]


def _moment(nanoseconds: int | None) -> datetime | None:
    if nanoseconds is None:
        return None
    try:
        return _EPOCH + timedelta(microseconds=nanoseconds // 1000)
    except OverflowError:  # a file system can claim any year
        return None


def _day(nanoseconds: int) -> str:
    moment = _moment(nanoseconds)
    return f"{moment:%Y-%m-%d}" if moment else "no day of the calendar"
