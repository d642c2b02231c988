"""`rm`, `rmdir`, `unlink`."""

from driftaudit.deploy.script.call import Call, Programs, is_below, worst
from driftaudit.deploy.script.options import Grammar, options_of
from driftaudit.deploy.script.tree import Folder, Link, Place, Unseen

_RM = Grammar(
    "rRfdviI",
    long={
        "recursive": "r",
        "force": "f",
        "dir": "d",
        "verbose": "v",
        "one-file-system": "",
        "preserve-root": "",
        "no-preserve-root": "",
        "interactive": "i",
    },
)
_RMDIR = Grammar("pv", long={"parents": "p", "verbose": "v", "ignore-fail-on-non-empty": "e"})


def rm(call: Call) -> int | None:
    """Remove files, and with -r folders."""
    options = options_of(call, _RM)
    if not options.operands:
        return 0 if "f" in options else 1
    flags = options.flags
    return worst(_removed(call, path, flags) for path in options.operands)


def _removed(call: Call, path: str, flags: set[str]) -> int | None:
    if not call.may_remove(path):
        return None
    is_recursive = bool(flags & {"r", "R"})
    place = call.place(path, follow=False)
    name = path.rstrip("/").rpartition("/")[2]
    if path.endswith("/") and isinstance(call.place(path.rstrip("/"), follow=False).node, Link):
        return _emptied(call, place, flags) if is_recursive else 1
    if place.node is None or place.trouble:
        is_absent = place.trouble in ("", "no such folder", "not a folder")
        return 0 if "f" in flags and (is_absent or not path) else 1
    if name in (".", "..", "") and path and (is_recursive or "d" in flags):
        call.removing(place)
        return 1
    if isinstance(place.node, Folder) and not is_recursive and ("d" not in flags or place.node.names()):
        return 1
    call.removing(place)
    if isinstance(place.node, Folder) and place.node.names() and _leads_through_itself(call, path, place):
        call.files.put(place.parts, Folder(is_open=place.node.is_open))
        return 0 if "f" in flags else 1
    call.files.remove(place.parts)
    return None if isinstance(place.node, Unseen) and "f" not in flags else 0


def _leads_through_itself(call: Call, path: str, place: Place) -> bool:
    """Whether a link on the way to a folder lies in it: once that is gone, the folder is not found again."""
    parts = [] if path.startswith("/") else list(call.world.cwd)
    for part in (part for part in path.split("/") if part not in ("", ".")):
        parts.append(part)
        found = call.files.find((), "/" + "/".join(parts), follow=False)
        if isinstance(found.node, Link) and is_below(found.parts, place.parts):
            return True
    return False


def _emptied(call: Call, place: Place, flags: set[str]) -> int:
    """Remove all in the folder that `link/` leads to: the folder stays, and so does the link."""
    if isinstance(place.node, Folder) and not place.trouble:
        call.removing(place)
        for name in place.node.names():
            call.files.remove((*place.parts, name))
    return 0 if "f" in flags else 1


def rmdir(call: Call) -> int | None:
    """Remove empty folders."""
    options = options_of(call, _RMDIR)
    statuses = [_removed_upwards(call, path, above="p" in options) for path in options.operands]
    return 0 if "e" in options else worst(statuses)


def _removed_upwards(call: Call, path: str, *, above: bool) -> int | None:
    """Remove an empty folder, and with `above` those that lead to it, until one is not empty."""
    for each in [path, *(_above(path) if above else ())]:
        status = _removed_if_empty(call, each)
        if status != 0:
            return status
    return 0


def _above(path: str) -> list[str]:
    start = "/" if path.startswith("/") else ""
    parts = path.strip("/").split("/")[:-1]
    return [start + "/".join(parts[: n + 1]) for n in reversed(range(len(parts)))]


def _removed_if_empty(call: Call, path: str) -> int | None:
    if not call.may_remove(path):
        return None
    place = call.place(path, follow=False)
    if isinstance(place.node, Unseen):
        call.files.remove(place.parts)
        return None
    if not isinstance(place.node, Folder) or place.trouble or not place.parts:
        return 1
    if place.node.names() or path.rstrip("/").rpartition("/")[2] in (".", ".."):
        return 1
    if isinstance(call.place(path.rstrip("/"), follow=False).node, Link):
        return 1
    if place.node.is_open:
        return None  # it goes only if nobody saw nothing in it, and then nothing is lost
    call.removing(place)
    call.files.remove(place.parts)
    return 0


def unlink(call: Call) -> int | None:
    """Remove one file."""
    if len(call.words) != 1:
        return 1
    return _removed(call, call.words[0], set())


REMOVAL: Programs = {"rm": rm, "rmdir": rmdir, "unlink": unlink}
