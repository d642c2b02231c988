"""How a folder of one tree stands to the other tree, in words that all formats for people share."""

from driftaudit.model.structure import FolderMapping, FolderState
from driftaudit.render.wording import count_of

STATES = {
    FolderState.SAME: "the same",
    FolderState.DIFFERENT: "differs",
    FolderState.MOVED: "moved",
    FolderState.RENAMED: "renamed",
    FolderState.ONLY_LIVE: "only live",
    FolderState.ONLY_DESIRED: "only desired",
    FolderState.UNSEEN: "not looked into",
}
MOVES = (FolderState.MOVED, FolderState.RENAMED)


def place_of(folder: FolderMapping) -> str:
    """Return the path at which a folder is shown: where it is live, else where it is desired."""
    return folder.live if folder.live is not None else folder.desired or ""


def figures_of(folder: FolderMapping) -> str:
    """Return what there is to count, "" where there is nothing."""
    match folder.state:
        case FolderState.MOVED | FolderState.RENAMED:
            return f"{folder.alike:,} of {count_of(folder.live_files, 'file')} as they were"
        case FolderState.ONLY_LIVE | FolderState.ONLY_DESIRED:
            return count_of(folder.live_files + folder.desired_files, "file")
        case FolderState.DIFFERENT:
            live = count_of(folder.live_files, "file")
            return f"{live} live, {folder.desired_files:,} desired, {folder.alike:,} alike"
        case FolderState.UNSEEN if folder.desired_files:
            return f"{count_of(folder.desired_files, 'file')} desired"
        case _:
            return ""
