"""Contents on their way from their sources to an archive: each from the first source that gives it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from pathlib import Path

from driftaudit.backups.choosing import Filling
from driftaudit.errors import RepositoryError, SourceError
from driftaudit.model.entry import Entry
from driftaudit.model.recovery import Giver, GiverKind
from driftaudit.recovery.archive import Member
from driftaudit.repo import Repository
from driftaudit.sources.base import Fetched, FetchRequest, Progress, Source
from driftaudit.sources.intake import fetched
from driftaudit.sources.stored import bring_blobs

_IN_GIT = (GiverKind.COMMIT, GiverKind.RESCUE)


@dataclass(frozen=True, slots=True)
class Givers:
    """What contents are fetched from: the live tree, the repository, and the backups by their numbers."""

    live: Source
    repository: Repository | None
    backups: Sequence[Source | None]
    object_format: str

    def fetch(self, giver: Giver, request: FetchRequest, progress: Progress) -> Fetched:
        """Fetch what a giver like this one has. Raises SourceError, RepositoryError or UsageError."""
        if giver.kind in _IN_GIT and self.repository:
            bring = partial(bring_blobs, self.repository)
            return fetched(request, progress, str(self.repository.top), bring)
        source = self.live if giver.kind is GiverKind.LIVE else self.backups[giver.number]
        if source is None:
            raise SourceError(f"{giver.where}: it is not there")
        return source.fetch(request, progress)


@dataclass(frozen=True)
class FoundContents:
    """By path of the hole the file that fills it (None where it needs none) and who gave it."""

    files: Mapping[str, tuple[Path | None, Giver]] = field(default_factory=dict)
    failed: tuple[tuple[str, str], ...] = ()

    def member(self, filling: Filling) -> Member:
        """Return what goes into the archive: the entry as it was, with the time of an older version."""
        file, giver = self.files[filling.hole.path]
        was = filling.hole.was
        if filling.is_older:
            was = replace(was, modified_ns=giver.entry.modified_ns, link_target=giver.entry.link_target)
        return Member(was, file)


class Contents:
    """Fetches what fills holes into a folder of this machine; each content is held against its digest."""

    def __init__(self, givers: Givers, folder: str, rate_limit: float | None) -> None:
        self._givers, self._folder, self._rate_limit = givers, Path(folder), rate_limit
        self._numbers = count()
        self._failed: dict[str, str] = {}

    def of(self, chosen: Sequence[Filling], progress: Progress) -> FoundContents:
        """Return the contents. Where one giver fails, the next is asked."""
        found: dict[str, tuple[Path | None, Giver]] = {}
        waiting = [(filling, 0) for filling in chosen]
        while waiting:
            for group in _by_giver(waiting):
                found |= self._given(group, progress)
            waiting = [
                (filling, at + 1)
                for filling, at in waiting
                if filling.hole.path not in found and at + 1 < len(filling.givers)
            ]
        failed = {path: why for path, why in self._failed.items() if path not in found}
        return FoundContents(found, tuple(sorted(failed.items())))

    def _given(
        self, group: Sequence[tuple[Filling, Giver]], progress: Progress
    ) -> dict[str, tuple[Path | None, Giver]]:
        first = group[0][1]
        if first.kind is GiverKind.SNAPSHOT:
            return {filling.hole.path: (None, giver) for filling, giver in group}
        entries = tuple({giver.entry.path: giver.entry for _filling, giver in group}.values())
        try:
            answer = self._givers.fetch(first, self._request(entries), progress)
        except (SourceError, RepositoryError) as error:
            self._failed |= {filling.hole.path: error.message for filling, _giver in group}
            return {}
        why = {problem.path: f"{first.where}: {problem.detail}" for problem in answer.problems}
        self._failed |= {
            filling.hole.path: why[giver.entry.path] for filling, giver in group if giver.entry.path in why
        }
        return {
            filling.hole.path: (answer.files[giver.entry.path], giver)
            for filling, giver in group
            if giver.entry.path in answer.files
        }

    def _request(self, entries: tuple[Entry, ...]) -> FetchRequest:
        folder = self._folder / str(next(self._numbers))
        folder.mkdir(mode=0o700)
        return FetchRequest(entries, folder, self._givers.object_format, rate_limit=self._rate_limit)


def _by_giver(waiting: Sequence[tuple[Filling, int]]) -> Iterator[list[tuple[Filling, Giver]]]:
    """Yield what is to be asked of one source at a time."""
    groups: dict[tuple[bool, GiverKind, int], list[tuple[Filling, Giver]]] = {}
    for filling, at in waiting:
        giver = filling.givers[at]
        key = giver.kind in _IN_GIT, GiverKind.COMMIT if giver.kind in _IN_GIT else giver.kind, giver.number
        groups.setdefault(key, []).append((filling, giver))
    yield from groups.values()
