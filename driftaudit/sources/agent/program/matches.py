"""Which files patterns name, as a shell would say: looked up by their names, and not opened.

Frames: F [number of the pattern, path, real path, size, mtime in nanoseconds, is a folder, why it cannot be
had].
"""

import errno
import glob
import os
import stat

from .opening import native, portable, reason_of

MOST = 10000  # of all patterns together


def give_matches(request, sender):
    left = MOST
    for number, pattern in enumerate(request["patterns"]):
        for row in rows(os.path.expanduser(native(pattern))):
            if not left:
                raise OSError(errno.E2BIG, "the patterns match more than %d files" % MOST)
            left -= 1
            sender.message(b"F", [number, *row])
    sender.trailer()


def rows(pattern):
    """Return what a pattern names; a name that is there as it is written is no pattern."""
    if not glob.has_magic(pattern) or os.path.lexists(pattern):
        return [row(pattern)]
    found = sorted(glob.glob(pattern))
    return [row(path) for path in found] if found else closed(pattern)


def row(path):
    try:
        state = os.stat(path)
    except OSError as error:
        return [portable(path), portable(path), 0, 0, False, reason_of(error)]
    real = portable(os.path.realpath(path))
    return [portable(path), real, state.st_size, state.st_mtime_ns, stat.S_ISDIR(state.st_mode), ""]


def closed(pattern):
    """Return why nothing matches, where that is for a folder that cannot be listed."""
    folder = os.path.dirname(pattern)
    while glob.has_magic(folder):
        folder = os.path.dirname(folder)
    try:
        os.listdir(folder or ".")
    except OSError as error:
        detail = "%s: %s" % (portable(folder), reason_of(error))
        return [[portable(pattern), portable(pattern), 0, 0, False, detail]]
    return []
