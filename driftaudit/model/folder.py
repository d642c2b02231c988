"""What of a folder is as desired, for reports that draw both trees whole."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FolderInSync:
    """A folder ("" is the root), and how many files at and below it are as desired.

    `directly` counts those that lie in the folder itself. `others` are folders in it that are wholly as
    desired and not listed by name, with `in_others` files in and below them.
    """

    path: str
    files: int
    directly: int
    others: int = 0
    in_others: int = 0
