"""The object ids that the refs of a live checkout name."""

import os
import re
import stat

from .hashing import pieces
from .opening import QUIET, join, native, open_below, open_quietly, parts_of, portable

MAX_REFS = 100000


def git_refs(root, path):
    """Object ids that the refs of a checkout name, its stash, working trees and submodules included."""
    found = set()
    waiting = [("checkout", "")]
    while waiting:
        kind, name = waiting.pop()
        if kind == "checkout":
            waiting += [
                ("refs", join(name, part)) for part in ("HEAD", "packed-refs", "refs", "logs/refs/stash")
            ]
            waiting += [("trees", join(name, "worktrees")), ("modules", join(name, "modules"))]
            if git_file(root, path, join(name, "reftable")):
                raise ValueError("its refs are stored as a reftable, which is not read")
            continue
        content = git_file(root, path, name)
        if isinstance(content, list):
            waiting += below(kind, name, content)
        elif kind == "refs":
            # The stash log has "old new who": only the new ids are entries of the stash.
            entry = (
                r"(?m)^[0-9a-f]+ ([0-9a-f]{40,64}) " if "logs/" in name else r"(?m)^\^?([0-9a-f]{40,64})\b"
            )
            found.update(re.findall(entry, content))
        if len(found) > MAX_REFS:
            raise ValueError("more than %d refs" % MAX_REFS)
    return found


def below(kind, name, content):
    """What to look at in a folder: a submodule's git folder may lie some folders below `modules`."""
    if kind == "trees":
        return [("refs", join(name, part) + "/HEAD") for part in content]
    if kind == "modules" and "HEAD" in content:
        return [("checkout", name)]
    return [(kind, join(name, part)) for part in content]


def git_file(root, path, name):
    """Text of a file, names in a folder, or "" where there is neither."""
    parts = parts_of(join(path, name))
    try:
        folder = open_below(root, parts[:-1])
    except FileNotFoundError:
        return ""
    try:
        handle = open_quietly(native(parts[-1]), QUIET, folder)
    except FileNotFoundError:
        return ""
    finally:
        os.close(folder)
    try:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            return [portable(below) for below in os.listdir(handle)]
        return b"".join(pieces(handle, 1 << 26)).decode("ascii", "replace")
    finally:
        os.close(handle)
