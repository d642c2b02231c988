"""Brings contents of a live tree into the object store of the repository, and proves that they are there."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from driftaudit.errors import UsageError
from driftaudit.model.entry import Entry
from driftaudit.model.missed import DAMAGED_OBJECT, Missed
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.plumbing.writing import ObjectWriter
from driftaudit.repo import Repository
from driftaudit.sources.base import Fetched, FetchRequest, Progress, Source, no_progress

_AT_ONCE = 1 << 30  # bytes that lie in the temporary folder at one time, but for a single file that is larger
_DAMAGED = "the repository has this content damaged, and git does not write it anew; see `git fsck`"
_CHANGED = "it is not what it was in the scan"


@dataclass(frozen=True, slots=True)
class Bringer:
    """Takes contents from a source to a repository. `rate_limit` is in MB/s."""

    source: Source
    repository: Repository
    writer: ObjectWriter
    rate_limit: float | None = None

    def bring(self, entries: Sequence[Entry], progress: Progress = no_progress) -> tuple[Missed, ...]:
        """Let the object store have the contents of these entries, each of which has a digest.

        Only what it lacks is fetched; all of it is read back. Returns what could not be had, by path.
        Raises SourceError where the source is lost, RepositoryError where git cannot write: what was brought
        until then need not be fetched again.
        """
        present = self.repository.present({entry.digest or "" for entry in entries})
        lacking = [entry for entry in entries if entry.digest not in present]
        missed = [miss for batch in _batches(lacking) for miss in self._written(batch, progress)]
        absent = {miss.path for miss in missed}
        here = [entry for entry in entries if entry.path not in absent]
        damaged = self.writer.damaged({entry.digest or "" for entry in here})
        missed += [Missed(entry.path, DAMAGED_OBJECT, _DAMAGED) for entry in here if entry.digest in damaged]
        return tuple(sorted(missed, key=lambda miss: miss.path))

    def _written(self, entries: Sequence[Entry], progress: Progress) -> Iterator[Missed]:
        with temporary_folder() as name:
            fetched = self.fetched(entries, Path(name), progress)
            files = list(dict.fromkeys(fetched.files.values()))
            ids = dict(zip(files, self.writer.blobs(files), strict=True)) if files else {}
        yield from map(missed_by, fetched.problems)
        for entry in entries:
            if entry.path in fetched.files and ids[fetched.files[entry.path]] != entry.digest:
                yield Missed(entry.path, ProblemKind.UNSTABLE.value, _CHANGED)

    def fetched(self, entries: Sequence[Entry], folder: Path, progress: Progress) -> Fetched:
        """Return local files in an empty folder, as the source fetches them."""
        request = FetchRequest(
            tuple(entries),
            folder,
            object_format=self.repository.object_format,
            rate_limit=self.rate_limit,
        )
        return self.source.fetch(request, progress)


def temporary_folder() -> tempfile.TemporaryDirectory[str]:
    """Return an empty folder that only its owner can look into, and that goes with its context."""
    try:
        return tempfile.TemporaryDirectory(prefix="driftaudit-")
    except OSError as error:
        raise UsageError(
            f"no temporary folder can be made: {error.strerror}", "Set TMPDIR to a folder with room."
        ) from error


def missed_by(problem: Problem) -> Missed:
    """Return what a problem says is not kept."""
    return Missed(problem.path, problem.kind.value, problem.detail)


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Yield the entries in their order, as many at once as the temporary folder may hold."""
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        size += entry.size or 0
        if batch and size > _AT_ONCE:
            yield batch
            batch, size = [], entry.size or 0
        batch.append(entry)
    if batch:
        yield batch
