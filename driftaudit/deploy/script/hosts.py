"""The model of a host's tree, made of what a source saw of it."""

from collections.abc import Callable, Collection
from itertools import count

from driftaudit.deploy.script.tree import UNKNOWN_TARGET, File, Folder, Link, Node, Parts, Special
from driftaudit.model.entry import MODE_DIRECTORY, MODE_EXECUTABLE, MODE_FILE, MODE_SUBMODULE, MODE_SYMLINK
from driftaudit.model.listing import Listing

_OID = 12  # where the id begins in a row of a listing


def host_tree(
    root: Parts,
    listing: Listing,
    unseen: Collection[str] = (),
    target_of: Callable[[str], str | None] = lambda _path: None,
) -> Folder:
    """Return the tree of a host of which all is known that a listing has below a root.

    `unseen` are the paths at and below which there may be more; of what lies around the root nothing is
    known. `target_of` returns the text of the link at a path, None where that is not known.
    """
    top: dict[str, Node] = {}
    folders: dict[str, Folder] = {"": Folder()}
    folders[""].children = top
    for path in sorted(listing.folders):
        _folder(path, folders)
    unread = count(1)
    start = _OID + listing.width + 1
    for row in listing.rows:
        path = row[start:].decode("utf-8", "surrogateescape")
        above, _slash, name = path.rpartition("/")
        digest = row[_OID : start - 1].decode("ascii")
        content = f"unread {next(unread)}" if digest.startswith("-") else digest
        mode = row[:6].decode("ascii")
        _folder(above, folders).children[name] = _node(mode, content, path, target_of)
    for path in unseen:
        _open(path, folders)
    tree = folders[""]
    for part in reversed(root):
        tree = Folder({part: tree}, is_open=True)
    return tree


def _node(mode: str, content: str, path: str, target_of: Callable[[str], str | None]) -> Node:
    match mode:
        case _ if mode == MODE_SYMLINK:
            return Link(target_of(path) or UNKNOWN_TARGET)
        case _ if mode in (MODE_SUBMODULE, MODE_DIRECTORY):
            return Folder(is_open=True)
        case _ if mode in (MODE_FILE, MODE_EXECUTABLE):
            return File(content, mode == MODE_EXECUTABLE)
        case _:
            return Special()


def _folder(path: str, folders: dict[str, Folder]) -> Folder:
    """Return the folder at a path, made with those above it where it is not there yet."""
    found = folders.get(path)
    if found is None:
        above, _slash, name = path.rpartition("/")
        found = folders[path] = Folder()
        _folder(above, folders).children[name] = found
    return found


def _open(path: str, folders: dict[str, Folder]) -> None:
    """Take a folder for one that was not seen whole; of a file that could not be read the name is known."""
    if path in folders:
        folders[path].is_open = True
        return
    above, _slash, _name = path.rpartition("/")
    if above != path:
        _open(above, folders)
