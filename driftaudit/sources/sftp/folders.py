"""Listing folders over SFTP, without being led out of the tree by a link."""

from driftaudit.model.problem import ProblemKind
from driftaudit.sources.sftp.packets import (
    EOF,
    PERMISSION_DENIED,
    Answer,
    Attributes,
    Handle,
    Name,
    Names,
    PacketError,
    Request,
    Status,
    close,
    lstat,
    open_folder,
    read_folder,
    real_path,
)
from driftaudit.sources.sftp.tasks import Refused, Task, Unseen, only_name, taken

_FIRST, _MOST = 2, 8  # requests for names that are out at a time for one folder
_PATH_MAX = (
    4096  # bytes, the end of C's text included: OpenSSH leaves a longer path out of a listing, in silence
)
_NAME_MAX = 255  # bytes
_LSTATS = 100  # out at a time for one folder


def list_folder(path: bytes) -> Task[tuple[Name, ...]]:
    """Return what lies in a folder, each with attributes, a link's own.

    Raises Unseen where the folder, or anything in it, cannot be seen for sure: also where `path` leads
    through a link, before or after.
    """
    if len(path) + 1 + _NAME_MAX >= _PATH_MAX:
        raise Unseen(ProblemKind.UNREADABLE, f"its path has {len(path)} bytes: SFTP could not say all in it")
    real, inside, opened = yield [real_path(path), lstat(path + b"/."), open_folder(path)]
    handle = taken(opened, Handle).handle
    try:
        require_no_link(real, path)
        _require_entered(inside)
        names = yield from _names(handle)
    except Unseen:
        yield [close(handle)]
        raise
    _closed, after = yield [close(handle), real_path(path)]
    require_no_link(after, path)
    return (yield from _with_attributes(path, names))


def still_there(path: bytes) -> Task[None]:
    """Find out once more whether a path leads through no link. Raises Unseen where it does."""
    require_no_link((yield [real_path(path)])[0], path)


def require_no_link(real: Answer, path: bytes) -> None:
    """Raise Unseen where a path leads elsewhere than it says."""
    if only_name(real) != path:
        raise Unseen(ProblemKind.UNSTABLE, "the path leads through a link that was not there before")


def _require_entered(inside: Answer) -> None:
    """Raise Refused where a folder may be listed but not entered: it looks empty then."""
    if not isinstance(inside, Status):
        taken(inside, Attributes)
    elif inside.code == PERMISSION_DENIED:
        raise Refused(inside)


def _names(handle: bytes) -> Task[list[Name]]:
    found: list[Name] = []
    count, at_end = _FIRST, False
    while not at_end:
        answers = yield [read_folder(handle)] * count
        count = min(2 * count, _MOST)
        for value in answers:
            if isinstance(value, Status) and value.code == EOF:
                at_end = True
                continue
            names = taken(value, Names).names
            if not names:
                raise PacketError("no names, and no end of them")
            found += names
    return _without_dots(found)


def _without_dots(names: list[Name]) -> list[Name]:
    kept = [name for name in names if name.name not in (b".", b"..")]
    if any(not name.name or b"/" in name.name or b"\0" in name.name for name in kept):
        raise PacketError("a name that no file can have")
    if len({name.name for name in kept}) < len(kept):
        raise Unseen(ProblemKind.UNSTABLE, "it changed while it was listed: a name came twice")
    return kept


def _with_attributes(path: bytes, names: list[Name]) -> Task[tuple[Name, ...]]:
    """Ask for what the listing left open. A name that is gone by then is not there."""
    short = [place for place, name in enumerate(names) if None in name.attributes]
    for start in range(0, len(short), _LSTATS):
        places = short[start : start + _LSTATS]
        requests: list[Request] = [lstat(path + b"/" + names[place].name) for place in places]
        for place, value in zip(places, (yield requests), strict=True):
            attributes = taken(value, Attributes)
            if attributes.permissions is None or attributes.size is None or attributes.modified is None:
                raise Unseen(ProblemKind.UNREADABLE, "the server does not say what lies in it")
            names[place] = names[place]._replace(attributes=attributes)
    return tuple(names)
