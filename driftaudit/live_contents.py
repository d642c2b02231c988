"""The contents of live files: from git where it has them, from where they are live for the others."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from driftaudit.model.entry import Entry
from driftaudit.model.problem import Problem
from driftaudit.repo import Repository
from driftaudit.sources.base import FetchRequest, Source


@dataclass(frozen=True, slots=True)
class LiveContents:
    """Contents by path under the root; a problem for each that could not be had."""

    contents: dict[str, bytes]
    problems: tuple[Problem, ...] = ()


def live_contents(
    entries: Iterable[Entry], source: Source, repository: Repository | None, max_file_bytes: int
) -> LiveContents:
    """Return what is in these files, each of which has a digest. Larger files are left out, with a problem.

    Raises SourceError where the source cannot be asked any more.
    """
    wanted = tuple(entries)
    stored = repository.blobs([entry.digest or "" for entry in wanted], max_file_bytes) if repository else {}
    found = {entry.path: stored[entry.digest] for entry in wanted if entry.digest in stored}
    missing = tuple(entry for entry in wanted if entry.path not in found)
    if not missing:
        return LiveContents(found)
    object_format = repository.object_format if repository else "sha1"
    with tempfile.TemporaryDirectory(prefix="driftaudit-") as folder:
        fetched = source.fetch(FetchRequest(missing, Path(folder), object_format, max_file_bytes))
        found |= {path: file.read_bytes() for path, file in fetched.files.items()}
    return LiveContents(found, fetched.problems)
