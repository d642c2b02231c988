"""Where the root of a tree is on a host that is asked over SFTP."""

import stat as modes
from typing import NoReturn

from driftaudit.sources.refusal import root_error
from driftaudit.sources.sftp.client import Client
from driftaudit.sources.sftp.packets import NO_SUCH_FILE, Attributes, Status, lstat, real_path, stat
from driftaudit.sources.sftp.tasks import Task, Unseen, only_name, taken


def find_root(client: Client, host: str, root: str) -> bytes:
    """Return the real path of a folder; a link to it is followed.

    Raises AbsentRootError where there is nothing, SourceError where it is no folder or cannot be had.
    """
    try:
        return client.ask(_real_root(host, root.encode("utf-8", "surrogateescape")))
    except Unseen as unseen:
        refuse_root(host, unseen)


def refuse_root(host: str, unseen: Unseen) -> NoReturn:
    """Raise what is said of a root that cannot be read."""
    denied = unseen.detail == "Permission denied"
    raise root_error(host, "PermissionError" if denied else "OSError", unseen.detail) from unseen


def _real_root(host: str, root: bytes) -> Task[bytes]:
    path = root
    if not root.startswith(b"/"):
        home = only_name((yield [real_path(b".")])[0])
        path = below(home, _below_home(host, root))
    state = (yield [stat(path)])[0]
    if isinstance(state, Status) and state.code == NO_SUCH_FILE:
        raise root_error(host, *(yield from _why_absent(path)))
    if not _is_folder(taken(state, Attributes)):
        raise root_error(host, "NotADirectoryError", "")
    return only_name((yield [real_path(path)])[0])


def _below_home(host: str, root: bytes) -> bytes:
    first, _slash, rest = root.partition(b"/")
    if first == b"~":
        return rest
    if first.startswith(b"~"):
        raise root_error(
            host, "OSError", "SFTP does not say where another user's home is; name the folder in full"
        )
    return root


def below(folder: bytes, path: bytes) -> bytes:
    """Return the path of what lies at `path` in a folder."""
    return folder.rstrip(b"/") + b"/" + path if path else folder


def _why_absent(path: bytes) -> Task[tuple[str, str]]:
    """Return what is the matter with a path that leads nowhere: only one that is not there is absent.

    The server says the same of a file on the way, of a loop of links, and of a link to nowhere.
    """
    while True:
        here, led_to = yield [lstat(path), stat(path)]
        if not (isinstance(here, Status) and here.code == NO_SUCH_FILE):
            taken(here, Attributes)
            if isinstance(led_to, Status) and led_to.code == NO_SUCH_FILE:
                return "OSError", "a link on the way to the folder leads nowhere"
            return "FileNotFoundError" if _is_folder(taken(led_to, Attributes)) else "NotADirectoryError", ""
        if not path.strip(b"/"):
            return "OSError", "the server shows no folder at all"
        path = path.rstrip(b"/").rpartition(b"/")[0] or b"/"


def _is_folder(attributes: Attributes) -> bool:
    return modes.S_ISDIR(attributes.permissions or 0)
