"""A tar or zip archive: read where it lies, and unpacked nowhere."""

from dataclasses import dataclass, replace
from pathlib import Path

from driftaudit.model.snapshot import Snapshot, SourceFacts
from driftaudit.sources.agent.local import LocalChannel
from driftaudit.sources.agent.reading import read_tree
from driftaudit.sources.base import Fetched, FetchRequest, Progress, ScanRequest, no_progress

FORMATS = {
    ".tar": "tar",
    ".tar.gz": "tar.gz",
    ".tgz": "tar.gz",
    ".tar.xz": "tar.xz",
    ".txz": "tar.xz",
    ".tar.zst": "tar.zst",
    ".tzst": "tar.zst",
    ".zip": "zip",
}


def archive_format(path: str) -> str | None:
    """Return the format of an archive by the ending of its name, None where it is no archive's."""
    name = path.rpartition("/")[2].lower()
    return next((kind for ending, kind in FORMATS.items() if name.endswith(ending)), None)


@dataclass(frozen=True, slots=True)
class ArchiveSource:
    """Reads an archive of this machine by the program that reads those on hosts. A folder is read as one."""

    path: Path

    def snapshot(self, request: ScanRequest, progress: Progress = no_progress) -> Snapshot:
        """Return the tree that unpacking would make.

        What programs unpack in different ways, or not at all, is a problem. Raises SourceError where the
        archive is absent, damaged, cut off, or of another format than its name says.
        """
        facts = SourceFacts("archive", str(self.path), "local")
        wanted = replace(request, archive=archive_format(self.path.name))
        root = str(self.path.absolute())
        return read_tree(LocalChannel(), facts, root, wanted, progress, host=str(self.path), nice=0)

    def fetch(self, request: FetchRequest, progress: Progress = no_progress) -> Fetched:
        """Unpack contents: whatever member has one, whatever its name is. Raises as `Source.fetch`."""
        from driftaudit.sources.agent.fetching import fetch_here

        kind = archive_format(self.path.name)
        return fetch_here(str(self.path.absolute()), request, progress, shown=str(self.path), archive=kind)
