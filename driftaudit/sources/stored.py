"""Contents from the object store of the repository."""

from collections.abc import Sequence

from driftaudit.model.entry import Entry
from driftaudit.model.problem import ProblemKind
from driftaudit.repo import Repository
from driftaudit.sources.intake import Intake


def bring_blobs(repository: Repository, entries: Sequence[Entry], intake: Intake) -> None:
    """Hand blobs to the intake, piece by piece. Raises RepositoryError."""
    wanted: dict[str, list[Entry]] = {}
    for entry in entries:
        wanted.setdefault(str(entry.digest), []).append(entry)
    there = repository.present(wanted)
    for digest in wanted.keys() - there:
        for entry in wanted[digest]:
            intake.problem(entry, ProblemKind.VANISHED, "the repository does not have this content")
    for digest, size, pieces in repository.contents(sorted(there)):
        if intake.is_too_large(size):
            for entry in wanted[digest]:
                intake.too_large(entry, size)
            continue
        incoming = intake.begin(wanted[digest][0], size)
        for piece in pieces:
            incoming.write(piece)
        incoming.finish()
