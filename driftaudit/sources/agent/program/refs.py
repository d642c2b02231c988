"""The object ids that the refs of a live checkout name."""

import os
import re
import stat

from .hashing import pieces
from .opening import QUIET, join, native, open_below, open_quietly, parts_of, portable

MAX_REFS = 100000


def git_refs(root, path):
    """Object ids that the refs of a checkout name, its stash and its other working trees included."""
    found = set()
    waiting = ["HEAD", "packed-refs", "refs", "logs/refs/stash", "worktrees"]
    while waiting:
        name = waiting.pop()
        content = git_file(root, path, name)
        if isinstance(content, list):
            waiting.extend(join(name, below) for below in content if name != "worktrees")
            waiting.extend(join(name, below) + "/HEAD" for below in content if name == "worktrees")
            continue
        # The stash log has "old new who": only the new ids are entries of the stash.
        ids = re.findall(
            r"(?m)^[0-9a-f]+ ([0-9a-f]{40,64}) " if "logs/" in name else r"(?m)^\^?([0-9a-f]{40,64})\b",
            content,
        )
        found.update(ids)
        if len(found) > MAX_REFS:
            raise ValueError("more than %d refs" % MAX_REFS)
    if git_file(root, path, "reftable"):
        raise ValueError("its refs are stored as a reftable, which is not read")
    return found


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
