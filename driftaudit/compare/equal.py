"""Folders that the host found equal to the desired ones, and did not list."""

from bisect import bisect_left
from dataclasses import replace
from operator import attrgetter

from driftaudit.errors import SourceError
from driftaudit.model.snapshot import Snapshot

_path = attrgetter("path")


def filled_in(deployed: Snapshot, desired: Snapshot) -> Snapshot:
    """Return the deployed tree with the entries of its equal folders, which are the desired ones.

    Raises SourceError where their number is not what the host counted: an equal id is checked, not believed.
    """
    if not deployed.equal_folders:
        return deployed
    entries = list(deployed.entries)
    for folder in deployed.equal_folders:
        # "0" is the character after "/": all paths below the folder lie between the two.
        start = bisect_left(desired.entries, folder.path + "/", key=_path) if folder.path else 0
        end = (
            bisect_left(desired.entries, folder.path + "0", key=_path)
            if folder.path
            else len(desired.entries)
        )
        if end - start != folder.entries:
            raise SourceError(
                f"{folder.path or 'the root'} was called equal, but has other entries",
                "Nothing in this scan can be trusted. Run it again, and report this.",
            )
        entries += desired.entries[start:end]
    entries.sort(key=_path)
    return replace(deployed, entries=tuple(entries), equal_folders=())
