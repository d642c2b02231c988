"""Trees as models of file systems, for the simulator of scripts. Pure."""

from collections.abc import Collection, Iterable, Mapping

from driftaudit.deploy.base import Trees
from driftaudit.deploy.script.tree import UNSEEN, File, Folder, Link, Node, Parts, Special
from driftaudit.model.entry import MODE_EXECUTABLE, MODE_SYMLINK, Entry, Kind

_UNREAD = "?unread "


def deployed_folder(trees: Trees, link_targets: Mapping[str, str]) -> Folder:
    """Return the live tree. `link_targets` has the targets of links that only git knows, by their path.

    What could not be seen is open or unseen; a file that was not read has a content of its own.
    """
    entries = {entry.path: entry for entry in trees.seen.entries}
    listed = (trees.live(path) for path in trees.deployed.all_paths())
    found = {entry.path: entry for entry in listed if entry} | entries
    return folder_of(found.values(), trees.unseen, link_targets)


def folder_of(
    entries: Iterable[Entry], unseen: Collection[str] = (), link_targets: Mapping[str, str] | None = None
) -> Folder:
    """Return the model of a tree with these entries."""
    top = Folder(is_open="" in unseen)
    folders: dict[str, Folder] = {"": top}
    for entry in sorted(entries, key=lambda each: each.path):
        name = entry.path.rpartition("/")[2]
        _above(folders, entry.path).children[name] = _node(entry, unseen, link_targets or {}, folders)
    for path in unseen:
        if path and path not in folders:
            _above(folders, path).children.setdefault(path.rpartition("/")[2], UNSEEN)
    return top


def _above(folders: dict[str, Folder], path: str) -> Folder:
    """Return the folder that a path lies in, made where no entry is of it."""
    above, _slash, _name = path.rpartition("/")
    if above not in folders:
        folders[above] = Folder()
        _above(folders, above).children[above.rpartition("/")[2]] = folders[above]
    return folders[above]


def _node(
    entry: Entry, unseen: Collection[str], targets: Mapping[str, str], folders: dict[str, Folder]
) -> Node:
    match entry.kind:
        case Kind.DIRECTORY:
            folders[entry.path] = folder = Folder(is_open=entry.pruned or entry.path in unseen)
            return folder
        case Kind.SYMLINK:
            target = entry.link_target if entry.link_target is not None else targets.get(entry.path)
            return UNSEEN if target is None else Link(target)
        case Kind.SPECIAL:
            return Special()
        case _:
            content = entry.digest or f"{_UNREAD}{entry.path}"
            return File(content, entry.mode == MODE_EXECUTABLE)


def planted(tree: Folder, parts: Parts) -> Folder:
    """Return the whole file system in which a tree lies: of what lies beside it nothing is known."""
    for part in reversed(parts):
        tree = Folder({part: tree}, is_open=True)
    return tree


def links_without_target(trees: Trees) -> dict[str, str]:
    """Return the blob ids of live links whose target only git knows, by their path."""
    rows = (trees.live(path) for path in trees.deployed.all_paths())
    return {
        entry.path: entry.digest
        for entry in rows
        if entry and entry.mode == MODE_SYMLINK and entry.link_target is None and entry.digest
    }
