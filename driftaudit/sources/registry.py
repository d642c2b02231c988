"""All kinds of source by the scheme of their URL. A new one is one file and one line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from driftaudit.config.access import Access
from driftaudit.errors import UsageError
from driftaudit.model.mapping import IDENTITY, PathMapping
from driftaudit.repo import Repository
from driftaudit.sources.archive import ArchiveSource, archive_format
from driftaudit.sources.base import Source
from driftaudit.sources.directory import DirectorySource
from driftaudit.sources.git import GitSource
from driftaudit.sources.snapshot import SnapshotSource
from driftaudit.sources.snapshot_file import is_snapshot
from driftaudit.sources.ssh.address import SSHAddress, looks_like_ssh
from driftaudit.sources.ssh.source import SSHSource
from driftaudit.sources.worktree import WorktreeSource


@dataclass(frozen=True, slots=True)
class Setting:
    """What a source may need besides its URL. `repository` opens the repository, or raises."""

    repository: Callable[[], Repository]
    mapping: PathMapping = IDENTITY
    access: Access = field(default_factory=Access)


Factory = Callable[[str, Setting], Source]


def local_source(path: Path) -> Source:
    """Return the source that a path of this machine names: a saved snapshot, an archive, or a folder."""
    if is_snapshot(path):
        return SnapshotSource(path)
    is_archive = archive_format(path.name) and not path.is_dir()
    return ArchiveSource(path) if is_archive else DirectorySource(path)


FACTORIES: Mapping[str, Factory] = {
    "ssh": lambda text, setting: SSHSource(SSHAddress.parse(text), setting.access),
    "file": lambda text, _setting: local_source(Path(text.removeprefix("file://"))),
    "git": lambda text, setting: GitSource(setting.repository(), text.removeprefix("git:"), setting.mapping),
    "worktree": lambda _text, setting: WorktreeSource(setting.repository(), setting.mapping),
}


def scheme_of(text: str) -> str:
    """Return the scheme of a source as the user wrote it: a URL, user@host:/root, git:REVISION or a path."""
    if looks_like_ssh(text):
        return "ssh"
    if text.startswith("git:"):
        return "git"
    if text == "worktree:":
        return "worktree"
    scheme, separator, _rest = text.partition("://")
    return scheme if separator else "file"


def open_source(text: str, setting: Setting) -> Source:
    """Return the source that a text names. Nothing is read yet. Raises UsageError for an unknown scheme."""
    scheme = scheme_of(text)
    factory = FACTORIES.get(scheme)
    if factory is None:
        raise UsageError(
            f"{scheme}:// is no source that can be read", f"Known are {', '.join(FACTORIES)}, and folders."
        )
    return factory(text, setting)
