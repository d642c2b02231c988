"""Folders in which the host found what is desired there, and did not list it."""

from driftaudit.errors import SourceError
from driftaudit.model.listing import Listing, listing_of
from driftaudit.model.snapshot import Snapshot


def filled_in(deployed: Snapshot, desired: Listing) -> Listing:
    """Return all of the deployed tree, what was not listed being what is desired there.

    Raises SourceError where its number is not what the host counted: an equal id is checked, not believed.
    """
    listed = listing_of(deployed.entries, desired.width)
    if not deployed.equal_folders:
        return listed
    equal = {folder.path for folder in deployed.equal_folders}
    alike = desired.inside(equal)
    if len(alike) != sum(folder.entries for folder in deployed.equal_folders):
        raise SourceError(
            "folders of the target were called equal, but have other entries",
            "Nothing in this scan can be trusted. Run it again with --rehash, and report this.",
        )
    if not deployed.entries:
        return alike
    return alike.joined(listed)
