"""The layout of Capistrano, Deployer and Shipit: folders of releases, and a link to the one that is live."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from driftaudit.model.entry import Entry, Kind

_RELEASE = re.compile(r"/releases/[^/]+$")
_SHARED = re.compile(r"(?:^|/)shared/.")


@dataclass(frozen=True, slots=True)
class Releases:
    """What was found. `below` is where the live release lies in the listing, "" where the root is it.

    `shared` are the paths that a release links to what all releases share.
    """

    below: str
    shared: tuple[str, ...]

    @property
    def needs_current(self) -> bool:
        """Whether the root holds the link, and is not what it leads to."""
        return bool(self.below)


def find_releases(entries: Collection[Entry], real_root: str) -> Releases | None:
    """Return the layout of releases, or None where the tree has another."""
    if _RELEASE.search(real_root):
        return Releases("", _shared(entries, ""))
    kinds = {entry.path: entry for entry in entries if "/" not in entry.path}
    link, folder = kinds.get("current"), kinds.get("releases")
    if not link or link.kind is not Kind.SYMLINK or not folder or folder.kind is not Kind.DIRECTORY:
        return None
    below = f"releases/{(link.link_target or '').rstrip('/').rpartition('/')[2]}"
    if not any(entry.path == below and entry.kind is Kind.DIRECTORY for entry in entries):
        return None
    return Releases(below, _shared(entries, below))


def _shared(entries: Collection[Entry], below: str) -> tuple[str, ...]:
    start = f"{below}/" if below else ""
    return tuple(
        entry.path.removeprefix(start)
        for entry in entries
        if entry.path.startswith(start)
        and entry.kind is Kind.SYMLINK
        and _SHARED.search(entry.link_target or "")
    )
